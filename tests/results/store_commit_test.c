/* What a commit promises: to readers beside the writer, and to whoever comes after a kill. */
#include "results/store.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;

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
    struct store *writer = fixture_create(&study_folder),
                 *reader = fixture_open(&study_folder, STORE_READ);
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
    struct store *writer = fixture_create(&study_folder),
                 *reader = fixture_open(&study_folder, STORE_READ);
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
    if (store_create(&store, study_folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS,
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

    struct store *reader = fixture_open(&study_folder, STORE_READ);
    assert_int_equal(count_trials(reader, 0), 1);
    store_close(reader);
    struct store *writer = fixture_open(&study_folder, STORE_WRITE);
    struct trial_record second = fixture_trial(0, 1);
    assert_int_equal(count_trials(writer, 0), 1);
    assert_ok(store_add_trial(writer, &second, &err), err);
    store_close(writer);
}

/* Commits one trial after another, and tells of each on the pipe. */
static void commit_for_ever(int told)
{
    struct store *store;
    if (store_create(&store, study_folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS,
                     NULL))
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

        struct store *store = fixture_open(&study_folder, STORE_WRITE);
        struct attempt_record *attempts;
        size_t n, trials = count_trials(store, 0);
        assert_ok(store_load_attempts(store, 0, &attempts, &n, &err), err);
        store_attempts_free(attempts, n);
        assert_int_equal(n, trials); /* both rows of a transaction or none */
        assert_true(n == answered || n == answered + 1);
        store_close(store);
        assert_int_equal(unlink(study_folder.database), 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_read_sees_one_moment),
        TEST(what_is_not_committed_is_not_seen),
        TEST(a_kill_leaves_the_last_commit),
        TEST(no_commit_that_was_answered_is_lost_by_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
