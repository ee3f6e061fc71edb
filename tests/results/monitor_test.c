/* The views of `wattune monitor`, as users see them. */
#include "results/monitor.h"

#include "tests/results/golden_table.h"
#include "tests/results/study_fixture.h"

#include <string.h>

static struct fixture_folder folder;
static struct store *store;
static struct snapshot *snapshot;
static struct error err;

/* A sample a second of a trial that warms up, on a GPU from its third second on. */
static void add_samples(uint32_t arm, uint64_t trial, uint32_t attempt, size_t n, int64_t watts)
{
    struct sample_record samples[16];
    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++) {
        int64_t rise = (int64_t)i + 1;
        bool gpu = trial == 1 && i >= 2;
        samples[i] = (struct sample_record){
            .end_us = 1000000 * rise,
            .cpu_us = 250000 * rise,
            .energy_uj = i == 1 ? SAMPLE_UNKNOWN : watts * 1000000 * rise,
            .node_uj = i == 1 ? SAMPLE_UNKNOWN : (2 * watts * rise + 1) * 1000000,
            .memory_kb = 1024 * 300 * rise,
            .gpu_permille = gpu ? 100 * rise : SAMPLE_UNKNOWN,
            .gpu_memory_kb = gpu ? 1024 * 5000 : SAMPLE_UNKNOWN,
            .gpu_power_mw = gpu ? 50000 * rise : SAMPLE_UNKNOWN};
    }
    samples[n - 1].memory_kb = SAMPLE_UNKNOWN; /* it had ended */
    assert_ok(store_add_samples(store, arm, trial, attempt, samples, n, &err), err);
}

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    assert_ok(store_open(&store, folder.database, STORE_WRITE, &err), err);
    add_samples(0, 0, 1, 16, 10);
    add_samples(0, 1, 2, 8, 20);
    add_samples(1, 0, 1, 1, 5);
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_free(snapshot);
    store_close(store);
    fixture_folder_remove(&folder);
    return 0;
}

static struct table *summary(const char *trial)
{
    struct table *table = NULL;
    struct monitor_choice choice = {.trial = trial, .bars = 8};
    assert_ok(monitor_table(&table, snapshot, store, &choice, &err), err);
    return table;
}

static void all_attempts_have_a_row(void **state)
{
    (void)state;
    assert_golden_table("results/golden/monitor.txt", summary(NULL), TABLE_TEXT);
    assert_golden_table("results/golden/monitor.csv", summary(NULL), TABLE_CSV);
}

static void a_narrow_terminal_has_fewer_columns(void **state)
{
    (void)state;
    struct table *table = NULL;
    struct monitor_choice choice = {.bars = 8, .width = 80};
    assert_ok(monitor_table(&table, snapshot, store, &choice, &err), err);
    assert_golden_table("results/golden/monitor-narrow.txt", table, TABLE_TEXT);
    assert_ok(monitor_table(&table, snapshot, store, &choice, &err), err);
    /* Programs have all of them. */
    assert_golden_table("results/golden/monitor.csv", table, TABLE_CSV);
}

static void one_trial_has_its_attempts(void **state)
{
    (void)state;
    struct table *table = summary("grid.0.1");
    assert_int_equal(table_rows(table), 2); /* the first has failed */
    table_free(table);
}

static void every_sample_can_be_had(void **state)
{
    (void)state;
    struct table *table = NULL;
    struct monitor_choice choice = {.trial = "grid.0.1", .bars = 8};
    assert_ok(monitor_samples_table(&table, snapshot, store, &choice, &err), err);
    assert_golden_table("results/golden/monitor-samples.csv", table, TABLE_CSV);
    choice.trial = NULL;
    assert_ok(monitor_samples_table(&table, snapshot, store, &choice, &err), err);
    assert_int_equal(table_rows(table), 16 + 8 + 1);
    table_free(table);
}

static void a_trial_is_drawn_over_its_time(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct monitor_choice choice = {.trial = "grid.0.1", .bars = 40};
    assert_ok(monitor_chart(snapshot, store, &choice, false, &out, &err), err);
    assert_golden("results/golden/monitor-chart.txt", strbuf_text(&out));
    assert_null(strchr(strbuf_text(&out), '\033'));
    strbuf_clear(&out);
    choice.trial = "grid.0.0"; /* long enough for an axis */
    assert_ok(monitor_chart(snapshot, store, &choice, false, &out, &err), err);
    assert_golden("results/golden/monitor-axis.txt", strbuf_text(&out));
    strbuf_clear(&out);
    assert_ok(monitor_chart(snapshot, store, &choice, true, &out, &err), err);
    assert_non_null(strchr(strbuf_text(&out), '\033'));
    strbuf_free(&out);
}

static void a_choice_that_names_no_trial_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *trial;
        enum status status;
    } cases[] = {
        {"", ST_INVALID},           {"grid", ST_INVALID},      {"grid.0", ST_INVALID},
        {".0.1", ST_INVALID},       {"grid.0.x", ST_INVALID},  {"grid.0.1x", ST_INVALID},
        {"grid.0.99", ST_NOTFOUND}, {"grid.9.0", ST_NOTFOUND}, {"gird.0.0", ST_NOTFOUND}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table *table = NULL;
        struct monitor_choice choice = {.trial = cases[i].trial, .bars = 8};
        assert_int_equal(monitor_table(&table, snapshot, store, &choice, &err),
                         cases[i].status);
        assert_non_null(strstr(err.what, cases[i].trial));
        assert_true(err.remedy[0] != '\0');
    }
}

int main(void)
{
#define with_study(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        with_study(all_attempts_have_a_row),
        with_study(a_narrow_terminal_has_fewer_columns),
        with_study(one_trial_has_its_attempts),
        with_study(every_sample_can_be_had),
        with_study(a_trial_is_drawn_over_its_time),
        with_study(a_choice_that_names_no_trial_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
