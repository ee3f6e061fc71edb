#include "tests/results/study_fixture.h"

#include "tests/check.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char accuracy[] = "accuracy", energy[] = "energy_j";
static const struct objective objectives[] = {{accuracy, GOAL_MAXIMIZE},
                                              {energy, GOAL_MINIMIZE}};
static const char *const params[] = {"lr", "optimizer"};

const struct study_record fixture_study = {
    .name = "cifar",
    .json = "{\"name\": \"cifar\"}",
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
        .energy_quality = "estimated",
        .energy_meters = "model:EPYC 9005",
        .dynamic_uj = dynamic_uj,
        .idle_uj = idle_uj,
        .low_uj = (dynamic_uj + idle_uj) * 8 / 10,
        .high_uj = (dynamic_uj + idle_uj) * 12 / 10,
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
    };
}
