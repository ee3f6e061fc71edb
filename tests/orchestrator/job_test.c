/* Whole studies of simulated trials by the ranks of a job, run by mpirun (or alone): nothing is
 * lost, also when a worker dies in the middle. `job_test dying` lets rank 2 kill itself. */
#include "tests/check.h"
#include "tests/orchestrator/study_text.h"

#include "orchestrator/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define TRIALS 12

static const char study_text[] =
    "{\"name\": \"job\", \"seed\": 7,"
    " \"trial\": {\"kind\": \"function\", \"function\": \"branin\", \"duration_s\": 0.15},"
    " \"space\": {\"x\": {\"type\": \"real\", \"low\": -5, \"high\": 10},"
    "             \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 15}},"
    " \"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"}],"
    " \"strategies\": [\"random\"], \"budget\": {\"trials\": 12}, \"repeats\": 2}";

static struct job *job;
static bool coordinator_works;
static size_t ended, snapshots;

static void count_ended(void *context, const struct run_ended *end)
{
    (void)context;
    assert_non_null(end->id);
    ended++;
}

static void count_snapshots(void *context, const struct run_snapshot *snapshot)
{
    (void)context;
    assert_int_equal(snapshot->n_arms, 2);
    assert_true(snapshot->complete <= snapshot->asked);
    snapshots++;
}

static struct study *open_study(const char *folder)
{
    char path[128];
    snprintf(path, sizeof path, "%s/study.json", folder);
    return study_of_text(study_text, path);
}

static void check_trials(struct store *store)
{
    struct error err = {0};
    struct trial_record *trials;
    size_t n;
    for (uint32_t arm = 0; arm < 2; arm++) {
        assert_ok(store_load_trials(store, arm, &trials, &n, &err), err);
        assert_int_equal(n, TRIALS);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(trials[i].state, TRIAL_COMPLETE);
        store_trials_free(trials, n);
    }
}

static void a_study_is_done(void **state)
{
    (void)state;
    char folder[] = "/tmp/wattune-job-XXXXXX", db[64], command[64];
    struct error err = {0};
    struct store *store;
    assert_non_null(mkdtemp(folder));
    snprintf(db, sizeof db, "%s/job.db", folder);
    struct study *study = open_study(folder);
    assert_ok(run_create_store(&store, db, study, false, &err), err);
    struct run_options options = {
        .study = study,
        .store = store,
        .store_path = db,
        .coordinator_works = coordinator_works,
        .observer = {.snapshot = count_snapshots, .ended = count_ended},
        .heartbeat_s = 0.2,
        .patience_s = 4};
    int status = run_study(job, &options, &err);
    if (status)
        fail_msg("status %d: %s", status, err.what);
    check_trials(store);
    assert_true(ended >= 2 * TRIALS);
    assert_true(snapshots >= 1);
    store_close(store);
    study_free(study);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void die(int number)
{
    (void)number;
    raise(SIGKILL);
}

/* In the middle of the second or third trial, if all goes at its usual pace. */
static void die_soon(void)
{
    struct itimerval timer = {.it_value = {.tv_usec = 400000}};
    signal(SIGALRM, die);
    setitimer(ITIMER_REAL, &timer, NULL);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_study_is_done)};
    struct error err = {0};
    if (job_open(&job, &err)) {
        fprintf(stderr, "%s\n", err.what);
        return 1;
    }
    int status;
    coordinator_works = !strcmp(mode, "works");
    if (job_rank(job) == 0) {
        status = cmocka_run_group_tests(tests, NULL, NULL);
    } else {
        if (!strcmp(mode, "dying") && job_rank(job) == 2)
            die_soon();
        status = run_worker(job, &err);
    }
    job_close(job, status);
    return status;
}
