#include "cnn/model.h"
#include "orchestrator/profile_rows.h"
#include "orchestrator/profile_table.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

/* A network with made-up findings: part i takes 1000 + i us forward, twice that backward, and
 * even parts draw 3 W, the others what the whole step does: 2 W. */
struct world {
    struct train_settings settings;
    struct profile_images images;
    struct graph graph;
    struct profile *profile;
    struct profile_times times;
    struct profile_power power;
    struct profile_findings findings;
};

static void make_up(struct world *w)
{
    size_t n = profile_count(w->profile);
    profile_times_free(&w->times);
    profile_power_free(&w->power);
    w->times = (struct profile_times){.n_rounds = 5,
                                      .step_s = 0.1,
                                      .gap = 0.02,
                                      .running = 1,
                                      .part_s = calloc(n, sizeof *w->times.part_s)};
    w->power = (struct profile_power){.steps = {.time_s = 10,
                                                .energy_j = 20,
                                                .low_j = 17,
                                                .high_j = 23,
                                                .quality = ENERGY_MEASURED},
                                      .n_steps = 50,
                                      .part_w = calloc(n, sizeof *w->power.part_w)};
    assert_non_null(w->times.part_s);
    assert_non_null(w->power.part_w);
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
            bool runs = profile_part(w->profile, i)->work[d].runs;
            w->times.part_s[i][d] = runs ? (1 + d) * (1e-3 + 1e-6 * (double)i) : (double)NAN;
            w->power.part_w[i][d] = runs && i % 2 == 0 ? 3 : (double)NAN;
        }
    w->findings = (struct profile_findings){w->profile, &w->times, &w->power};
}

static int setup(void **state)
{
    static struct world w;
    static const struct model_input input = {3, 16, 16, 10};
    struct error err;
    settings_init(&w.settings);
    w.settings.batch_size = 2;
    w.settings.threads = 1;
    w.settings.model = 0;
    while (strcmp(model_names[w.settings.model], "resnet8") != 0)
        w.settings.model++;
    assert_ok(profile_images_open(&w.images, &w.settings, &input, &err), err);
    assert_ok(model_build(&w.graph, &w.settings, &input, &err), err);
    assert_ok(profile_create(&w.profile, &w.graph, &w.settings, &w.images, false, &err), err);
    make_up(&w);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    profile_times_free(&w->times);
    profile_power_free(&w->power);
    profile_free(w->profile);
    graph_free(&w->graph);
    profile_images_close(&w->images);
    return 0;
}

static void rows_sum_to_the_same_by_part_and_by_type(void **state)
{
    const struct world *w = *state;
    struct profile_row sums[2];
    for (int by_type = 0; by_type < 2; by_type++) {
        struct profile_rows rows;
        struct error err;
        struct profile_row sum = {.kind = NULL};
        assert_ok(profile_rows_make(&rows, &w->findings, by_type, &err), err);
        for (size_t i = 0; i + 2 < rows.n; i++) {
            const struct profile_row *row = &rows.rows[i];
            assert_near(row->total.time_s, row->figures[0].time_s + row->figures[1].time_s,
                        1e-15);
            sum.total.time_s += row->total.time_s;
            sum.total.energy_j += row->total.energy_j;
            sum.share += row->total.runs ? row->share : 0;
            sum.parts += row->parts;
            sum.params += row->params;
        }
        sums[by_type] = rows.rows[rows.n - 2];
        assert_string_equal(sums[by_type].kind, "sum");
        assert_near(sum.total.time_s, sums[by_type].total.time_s, 1e-12);
        assert_near(sum.total.energy_j, sums[by_type].total.energy_j, 1e-12);
        assert_near(sum.share, 1, 1e-12);
        assert_int_equal(sum.parts, sums[by_type].parts);
        assert_int_equal(sum.params, sums[by_type].params);
        profile_rows_free(&rows);
    }
    assert_near(sums[0].total.time_s, sums[1].total.time_s, 1e-12);
    assert_near(sums[0].total.energy_j, sums[1].total.energy_j, 1e-12);
    assert_near(sums[0].total.flops, sums[1].total.flops, 0);
}

static void joules_are_by_the_power_that_is_known(void **state)
{
    const struct world *w = *state;
    struct profile_rows rows;
    struct error err;
    bool own = false, others = false;
    assert_ok(profile_rows_make(&rows, &w->findings, false, &err), err);
    for (size_t i = 0; i + 2 < rows.n; i++) {
        const struct profile_figures *total = &rows.rows[i].total;
        if (!total->runs)
            continue;
        assert_near(total->energy_j / total->time_s, total->own_power ? 3 : 2, 1e-12);
        own |= total->own_power;
        others |= !total->own_power;
    }
    assert_true(own && others);
    assert_false(rows.rows[rows.n - 2].total.own_power);
    assert_near(rows.rows[rows.n - 1].total.energy_j, 20.0 / 50, 1e-15);
    assert_near(rows.rows[rows.n - 1].total.time_s, 0.1, 0);
    profile_rows_free(&rows);
}

static void types_come_longest_first(void **state)
{
    const struct world *w = *state;
    struct profile_rows rows;
    struct error err;
    assert_ok(profile_rows_make(&rows, &w->findings, true, &err), err);
    for (size_t i = 1; i + 2 < rows.n; i++) {
        assert_true(rows.rows[i - 1].total.time_s >= rows.rows[i].total.time_s);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rows.rows[i].name, rows.rows[j].name);
    }
    profile_rows_free(&rows);
}

static void show(const struct world *w, const struct profile_meter *meter, bool inference,
                 enum table_format format, struct strbuf *out)
{
    struct profile_report report = {.title = "a network",
                                    .findings = w->findings,
                                    .meter = meter,
                                    .peak = 1e9,
                                    .threads = 1,
                                    .inference = inference};
    struct table *table;
    struct error err;
    assert_ok(profile_table(&table, &report, &err), err);
    assert_int_equal(table_write(table, format, 0, false, out), ST_OK);
    table_free(table);
}

static void assert_says(const struct strbuf *text, const char *what)
{
    if (!strstr(strbuf_text(text), what))
        fail_msg("it does not say '%s':\n%s", what, strbuf_text(text));
}

static void notes_say_how_far_to_trust_the_figures(void **state)
{
    struct world *w = *state;
    struct profile_meter meter = {.window_s = 0.1, .ledger = NULL};
    struct strbuf out = STRBUF_INIT;
    w->power.n_parts = 10;
    w->power.n_told = 4;
    w->power.needed_s = 90;
    w->times.running = 0.5;
    w->times.gap = -0.3;
    show(w, &meter, true, TABLE_TEXT, &out);
    assert_says(&out, "energy (measured)");
    assert_says(&out,
                "-30.0 % from that of a step that is not taken apart: more than it should");
    assert_says(&out, "Other work had the processor for 50 %");
    assert_says(&out, "The peak is 1.00 GFLOP/s");
    assert_says(&out, "between 85 and 115 %");
    assert_says(&out, "4 of 10 passes");
    assert_says(&out, "--time of about 1 min 30 s");
    assert_says(&out, "folded into the convolution");
    assert_says(&out, "of those counted for whole steps");
    strbuf_clear(&out);
    meter.window_s = (double)INFINITY;
    show(w, &meter, false, TABLE_TEXT, &out);
    assert_says(&out, "follow the processor time alone");
    strbuf_free(&out);
    make_up(w);
}

/* Without a meter there are no joules, and no nought either. */
static void without_a_meter_joules_are_missing(void **state)
{
    struct world *w = *state;
    struct profile_meter meter = {.window_s = (double)INFINITY};
    struct strbuf out = STRBUF_INIT;
    w->power.steps = (struct profile_joules){.quality = ENERGY_NONE};
    w->power.n_steps = 0;
    for (size_t i = 0; i < profile_count(w->profile); i++)
        w->power.part_w[i][0] = w->power.part_w[i][1] = (double)NAN;
    show(w, &meter, false, TABLE_JSON, &out);
    assert_says(&out, "\"energy_j\":null");
    assert_null(strstr(strbuf_text(&out), "\"energy_j\":0"));
    assert_says(&out, "No joules: nothing can be measured here");
    strbuf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_sum_to_the_same_by_part_and_by_type),
        cmocka_unit_test(joules_are_by_the_power_that_is_known),
        cmocka_unit_test(types_come_longest_first),
        cmocka_unit_test(notes_say_how_far_to_trust_the_figures),
        cmocka_unit_test(without_a_meter_joules_are_missing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
