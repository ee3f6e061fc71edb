/* Trials that continue others, in the tables: trial 1 goes on from trial 0, and 2 from 1. */
#include "results/compare.h"
#include "results/complete.h"
#include "results/curve.h"
#include "results/monitor.h"
#include "results/pareto_table.h"
#include "results/study_status.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct error err;

static char accuracy[] = "accuracy";
static const struct objective objective = {accuracy, GOAL_MAXIMIZE};
static const char *const params[] = {"epochs"};

enum { TRIALS = 4 };

/* The joules that each trial took itself: the last is no part of the chain. */
static const int64_t own_uj[TRIALS] = {10000000, 20000000, 60000000, 85000000};
static const double accuracies[TRIALS] = {0.5, 0.7, 0.9, 0.8};
static const int64_t continues[TRIALS] = {TRIAL_NONE, 0, 1, TRIAL_NONE};

static void add_trial(struct store *store, uint64_t i)
{
    struct trial_record trial = fixture_trial(0, i);
    struct attempt_record attempt = fixture_attempt(0, i, 1, own_uj[i], 0);
    char text[32];
    snprintf(text, sizeof text, "{\"epochs\":%d}", (int)i + 1);
    trial.params = text;
    trial.continues = continues[i];
    trial.values = &accuracies[i];
    trial.state = TRIAL_COMPLETE;
    trial.told = (int64_t)i;
    attempt.duration_s = (double)(1 << i);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
}

static int set_up(void **state)
{
    struct store *store;
    struct study_record study = fixture_study;
    study.json = "{\"space\": {\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 9}}}";
    study.objectives = &objective;
    study.n_objectives = 1;
    study.params = params;
    study.n_params = 1;
    fixture_set_up(state);
    assert_ok(store_create(&store, study_folder.database, &study, fixture_arms, 1, &err), err);
    for (uint64_t i = 0; i < TRIALS; i++)
        add_trial(store, i);
    store_close(store);
    study_snapshot = fixture_snapshot(&study_folder);
    return 0;
}

static void the_way_to_a_trial_is_its_chain(void **state)
{
    (void)state;
    const struct snapshot_arm *arm = &study_snapshot->arms[0];
    static const double way_j[TRIALS] = {10, 30, 90, 85};
    for (size_t i = 0; i < TRIALS; i++)
        assert_near(snapshot_trial_j(arm, &arm->trials[i]), way_j[i], 1e-9);
    assert_ptr_equal(snapshot_continued(arm, &arm->trials[2]), &arm->trials[1]);
    assert_null(snapshot_continued(arm, &arm->trials[0]));
    assert_null(snapshot_trial(arm, TRIALS));
}

/* Whatever a file says, the chain ends. */
static void a_circle_is_no_chain(void **state)
{
    (void)state;
    const struct snapshot_arm *arm = &study_snapshot->arms[0];
    arm->trials[0].continues = 2;
    assert_near(snapshot_trial_j(arm, &arm->trials[2]), 90, 1e-9);
    arm->trials[1].continues = 1;
    assert_near(snapshot_trial_j(arm, &arm->trials[2]), 80, 1e-9);
}

/* 90 J for the best, not 60; and 85 J for the second best, which is therefore on the front. */
static void the_front_shows_whole_trainings(void **state)
{
    (void)state;
    struct table *table;
    struct strbuf out = STRBUF_INIT;
    assert_ok(pareto_table(&table, study_snapshot, NULL, NULL, &err), err);
    assert_int_equal(table_write(table, TABLE_CSV, 0, false, &out), ST_OK);
    assert_non_null(strstr(strbuf_text(&out), ",2,3,0.9,90,estimated"));
    assert_non_null(strstr(strbuf_text(&out), ",3,4,0.8,85,estimated"));
    assert_non_null(strstr(strbuf_text(&out), ",1,2,0.7,30,estimated"));
    table_free(table);
    strbuf_free(&out);
}

static void importance_is_of_whole_trainings(void **state)
{
    (void)state;
    struct complete complete;
    double values[TRIALS];
    assert_ok(complete_open(&complete, study_snapshot, &err), err);
    assert_int_equal(complete_values(&complete, "energy_j", values), TRIALS);
    assert_near(values[2], 90, 1e-9);
    assert_int_equal(complete_values(&complete, "duration_s", values), TRIALS);
    assert_near(values[2], 7, 0);
    assert_near(values[3], 8, 0);
    assert_int_equal(complete_values(&complete, "cpu_s", values), TRIALS);
    assert_near(values[1], 39, 0);
    assert_int_equal(complete_values(&complete, "peak_memory_mb", values), TRIALS);
    assert_near(values[2], 321.25, 0);
    complete_close(&complete);
}

static void what_was_spent_counts_every_joule_once(void **state)
{
    (void)state;
    struct curve curve;
    assert_int_equal(curve_make(&curve, &study_snapshot->arms[0], study_snapshot->study),
                     ST_OK);
    assert_near(curve.total_j, 175, 1e-9);
    assert_near(curve.steps[2].joules, 90, 1e-9);
    curve_free(&curve);
}

static void a_chart_names_what_the_trial_continues(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct store *store = fixture_open(&study_folder, STORE_READ);
    struct monitor_choice choice = {.trial = "grid.0.2"};
    assert_ok(monitor_chart(study_snapshot, store, &choice, false, &out, &err), err);
    assert_non_null(strstr(strbuf_text(&out), "grid.0.2, continues grid.0.1: complete"));
    store_close(store);
    strbuf_free(&out);
}

static void a_running_trial_says_what_it_continues(void **state)
{
    (void)state;
    struct strbuf out = STRBUF_INIT;
    struct study_status *status;
    struct trial_record trial = fixture_trial(0, TRIALS);
    trial.params = "{\"epochs\":9}";
    trial.continues = 2;
    trial.state = TRIAL_RUNNING;
    struct store *store = fixture_open(&study_folder, STORE_WRITE);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_start_attempt(store, 0, TRIALS, 1, "node7", 1, 1700000000000000, &err),
              err);
    snapshot_free(study_snapshot);
    assert_ok(snapshot_load(&study_snapshot, store, &err), err);
    assert_ok(study_status_load(&status, store, study_snapshot, 1700000010000000, &err), err);
    assert_int_equal(study_status_write(status, "study.db", 1700000010000000, 0, false, &out),
                     ST_OK);
    assert_non_null(strstr(strbuf_text(&out), "grid.0.4, continues grid.0.2"));
    study_status_free(status);
    store_close(store);
    strbuf_free(&out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down_study)
    const struct CMUnitTest tests[] = {
        TEST(the_way_to_a_trial_is_its_chain),
        TEST(a_circle_is_no_chain),
        TEST(the_front_shows_whole_trainings),
        TEST(importance_is_of_whole_trainings),
        TEST(what_was_spent_counts_every_joule_once),
        TEST(a_chart_names_what_the_trial_continues),
        TEST(a_running_trial_says_what_it_continues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
