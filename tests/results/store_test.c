#include "results/store.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static struct error err;

static void a_study_comes_back_as_it_was(void **state)
{
    (void)state;
    store_close(fixture_create(&study_folder));
    struct store *store = fixture_open(&study_folder, STORE_READ);
    struct study_record *study;
    enum study_state now;
    assert_ok(store_load_study(store, &study, &now, &err), err);
    assert_int_equal(now, STUDY_RUNNING);
    assert_string_equal(study->name, fixture_study.name);
    assert_string_equal(study->json, fixture_study.json);
    assert_string_equal(study->path, fixture_study.path);
    assert_int_equal(study->seed, fixture_study.seed);
    assert_string_equal(study->idle_policy, "equal");
    assert_string_equal(study->energy_meters, "model:EPYC 9005");
    assert_string_equal(study->energy_quality, "estimated");
    assert_int_equal(study->n_objectives, 2);
    assert_string_equal(study->objectives[0].metric, "accuracy");
    assert_int_equal(study->objectives[0].goal, GOAL_MAXIMIZE);
    assert_int_equal(study->objectives[1].goal, GOAL_MINIMIZE);
    assert_int_equal(study->n_params, 2);
    assert_string_equal(study->params[1], "optimizer");
    store_study_free(study);

    struct arm_record *arms;
    size_t n;
    assert_ok(store_load_arms(store, &arms, &n, &err), err);
    assert_int_equal(n, FIXTURE_ARMS);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(arms[i].number, i);
        assert_string_equal(arms[i].strategy, fixture_arms[i].strategy);
        assert_int_equal(arms[i].repeat, fixture_arms[i].repeat);
        assert_int_equal(arms[i].seed, fixture_arms[i].seed);
    }
    store_arms_free(arms, n);
    store_close(store);
}

static void a_closed_database_is_one_file(void **state)
{
    (void)state;
    static const char *const beside[] = {"-wal", "-shm", "-journal", "-lock"};
    store_close(fixture_create(&study_folder));
    for (size_t i = 0; i < 4; i++) {
        char name[160];
        snprintf(name, sizeof name, "%s%s", study_folder.database, beside[i]);
        assert_int_not_equal(access(name, F_OK), 0);
    }
}

static void a_state_is_kept(void **state)
{
    (void)state;
    static const enum study_state states[] = {STUDY_DONE, STUDY_INTERRUPTED, STUDY_BROKEN,
                                              STUDY_RUNNING};
    struct store *store = fixture_create(&study_folder);
    for (size_t i = 0; i < 4; i++) {
        struct study_record *study;
        enum study_state now;
        const char *reason = states[i] == STUDY_BROKEN ? "all failed" : NULL;
        assert_ok(store_set_state(store, states[i], reason, &err), err);
        assert_ok(store_load_study(store, &study, &now, &err), err);
        assert_int_equal(now, states[i]);
        assert_int_equal(study->reason != NULL, reason != NULL);
        if (reason)
            assert_string_equal(study->reason, reason);
        store_study_free(study);
    }
    store_close(store);
}

static void trials_come_back_to_the_bit(void **state)
{
    (void)state;
    struct store *store = fixture_create(&study_folder);
    double values[] = {0.1 + 0.2, (double)NAN};
    struct trial_record told = fixture_trial(1, 1);
    assert_ok(store_begin(store, &err), err);
    struct trial_record first = fixture_trial(1, 0), other = fixture_trial(0, 0);
    assert_ok(store_add_trial(store, &first, &err), err);
    assert_ok(store_add_trial(store, &told, &err), err);
    assert_ok(store_add_trial(store, &other, &err), err);
    told.state = TRIAL_COMPLETE;
    told.told = 0;
    told.values = values;
    told.energy_j = 1e3 / 3;
    told.continues = 0;
    assert_ok(store_set_trial(store, &told, &err), err);
    assert_ok(store_commit(store, &err), err);
    store_close(store);

    store = fixture_open(&study_folder, STORE_READ);
    struct trial_record *trials;
    size_t n;
    assert_ok(store_load_trials(store, 1, &trials, &n, &err), err);
    assert_int_equal(n, 2);
    assert_int_equal(trials[0].state, TRIAL_QUEUED);
    assert_int_equal(trials[0].told, -1);
    assert_int_equal(trials[0].seed, 100);
    assert_int_equal(trials[0].attempts, 0);
    assert_true(isnan(trials[0].energy_j) && isnan(trials[0].values[0]));
    assert_string_equal(trials[0].params, first.params);
    assert_int_equal(trials[0].continues, TRIAL_NONE);
    assert_int_equal(trials[1].number, 1);
    assert_int_equal(trials[1].continues, 0);
    assert_int_equal(trials[1].state, TRIAL_COMPLETE);
    assert_int_equal(trials[1].told, 0);
    assert_memory_equal(&trials[1].values[0], &values[0], sizeof values[0]);
    assert_true(isnan(trials[1].values[1]));
    assert_memory_equal(&trials[1].energy_j, &told.energy_j, sizeof told.energy_j);
    store_trials_free(trials, n);
    store_close(store);
}

static void store_three_attempts(struct store *store)
{
    static const struct metric_record metrics[] = {{"val_accuracy", 0.75}, {"params", 272474}};
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record failed = fixture_attempt(0, 0, 1, 3000000, 1000001);
    failed.state = TRIAL_FAILED;
    failed.reason = "exit status 7";
    failed.stderr_tail = "oh no\n";
    struct attempt_record complete = fixture_attempt(0, 0, 2, 5, 6);
    complete.metrics = metrics;
    complete.n_metrics = 2;
    complete.energy.wraps = 1;
    complete.energy.gaps = 2;
    assert_ok(store_begin(store, &err), err);
    assert_ok(store_add_trial(store, &trial, &err), err);
    for (uint32_t i = 1; i <= 3; i++)
        assert_ok(store_start_attempt(store, 0, 0, i, "node7", 2, 1700000000000000, &err), err);
    assert_ok(store_finish_attempt(store, &failed, &err), err);
    assert_ok(store_finish_attempt(store, &complete, &err), err);
    assert_ok(store_commit(store, &err), err);
}

static void check_failed_attempt(const struct attempt_record *attempt)
{
    assert_int_equal(attempt->attempt, 1);
    assert_int_equal(attempt->ending, 0);
    assert_int_equal(attempt->state, TRIAL_FAILED);
    assert_string_equal(attempt->reason, "exit status 7");
    assert_string_equal(attempt->stderr_tail, "oh no\n");
    assert_string_equal(attempt->host, "node7");
    assert_int_equal(attempt->worker, 2);
    assert_int_equal(attempt->started_at_us, 1700000000000000);
    assert_int_equal(attempt->ended_at_us, 1700000010000000);
    assert_near(attempt->duration_s, 10, 0);
    assert_near(attempt->cpu_s, 19.5, 0);
    assert_near(attempt->peak_memory_mb, 321.25, 0);
    assert_int_equal(attempt->epochs_done, 5);
    assert_string_equal(attempt->energy.quality, "estimated");
    assert_string_equal(attempt->energy.meters, "model:EPYC 9005");
    assert_int_equal(attempt->energy.dynamic_uj, 3000000);
    assert_int_equal(attempt->energy.idle_uj, 1000001);
    assert_int_equal(attempt->energy.low_uj, 3200000);
    assert_int_equal(attempt->energy.high_uj, 4800001);
    assert_near(attempt_energy_j(attempt), 4.000001, 0);
}

static void attempts_come_back_with_their_metrics(void **state)
{
    (void)state;
    struct store *store = fixture_create(&study_folder);
    store_three_attempts(store);
    struct attempt_record *attempts;
    size_t n;
    assert_ok(store_load_attempts(store, 0, &attempts, &n, &err), err);
    assert_int_equal(n, 3);
    check_failed_attempt(&attempts[0]);
    assert_int_equal(attempts[1].state, TRIAL_COMPLETE);
    assert_int_equal(attempts[1].ending, 1);
    assert_null(attempts[1].reason);
    assert_int_equal(attempts[1].energy.wraps, 1);
    assert_int_equal(attempts[1].energy.gaps, 2);
    assert_int_equal(attempts[1].n_metrics, 2);
    assert_string_equal(attempts[1].metrics[0].name, "val_accuracy");
    assert_near(attempts[1].metrics[1].value, 272474, 0);
    assert_int_equal(attempts[2].state, TRIAL_RUNNING);
    assert_int_equal(attempts[2].ending, -1);
    assert_int_equal(attempts[2].ended_at_us, -1);
    assert_int_equal(attempts[2].epochs_done, -1);
    assert_true(isnan(attempts[2].duration_s) && isnan(attempt_energy_j(&attempts[2])));
    store_attempts_free(attempts, n);

    struct trial_record *trials;
    assert_ok(store_load_trials(store, 0, &trials, &n, &err), err);
    assert_int_equal(trials[0].attempts, 3);
    store_trials_free(trials, n);
    store_close(store);
}

static void a_late_result_replaces_a_loss(void **state)
{
    (void)state;
    static const struct metric_record lost[] = {{"a", 1}, {"b", 2}}, late[] = {{"b", 3}};
    struct store *store = fixture_create(&study_folder);
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1, 1);
    assert_ok(store_add_trial(store, &trial, &err), err);
    attempt.state = TRIAL_FAILED;
    attempt.metrics = lost;
    attempt.n_metrics = 2;
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    attempt.state = TRIAL_COMPLETE;
    attempt.metrics = late;
    attempt.n_metrics = 1;
    attempt.energy.dynamic_uj = 8;
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    struct attempt_record *attempts;
    size_t n;
    assert_ok(store_load_attempts(store, 0, &attempts, &n, &err), err);
    assert_int_equal(n, 1);
    assert_int_equal(attempts[0].state, TRIAL_COMPLETE);
    assert_int_equal(attempts[0].energy.dynamic_uj, 8);
    assert_int_equal(attempts[0].ending, 1);
    assert_int_equal(attempts[0].n_metrics, 1);
    assert_near(attempts[0].metrics[0].value, 3, 0);
    store_attempts_free(attempts, n);
    store_close(store);
}

static void reports_are_grouped_by_step(void **state)
{
    (void)state;
    static const struct metric_record one[] = {{"loss", 2}, {"accuracy", 0.1}},
                                      two[] = {{"accuracy", 0.2}},
                                      again[] = {{"accuracy", 0.3}};
    struct store *store = fixture_create(&study_folder);
    struct trial_record trial = fixture_trial(2, 0);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_start_attempt(store, 2, 0, 1, "node7", 1, 1, &err), err);
    assert_ok(store_add_report(store, 2, 0, 1, 2, two, 1, &err), err);
    assert_ok(store_add_report(store, 2, 0, 1, 1, one, 2, &err), err);
    assert_ok(store_add_report(store, 2, 0, 1, 2, again, 1, &err), err);
    struct report_record *reports;
    size_t n;
    assert_ok(store_load_reports(store, 2, &reports, &n, &err), err);
    assert_int_equal(n, 2);
    assert_near(reports[0].step, 1, 0);
    assert_int_equal(reports[0].n_metrics, 2);
    assert_string_equal(reports[0].metrics[1].name, "loss");
    assert_near(reports[0].metrics[1].value, 2, 0);
    assert_int_equal(reports[1].n_metrics, 1);
    assert_near(reports[1].metrics[0].value, 0.3, 0);
    store_reports_free(reports, n);
    store_close(store);
}

static void hostile_texts_stay_texts(void **state)
{
    (void)state;
    static const char hostile[] = "a'; DROP TABLE trial; --\n\"%s%n\" \xc3\xa9\t\x01";
    struct study_record study = fixture_study;
    struct arm_record arm = {.number = 0, .strategy = hostile};
    struct store *store = NULL;
    study.name = hostile;
    study.path = hostile;
    assert_ok(store_create(&store, study_folder.database, &study, &arm, 1, &err), err);
    struct metric_record metric = {hostile, 1};
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1, 1);
    attempt.reason = hostile;
    attempt.stderr_tail = hostile;
    attempt.metrics = &metric;
    attempt.n_metrics = 1;
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    store_close(store);

    store = fixture_open(&study_folder, STORE_READ);
    struct study_record *loaded;
    enum study_state now;
    assert_ok(store_load_study(store, &loaded, &now, &err), err);
    assert_string_equal(loaded->name, hostile);
    store_study_free(loaded);
    struct attempt_record *attempts;
    size_t n;
    assert_ok(store_load_attempts(store, 0, &attempts, &n, &err), err);
    assert_int_equal(n, 1);
    assert_string_equal(attempts[0].reason, hostile);
    assert_string_equal(attempts[0].metrics[0].name, hostile);
    store_attempts_free(attempts, n);
    store_close(store);
}

/* A path that would mean something else in an SQLite URI. */
static void hostile_paths_stay_paths(void **state)
{
    (void)state;
    char path[160];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/a b%%41?mode=memory#'\".db", study_folder.path);
    assert_ok(store_create(&store, path, &fixture_study, fixture_arms, 1, &err), err);
    store_close(store);
    assert_int_equal(access(path, F_OK), 0);
    assert_ok(store_open(&store, path, STORE_WRITE, &err), err);
    store_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_study_comes_back_as_it_was),
        TEST(a_closed_database_is_one_file),
        TEST(a_state_is_kept),
        TEST(trials_come_back_to_the_bit),
        TEST(attempts_come_back_with_their_metrics),
        TEST(a_late_result_replaces_a_loss),
        TEST(reports_are_grouped_by_step),
        TEST(hostile_texts_stay_texts),
        TEST(hostile_paths_stay_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
