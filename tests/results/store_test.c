#include "results/store.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fixture_folder folder;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_folder_remove(&folder);
    return 0;
}

static struct store *create(void)
{
    struct store *store = NULL;
    assert_ok(
        store_create(&store, folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS, &err),
        err);
    return store;
}

static struct store *reopen(enum store_mode mode)
{
    struct store *store = NULL;
    assert_ok(store_open(&store, folder.database, mode, &err), err);
    return store;
}

static void a_study_comes_back_as_it_was(void **state)
{
    (void)state;
    store_close(create());
    struct store *store = reopen(STORE_READ);
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
    store_close(create());
    for (size_t i = 0; i < 4; i++) {
        char name[160];
        snprintf(name, sizeof name, "%s%s", folder.database, beside[i]);
        assert_int_not_equal(access(name, F_OK), 0);
    }
}

static void a_state_is_kept(void **state)
{
    (void)state;
    static const enum study_state states[] = {STUDY_DONE, STUDY_INTERRUPTED, STUDY_BROKEN,
                                              STUDY_RUNNING};
    struct store *store = create();
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
    struct store *store = create();
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
    assert_ok(store_set_trial(store, &told, &err), err);
    assert_ok(store_commit(store, &err), err);
    store_close(store);

    store = reopen(STORE_READ);
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
    assert_int_equal(trials[1].number, 1);
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
    struct store *store = create();
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

static void expect_energy(const struct energy_record *read, const struct energy_record *written)
{
    assert_string_equal(read->quality, written->quality);
    assert_string_equal(read->meters, written->meters);
    assert_string_equal(read->method, written->method);
    assert_int_equal(read->dynamic_uj, written->dynamic_uj);
    assert_int_equal(read->idle_uj, written->idle_uj);
    assert_int_equal(read->low_uj, written->low_uj);
    assert_int_equal(read->high_uj, written->high_uj);
    assert_int_equal(read->wraps, written->wraps);
    assert_int_equal(read->gaps, written->gaps);
    assert_int_equal(read->ambiguous, written->ambiguous);
    assert_int_equal(read->skews, written->skews);
}

/* A meter that failed keeps its place, without a figure. */
static void meters_beside_come_back_in_their_order(void **state)
{
    (void)state;
    struct store *store = create();
    struct energy_record beside[3] = {{.quality = "measured",
                                       .meters = "command:pdu",
                                       .method = "cpu time (/proc)",
                                       .dynamic_uj = 1,
                                       .idle_uj = 2,
                                       .low_uj = 3,
                                       .high_uj = 4,
                                       .wraps = 5,
                                       .gaps = 6,
                                       .ambiguous = 7,
                                       .skews = 8},
                                      {.quality = "none", .meters = ""},
                                      {.quality = "reported",
                                       .meters = "reported",
                                       .method = "reported by the trial",
                                       .dynamic_uj = 9}};
    struct attempt_record *attempts;
    size_t n;
    for (uint64_t i = 0; i < 3; i++) {
        struct trial_record trial = fixture_trial(0, i);
        struct attempt_record attempt = fixture_attempt(0, i, 1, 1, 1);
        attempt.energy = beside[0];
        attempt.beside = beside;
        attempt.n_beside = i == 1 ? 0 : 3;
        assert_ok(store_add_trial(store, &trial, &err), err);
        assert_ok(store_finish_attempt(store, &attempt, &err), err);
        assert_ok(store_finish_attempt(store, &attempt, &err), err); /* a late result */
    }
    assert_ok(store_load_attempts(store, 0, &attempts, &n, &err), err);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++) {
        expect_energy(&attempts[i].energy, &beside[0]);
        assert_int_equal(attempts[i].n_beside, i == 1 ? 0 : 3);
        if (i == 1)
            continue;
        expect_energy(&attempts[i].beside[0], &beside[0]);
        assert_false(energy_known(&attempts[i].beside[1]));
        assert_true(isnan(energy_joules(&attempts[i].beside[1])));
        expect_energy(&attempts[i].beside[2], &beside[2]);
    }
    store_attempts_free(attempts, n);
    store_close(store);
}

static void a_late_result_replaces_a_loss(void **state)
{
    (void)state;
    static const struct metric_record lost[] = {{"a", 1}, {"b", 2}}, late[] = {{"b", 3}};
    struct store *store = create();
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
    struct store *store = create();
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

static void overhead_adds_up_between_two_endings(void **state)
{
    (void)state;
    struct store *store = create();
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1000000, 0);
    struct overhead_record overhead = {.arm = 0,
                                       .host = "node7",
                                       .quality = "estimated",
                                       .waiting_uj = 100,
                                       .search_uj = 20,
                                       .orchestrator_uj = 3,
                                       .search_cpu_s = 0.5};
    struct overhead_record unmetered = overhead;
    unmetered.quality = "none";
    assert_ok(store_add_overhead(store, &overhead, &err), err);
    assert_ok(store_add_overhead(store, &overhead, &err), err);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    assert_ok(store_add_overhead(store, &overhead, &err), err);
    assert_ok(store_add_overhead(store, &unmetered, &err), err);
    struct overhead_record *rows;
    size_t n;
    assert_ok(store_load_overhead(store, 0, &rows, &n, &err), err);
    assert_int_equal(n, 3);
    assert_int_equal(rows[0].after, 0);
    assert_int_equal(rows[0].waiting_uj, 200);
    assert_int_equal(rows[0].search_uj, 40);
    assert_int_equal(rows[0].orchestrator_uj, 6);
    assert_near(rows[0].search_cpu_s, 1, 0);
    assert_int_equal(rows[1].after, 1);
    assert_int_equal(rows[1].waiting_uj, 100);
    assert_string_equal(rows[2].quality, "none");
    assert_int_equal(rows[2].waiting_uj, 0);
    assert_near(rows[2].search_cpu_s, 0.5, 0);
    store_overhead_free(rows, n);

    double energy_j, time_s;
    assert_ok(store_load_spent(store, 0, &energy_j, &time_s, &err), err);
    assert_near(energy_j, 1.000369, 1e-12);
    assert_near(time_s, 10, 0);
    store_close(store);
}

static void nothing_spent_is_unknown_not_zero(void **state)
{
    (void)state;
    struct store *store = create();
    double energy_j, time_s;
    assert_ok(store_load_spent(store, 3, &energy_j, &time_s, &err), err);
    assert_true(isnan(energy_j));
    assert_near(time_s, 0, 0);
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
    assert_ok(store_create(&store, folder.database, &study, &arm, 1, &err), err);
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

    store = reopen(STORE_READ);
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
    snprintf(path, sizeof path, "%s/a b%%41?mode=memory#'\".db", folder.path);
    assert_ok(store_create(&store, path, &fixture_study, fixture_arms, 1, &err), err);
    store_close(store);
    assert_int_equal(access(path, F_OK), 0);
    assert_ok(store_open(&store, path, STORE_WRITE, &err), err);
    store_close(store);
}

static size_t count_trials(struct store *store, uint32_t arm)
{
    struct trial_record *trials;
    size_t n;
    assert_ok(store_load_trials(store, arm, &trials, &n, &err), err);
    store_trials_free(trials, n);
    return n;
}

static void a_read_sees_one_moment(void **state)
{
    (void)state;
    struct store *writer = create(), *reader = reopen(STORE_READ);
    struct trial_record first = fixture_trial(0, 0), second = fixture_trial(0, 1);
    assert_ok(store_add_trial(writer, &first, &err), err);
    assert_ok(store_begin_read(reader, &err), err);
    assert_int_equal(count_trials(reader, 0), 1);
    assert_ok(store_add_trial(writer, &second, &err), err);
    assert_int_equal(count_trials(reader, 0), 1);
    store_end_read(reader);
    assert_int_equal(count_trials(reader, 0), 2);
    store_close(reader);
    store_close(writer);
}

static void what_is_not_committed_is_not_seen(void **state)
{
    (void)state;
    struct store *writer = create(), *reader = reopen(STORE_READ);
    struct trial_record trial = fixture_trial(0, 0);
    assert_ok(store_begin(writer, &err), err);
    assert_ok(store_add_trial(writer, &trial, &err), err);
    assert_int_equal(count_trials(reader, 0), 0);
    store_rollback(writer);
    assert_int_equal(count_trials(writer, 0), 0);
    store_close(reader);
    store_close(writer);
}

/* Commits trial 0, leaves trial 1 uncommitted and dies by SIGKILL. */
static void write_and_die(void)
{
    struct store *store;
    struct trial_record first = fixture_trial(0, 0), second = fixture_trial(0, 1);
    if (store_create(&store, folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS,
                     NULL) ||
        store_add_trial(store, &first, NULL) || store_begin(store, NULL) ||
        store_add_trial(store, &second, NULL))
        _exit(1);
    raise(SIGKILL);
}

static void a_kill_leaves_the_last_commit(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        write_and_die();
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);

    struct store *reader = reopen(STORE_READ);
    assert_int_equal(count_trials(reader, 0), 1);
    store_close(reader);
    struct store *writer = reopen(STORE_WRITE);
    struct trial_record second = fixture_trial(0, 1);
    assert_int_equal(count_trials(writer, 0), 1);
    assert_ok(store_add_trial(writer, &second, &err), err);
    store_close(writer);
}

/* Commits one trial after another, and tells of each on the pipe. */
static void commit_for_ever(int told)
{
    struct store *store;
    if (store_create(&store, folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS, NULL))
        _exit(1);
    for (uint64_t number = 0;; number++) {
        struct trial_record trial = fixture_trial(0, number);
        struct attempt_record attempt = fixture_attempt(0, number, 1, 1, 1);
        if (store_begin(store, NULL) || store_add_trial(store, &trial, NULL) ||
            store_finish_attempt(store, &attempt, NULL) || store_commit(store, NULL) ||
            write(told, "", 1) != 1)
            _exit(1);
    }
}

static void no_commit_that_was_answered_is_lost_by_a_kill(void **state)
{
    (void)state;
    for (size_t wanted = 1; wanted <= 60; wanted += 13) {
        int ends[2], how;
        char byte;
        size_t answered = 0;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            commit_for_ever(ends[1]);
        close(ends[1]);
        while (answered < wanted && read(ends[0], &byte, 1) == 1)
            answered++;
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        while (read(ends[0], &byte, 1) == 1)
            answered++;
        close(ends[0]);

        struct store *store = reopen(STORE_WRITE);
        struct attempt_record *attempts;
        size_t n, trials = count_trials(store, 0);
        assert_ok(store_load_attempts(store, 0, &attempts, &n, &err), err);
        store_attempts_free(attempts, n);
        assert_int_equal(n, trials); /* both rows of a transaction or none */
        assert_true(n == answered || n == answered + 1);
        store_close(store);
        assert_int_equal(unlink(folder.database), 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_study_comes_back_as_it_was),
        TEST(a_closed_database_is_one_file),
        TEST(a_state_is_kept),
        TEST(trials_come_back_to_the_bit),
        TEST(attempts_come_back_with_their_metrics),
        TEST(meters_beside_come_back_in_their_order),
        TEST(a_late_result_replaces_a_loss),
        TEST(reports_are_grouped_by_step),
        TEST(overhead_adds_up_between_two_endings),
        TEST(nothing_spent_is_unknown_not_zero),
        TEST(hostile_texts_stay_texts),
        TEST(hostile_paths_stay_paths),
        TEST(a_read_sees_one_moment),
        TEST(what_is_not_committed_is_not_seen),
        TEST(a_kill_leaves_the_last_commit),
        TEST(no_commit_that_was_answered_is_lost_by_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
