#include "tests/results/study_fixture.h"

#include "tests/check.h"

#include <dirent.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char accuracy[] = "accuracy", energy[] = "energy_j";
static const struct objective objectives[] = {{accuracy, GOAL_MAXIMIZE},
                                              {energy, GOAL_MINIMIZE}};
static const char *const params[] = {"lr", "optimizer"};

const struct study_record fixture_study = {
    .name = "cifar",
    .json = "{\"name\": \"cifar\", \"budget\": {\"trials\": 5}}",
    .path = "/home/someone/study.json",
    .seed = 9007199254740991,
    .idle_policy = "equal",
    .energy_meters = "model:EPYC 9005",
    .energy_quality = "estimated",
    .objectives = objectives,
    .n_objectives = 2,
    .params = params,
    .n_params = 2,
};

const struct arm_record fixture_arms[FIXTURE_ARMS] = {
    {.number = 0, .strategy = "grid", .repeat = 0, .seed = 10},
    {.number = 1, .strategy = "bayes", .repeat = 0, .seed = 11},
    {.number = 2, .strategy = "grid", .repeat = 1, .seed = 12},
    {.number = 3, .strategy = "bayes", .repeat = 1, .seed = 13},
};

struct fixture_folder study_folder;
struct snapshot *study_snapshot;

static struct error err;

void fixture_folder_make(struct fixture_folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/wattune-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->database, sizeof folder->database, "%s/study.db", folder->path);
}

void fixture_folder_remove(const struct fixture_folder *folder)
{
    DIR *dir = opendir(folder->path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    assert_int_equal(rmdir(folder->path), 0);
}

int fixture_set_up(void **state)
{
    (void)state;
    fixture_folder_make(&study_folder);
    return 0;
}

int fixture_tear_down(void **state)
{
    (void)state;
    fixture_folder_remove(&study_folder);
    return 0;
}

int fixture_set_up_study(void **state)
{
    fixture_set_up(state);
    fixture_fill(&study_folder);
    study_snapshot = fixture_snapshot(&study_folder);
    return 0;
}

int fixture_tear_down_study(void **state)
{
    snapshot_free(study_snapshot);
    return fixture_tear_down(state);
}

struct store *fixture_create(const struct fixture_folder *folder)
{
    struct store *store = NULL;
    assert_ok(store_create(&store, folder->database, &fixture_study, fixture_arms, FIXTURE_ARMS,
                           &err),
              err);
    return store;
}

struct store *fixture_open(const struct fixture_folder *folder, enum store_mode mode)
{
    struct store *store = NULL;
    assert_ok(store_open(&store, folder->database, mode, &err), err);
    return store;
}

void fixture_execute(const struct fixture_folder *folder, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(folder->database, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

struct attempt_record fixture_attempt(uint32_t arm, uint64_t trial, uint32_t attempt,
                                      int64_t dynamic_uj, int64_t idle_uj)
{
    return (struct attempt_record){
        .arm = arm,
        .trial = trial,
        .attempt = attempt,
        .state = TRIAL_COMPLETE,
        .host = "node7",
        .worker = 2,
        .started_at_us = 1700000000000000,
        .ended_at_us = 1700000010000000,
        .duration_s = 10,
        .cpu_s = 19.5,
        .peak_memory_mb = 321.25,
        .epochs_done = 5,
        .energy = {.quality = "estimated",
                   .meters = "model:EPYC 9005",
                   .method = "cpu time (/proc), idle by the meter",
                   .dynamic_uj = dynamic_uj,
                   .idle_uj = idle_uj,
                   .low_uj = (dynamic_uj + idle_uj) * 8 / 10,
                   .high_uj = (dynamic_uj + idle_uj) * 12 / 10},
    };
}

struct trial_record fixture_trial(uint32_t arm, uint64_t number)
{
    return (struct trial_record){
        .arm = arm,
        .number = number,
        .seed = 100 + number,
        .state = TRIAL_QUEUED,
        .told = -1,
        .params = "{\"lr\":0.01,\"optimizer\":\"sgd\"}",
        .energy_j = (double)NAN,
        .continues = TRIAL_NONE,
    };
}

struct sample_record fixture_sample(size_t i)
{
    return (struct sample_record){.end_us = 1000000 * (int64_t)(i + 1),
                                  .cpu_us = 1500000,
                                  .energy_uj = 100000000,
                                  .node_uj = 250000000,
                                  .memory_kb = 1024 * (int64_t)(i + 1),
                                  .gpu_permille = SAMPLE_UNKNOWN,
                                  .gpu_memory_kb = SAMPLE_UNKNOWN,
                                  .gpu_power_mw = SAMPLE_UNKNOWN};
}

/* What happened, in order. Joules are 80 % dynamic and 20 % idle. An event without an attempt
 * is overhead: joules waiting, in the search (with its processor seconds) and in the
 * orchestrator.
 */
struct event {
    uint32_t arm, trial, attempt;
    enum trial_state state;
    double accuracy, joules;
    double waiting, search, orchestrator, cpu_s;
};

static const struct event events[] = {
    {0, 0, 1, TRIAL_COMPLETE, 0.5, 10, 0, 0, 0, 0},
    {0, 1, 1, TRIAL_FAILED, 0, 4, 0, 0, 0, 0},
    {0, 0, 0, TRIAL_QUEUED, 0, 0, 2, 0.5, 1, 0.25},
    {0, 1, 2, TRIAL_COMPLETE, 0.7, 10, 0, 0, 0, 0},
    {0, 2, 1, TRIAL_COMPLETE, 0.6, 10, 0, 0, 0, 0},
    {0, 0, 0, TRIAL_QUEUED, 0, 0, 0, 0.5, 0, 0.25},
    {1, 0, 1, TRIAL_COMPLETE, 0.7, 20, 0, 0, 0, 0},
    {1, 1, 1, TRIAL_COMPLETE, 0.8, 20, 0, 0, 0, 0},
    {1, 0, 0, TRIAL_QUEUED, 0, 0, 0, 4, 0, 2},
    {1, 2, 1, TRIAL_PRUNED, 0, 5, 0, 0, 0, 0},
    {1, 3, 1, TRIAL_FAILED, 0, 5, 0, 0, 0, 0},
    {2, 0, 1, TRIAL_COMPLETE, 0.65, 10, 0, 0, 0, 0},
    {2, 1, 1, TRIAL_COMPLETE, 0.75, 10, 0, 0, 0, 0},
    {2, 2, 1, TRIAL_COMPLETE, 0.6, 30, 0, 0, 0, 0},
    {3, 0, 1, TRIAL_COMPLETE, 0.72, 24, 0, 0, 0, 0},
    {3, 1, 1, TRIAL_COMPLETE, 0.71, 26, 0, 0, 0, 0},
    {3, 2, 0, TRIAL_QUEUED, 0, 0, 0, 0, 0, 0},
};

static void add_trial(struct store *store, const struct event *event)
{
    static const char *const points[] = {
        "{\"lr\":0.1,\"optimizer\":\"sgd\"}", "{\"lr\":0.01,\"optimizer\":\"adam\"}",
        "{\"lr\":0.001,\"optimizer\":\"sgd\"}", "{\"lr\":1e-05}"};
    struct trial_record trial = fixture_trial(event->arm, event->trial);
    trial.params = points[event->trial];
    assert_ok(store_add_trial(store, &trial, &err), err);
}

static void end_trial(struct store *store, const struct event *event, double energy_j)
{
    double values[] = {event->accuracy, energy_j};
    struct trial_record *trials;
    size_t n;
    assert_ok(store_load_trials(store, event->arm, &trials, &n, &err), err);
    struct trial_record trial = trials[event->trial];
    trial.state = event->state;
    trial.values = event->state == TRIAL_COMPLETE ? values : NULL;
    trial.energy_j = energy_j;
    assert_ok(store_set_trial(store, &trial, &err), err);
    store_trials_free(trials, n);
}

static void end_attempt(struct store *store, const struct event *event)
{
    const struct metric_record metrics[] = {{"accuracy", event->accuracy}, {"params", 272474}};
    struct attempt_record attempt =
        fixture_attempt(event->arm, event->trial, event->attempt,
                        llround(event->joules * 800000), llround(event->joules * 200000));
    attempt.state = event->state;
    attempt.started_at_us += (int64_t)(event->trial * 20 + event->attempt * 10) * 1000000;
    attempt.ended_at_us = attempt.started_at_us + 10000000;
    if (event->state == TRIAL_FAILED)
        attempt.reason = "exit status 7";
    if (event->state == TRIAL_PRUNED)
        attempt.reason = "stopped at epoch 2";
    if (event->state == TRIAL_COMPLETE) {
        attempt.metrics = metrics;
        attempt.n_metrics = 2;
    }
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
}

static void add_overhead(struct store *store, const struct event *event)
{
    struct overhead_record overhead = {.arm = event->arm,
                                       .host = "node7",
                                       .quality = "estimated",
                                       .waiting_uj = llround(event->waiting * 1e6),
                                       .search_uj = llround(event->search * 1e6),
                                       .orchestrator_uj = llround(event->orchestrator * 1e6),
                                       .search_cpu_s = event->cpu_s};
    assert_ok(store_add_overhead(store, &overhead, &err), err);
}

static void replay(struct store *store, const struct event *event)
{
    bool waits = event->attempt == 0 && event->waiting + event->search == 0;
    if (event->attempt == 1 || waits)
        add_trial(store, event);
    if (event->attempt > 0) {
        end_attempt(store, event);
        end_trial(store, event, event->joules + (event->attempt == 2 ? 4 : 0));
    } else if (!waits) {
        add_overhead(store, event);
    }
}

void fixture_fill(const struct fixture_folder *folder)
{
    struct store *store = fixture_create(folder);
    assert_ok(store_begin(store, &err), err);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        replay(store, &events[i]);
    assert_ok(store_commit(store, &err), err);
    store_close(store);
}

struct snapshot *fixture_snapshot(const struct fixture_folder *folder)
{
    struct store *store = fixture_open(folder, STORE_READ);
    struct snapshot *snapshot = NULL;
    assert_ok(snapshot_load(&snapshot, store, &err), err);
    store_close(store);
    return snapshot;
}
