/* Rows and targets of learning curves. */
#include "search/curves.h"

#include "search/history.h"
#include "tests/search/fixture.h"

#include <math.h>

static const char space_text[] =
    "{\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 16},"
    " \"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}";

struct bench {
    struct space *space, *configs;
    struct problem problem;
    struct history history;
    struct curves curves;
};

static void set_up(struct bench *bench)
{
    struct fidelity fidelity;
    struct json_problems problems = {.source = "t.json"};
    struct json_reader options;
    bench->space = fixture_space(space_text);
    bench->problem = fixture_problem(bench->space, 1);
    json_reader_open(&options, NULL, "s", &problems);
    assert_int_equal(fidelity_read(&fidelity, &bench->problem, &options), ST_OK);
    assert_int_equal(space_hold(&bench->configs, bench->space, fidelity.param), ST_OK);
    history_init(&bench->history, &bench->problem);
    assert_int_equal(curves_init(&bench->curves, &bench->problem, bench->configs, &fidelity),
                     ST_OK);
}

static void tear_down(struct bench *bench)
{
    curves_free(&bench->curves);
    history_free(&bench->history);
    space_free(bench->configs);
    space_free(bench->space);
}

/* A trial of 16 epochs at x that reports `high` / epochs from `from` to `to`, and ends so. */
static void add(struct bench *bench, double x, double high, int from, int to,
                enum trial_state state, int64_t continues)
{
    struct history *history = &bench->history;
    double point[2] = {16, x}, value = high / to;
    assert_int_equal(history_append(history, &(struct proposal){point, continues}), ST_OK);
    for (int t = from; t <= to; t++)
        assert_int_equal(history_report(history, 0, (struct intermediate){t, high / t}), ST_OK);
    history_conclude(history, 0, state,
                     &(struct trial_result){.values = state == TRIAL_COMPLETE ? &value : NULL,
                                            .energy_j = NAN});
    assert_int_equal(curves_add(&bench->curves, history, &history->trials[history->n - 1]),
                     ST_OK);
}

static void a_curve_is_thinned_out(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    const struct curves *curves = &bench.curves;
    assert_int_equal(curves->n_levels, 5);
    assert_int_equal(curves->dims, 2);
    add(&bench, 0.25, 16, 1, 16, TRIAL_COMPLETE, TRIAL_NONE);
    assert_int_equal(curves->n, 5);
    assert_int_equal(curves->n_ended, 1);
    for (size_t k = 0; k < 5; k++) {
        assert_near(curves->u[2 * k], 0.25, 0);
        assert_near(curves->u[2 * k + 1], (double)k / 4, 1e-12);
        assert_int_equal(curves->rows[k].level, k);
        assert_near(curves->rows[k].cost, 16 / exp2((double)k), 1e-12);
    }
    tear_down(&bench);
}

/* Stopped after 3 epochs and continued: one curve, whose parts are two trials. */
static void a_continued_curve_is_one(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    const struct curves *curves = &bench.curves;
    add(&bench, 0.5, 8, 1, 3, TRIAL_PRUNED, TRIAL_NONE);
    assert_int_equal(curves->n, 2);
    assert_int_equal(curves->n_ended, 0);
    assert_near(curves_epochs(curves, &bench.history, &bench.history.trials[0]), 3, 0);
    add(&bench, 0.5, 8, 4, 16, TRIAL_COMPLETE, 0);
    assert_int_equal(curves->n, 5);
    assert_int_equal(curves->n_ended, 1);
    for (size_t k = 0; k < 5; k++) {
        assert_int_equal(curves->rows[k].trial, 0);
        assert_int_equal(curves->rows[k].before, k == 0 ? SIZE_MAX : k - 1);
    }
    assert_int_equal(curves_last_row(curves, 0), 4);
    assert_int_equal(curves_last_row(curves, 1), SIZE_MAX);
    curves_cut(&bench.curves, 2);
    assert_int_equal(curves->n_ended, 0);
    assert_int_equal(curves_last_row(curves, 0), 1);
    curves_cut(&bench.curves, 0);
    assert_int_equal(curves_last_row(curves, 0), SIZE_MAX);
    tear_down(&bench);
}

static void short_curves_are_compared_with_long_ones(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    struct curves *curves = &bench.curves;
    add(&bench, 0.1, 16, 1, 16, TRIAL_COMPLETE, TRIAL_NONE);
    add(&bench, 0.2, 16, 1, 16, TRIAL_COMPLETE, TRIAL_NONE);
    add(&bench, 0.3, 24, 1, 2, TRIAL_PRUNED, TRIAL_NONE);
    add(&bench, 0.4, 16, 1, 1, TRIAL_FAILED, TRIAL_NONE);
    add(&bench, 0.5, 16, 1, 3, TRIAL_CANCELLED, TRIAL_NONE);
    assert_int_equal(curves->n, 5 + 5 + 2 + 1);
    curves_learn_falls(curves);
    static const double falls[] = {15, 7, 3, 1, 0};
    for (size_t k = 0; k < 5; k++)
        assert_near(curves->fall[k], falls[k], 1e-12);
    for (size_t i = 0; i < 10; i++)
        assert_near(curves_target(curves, i, 9), 1, 1e-12);
    assert_near(curves_worst(curves, 10), 1, 1e-12);
    double worst = curves_worst(curves, curves->n);
    assert_near(worst, 24 - 15, 1e-12);
    assert_near(curves_target(curves, 10, worst), worst, 1e-12);
    assert_near(curves_target(curves, 11, worst), 12 - 7, 1e-12);
    assert_near(curves_target(curves, 12, worst), worst, 1e-12);
    tear_down(&bench);
}

/* Reports every 5 epochs: each enters the level that it reaches. */
static void sparse_reports_have_fewer_rows(void **state)
{
    (void)state;
    struct bench bench;
    double point[2] = {16, 0.5};
    set_up(&bench);
    struct history *history = &bench.history;
    assert_int_equal(history_append(history, &(struct proposal){point, TRIAL_NONE}), ST_OK);
    for (int t = 5; t <= 20; t += 5)
        assert_int_equal(history_report(history, 0, (struct intermediate){t, -t}), ST_OK);
    assert_int_equal(curves_add(&bench.curves, history, &history->trials[0]), ST_OK);
    assert_int_equal(bench.curves.n, 2);
    assert_int_equal(bench.curves.rows[0].level, 2);
    assert_int_equal(bench.curves.rows[1].level, 3);
    assert_near(bench.curves.rows[1].cost, -10, 0);
    assert_near(bench.curves.u[1], log(5) / log(16), 1e-12);
    assert_near(curves_epochs(&bench.curves, history, &history->trials[0]), 16, 0);
    assert_near(curves_last_cost(&bench.curves, history, &history->trials[0]), -20, 0);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_is_thinned_out),
        cmocka_unit_test(a_continued_curve_is_one),
        cmocka_unit_test(short_curves_are_compared_with_long_ones),
        cmocka_unit_test(sparse_reports_have_fewer_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
