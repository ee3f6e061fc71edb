/* Figures worked out by hand from the events of study_fixture.c. */
#include "results/compare.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <string.h>

static struct error err;

static struct comparison *compare(double target)
{
    struct comparison *made = NULL;
    assert_ok(compare_create(&made, study_snapshot, NULL, target, &err), err);
    return made;
}

#define assert_figure(row, figure, expected)                                                   \
    assert_near((row)->figures[COMPARE_##figure], (expected), 1e-9)

static void an_arms_joules_are_split_and_add_up(void **state)
{
    (void)state;
    struct comparison *made = compare((double)NAN);
    const struct compare_row *grid = &made->arms[0], *bayes = &made->arms[1];
    assert_figure(grid, COMPLETE, 3);
    assert_figure(grid, FAILED, 0); /* the retry succeeded */
    assert_figure(grid, TRIALS, 30);
    assert_figure(grid, FAILURES, 4);
    assert_figure(grid, SEARCH, 1);
    assert_figure(grid, IDLE, 2);
    assert_figure(grid, ORCHESTRATOR, 1);
    assert_figure(grid, TOTAL, 38);
    assert_figure(grid, SEARCH_SHARE, 1.0 / 38);
    assert_figure(grid, SEARCH_TIME, 0.5);
    assert_figure(grid, LOW, 0.8 * 38);
    assert_figure(grid, HIGH, 1.2 * 38);
    assert_figure(grid, EFFICIENCY, 0.7 / 38);
    assert_figure(bayes, COMPLETE, 2);
    assert_figure(bayes, PRUNED, 1);
    assert_figure(bayes, FAILED, 1);
    assert_figure(bayes, TRIALS, 45);
    assert_figure(bayes, FAILURES, 5);
    assert_figure(bayes, TOTAL, 54);
    assert_figure(bayes, BEST, 0.8);
    for (size_t i = 0; i < FIXTURE_ARMS; i++) {
        const double *f = made->arms[i].figures;
        double sum = f[COMPARE_TRIALS] + f[COMPARE_FAILURES];
        for (enum compare_figure part = COMPARE_SEARCH; part <= COMPARE_ORCHESTRATOR; part++)
            sum += isnan(f[part]) ? 0 : f[part];
        assert_near(f[COMPARE_TOTAL], sum, 1e-9);
    }
    compare_free(made);
}

static void the_target_is_the_best_that_all_arms_reached(void **state)
{
    (void)state;
    struct comparison *made = compare((double)NAN);
    assert_near(made->target, 0.7, 0); /* of 0.7, 0.8, 0.75, 0.72 */
    /* 10 + 4 + 10 in attempts, 3.5 of overhead booked before the second trial's end. */
    assert_figure(&made->arms[0], TARGET_ENERGY, 27.5);
    assert_figure(&made->arms[0], TARGET_TRIALS, 2);
    assert_figure(&made->arms[1], TARGET_ENERGY, 20);
    assert_figure(&made->arms[1], TARGET_TRIALS, 1);
    assert_figure(&made->arms[2], TARGET_ENERGY, 20);
    assert_figure(&made->arms[2], TARGET_TRIALS, 2);
    assert_figure(&made->arms[3], TARGET_ENERGY, 24);
    for (size_t i = 0; i < FIXTURE_ARMS; i++)
        assert_int_equal(made->arms[i].reached, 1);
    compare_free(made);
}

static void the_mean_is_over_the_joules_that_all_arms_have(void **state)
{
    (void)state;
    struct comparison *made = compare((double)NAN);
    assert_near(made->mean_from_j, 24, 1e-9); /* the fourth arm's first trial */
    assert_near(made->mean_to_j, 38, 1e-9);   /* the first arm's end */
    assert_figure(&made->arms[0], MEAN_BEST, (3.5 * 0.5 + 10.5 * 0.7) / 14);
    assert_figure(&made->arms[1], MEAN_BEST, 0.7);
    assert_figure(&made->arms[2], MEAN_BEST, 0.75);
    assert_figure(&made->arms[3], MEAN_BEST, 0.72);
    compare_free(made);
}

static void a_strategy_has_the_medians_of_its_repeats(void **state)
{
    (void)state;
    struct comparison *made = compare((double)NAN);
    assert_int_equal(made->n_strategies, 2);
    const struct compare_row *grid = &made->strategies[0], *bayes = &made->strategies[1];
    assert_string_equal(grid->strategy, "grid");
    assert_string_equal(bayes->strategy, "bayes");
    assert_int_equal(grid->repeat, -1);
    assert_int_equal(grid->begun, 2);
    assert_figure(grid, TOTAL, (38 + 50) / 2.0);
    assert_figure(grid, BEST, (0.7 + 0.75) / 2);
    assert_figure(grid, TARGET_ENERGY, (27.5 + 20) / 2);
    assert_figure(grid, TARGET_TRIALS, 2);
    assert_figure(bayes, TOTAL, (54 + 50) / 2.0);
    assert_figure(bayes, TARGET_ENERGY, 22);
    compare_free(made);
}

static void a_repeat_that_missed_the_target_counts_as_infinite(void **state)
{
    (void)state;
    struct comparison *made =
        compare(0.75); /* grid: only its second repeat; bayes: its first */
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(made->strategies[i].reached, 1);
        assert_int_equal(made->strategies[i].begun, 2);
        assert_true(isnan(made->strategies[i].figures[COMPARE_TARGET_ENERGY]));
    }
    assert_true(isnan(made->arms[0].figures[COMPARE_TARGET_TRIALS]));
    assert_figure(&made->arms[1], TARGET_ENERGY, 40);
    compare_free(made);

    made = compare(0.9);
    assert_int_equal(made->strategies[0].reached, 0);
    compare_free(made);
}

static void write_text(const struct comparison *made, struct strbuf *out)
{
    struct table *table;
    assert_ok(compare_table(&table, made, TABLE_TEXT, &err), err);
    assert_int_equal(table_write(table, TABLE_TEXT, 0, false, out), ST_OK);
    table_free(table);
}

/* A measured trial, and a waiting worker whose joules come from a model. */
static void overhead_may_be_of_another_quality(void **state)
{
    (void)state;
    struct fixture_folder fresh;
    struct store *store = NULL;
    struct snapshot *mixed = NULL;
    struct comparison *made = NULL;
    struct strbuf out = STRBUF_INIT;
    fixture_folder_make(&fresh);
    assert_ok(store_create(&store, fresh.database, &fixture_study, fixture_arms, 1, &err), err);
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1000000, 0);
    struct overhead_record overhead = {
        .arm = 0, .host = "node7", .quality = "estimated", .waiting_uj = 1000000};
    attempt.energy.quality = "measured";
    attempt.energy.meters = "powercap:package-0";
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    assert_ok(store_add_overhead(store, &overhead, &err), err);
    assert_ok(snapshot_load(&mixed, store, &err), err);
    assert_ok(compare_create(&made, mixed, NULL, (double)NAN, &err), err);
    write_text(made, &out);
    assert_non_null(strstr(out.text, "energy, total (estimated to measured)  2.00 J"));
    assert_non_null(strstr(out.text, "Energy is measured by powercap:package-0"));
    assert_non_null(strstr(out.text, "Energy outside of trials is estimated."));
    strbuf_free(&out);
    compare_free(made);
    snapshot_free(mixed);
    store_close(store);
    fixture_folder_remove(&fresh);
}

/* Arms that have not begun take no part, and nothing is 0 that is unknown. */
static void a_study_that_has_just_begun_has_no_figures(void **state)
{
    (void)state;
    struct fixture_folder empty;
    struct store *store = NULL;
    struct snapshot *young = NULL;
    struct comparison *made = NULL;
    fixture_folder_make(&empty);
    assert_ok(
        store_create(&store, empty.database, &fixture_study, fixture_arms, FIXTURE_ARMS, &err),
        err);
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record failed = fixture_attempt(0, 0, 1, 1000000, 0);
    failed.state = TRIAL_FAILED;
    failed.energy.quality = "none";
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &failed, &err), err);
    assert_ok(snapshot_load(&young, store, &err), err);
    assert_ok(compare_create(&made, young, NULL, (double)NAN, &err), err);
    assert_true(isnan(made->target));
    assert_int_equal(made->strategies[0].begun, 1);
    assert_int_equal(made->strategies[1].begun, 0);
    for (enum compare_figure f = COMPARE_BEST; f < COMPARE_FIGURES; f++) {
        assert_true(isnan(made->strategies[0].figures[f]));
        assert_true(isnan(made->strategies[1].figures[f]));
    }
    struct strbuf out = STRBUF_INIT;
    write_text(made, &out);
    assert_non_null(strstr(out.text, "No trial is complete: there is no target."));
    assert_non_null(strstr(out.text, "3 of 4 arms have not begun."));
    assert_null(strstr(out.text, "energy")); /* nothing is 0 that is unknown */
    assert_non_null(strstr(out.text, "No meter worked"));
    strbuf_free(&out);
    compare_free(made);
    snapshot_free(young);
    store_close(store);
    fixture_folder_remove(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arms_joules_are_split_and_add_up),
        cmocka_unit_test(the_target_is_the_best_that_all_arms_reached),
        cmocka_unit_test(the_mean_is_over_the_joules_that_all_arms_have),
        cmocka_unit_test(a_strategy_has_the_medians_of_its_repeats),
        cmocka_unit_test(a_repeat_that_missed_the_target_counts_as_infinite),
        cmocka_unit_test(overhead_may_be_of_another_quality),
        cmocka_unit_test(a_study_that_has_just_begun_has_no_figures),
    };
    return cmocka_run_group_tests(tests, fixture_set_up_study, fixture_tear_down_study);
}
