#include "tests/orchestrator/warm_start_fixture.h"

#include "base/strbuf.h"
#include "orchestrator/warm_start.h"
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char warm_folder[64], warm_old_db[96], warm_new_db[96], warm_new_path[96];

static const char old_json[] =
    "{\"trial\": {\"kind\": \"command\", \"argv\": [\"a\"], \"retries\": 3,"
    " \"settings\": {\"momentum\": 0.9}}}";
static char loss[] = "loss";
static const struct objective old_objective = {loss, GOAL_MINIMIZE};

int warm_set_up(void **state)
{
    (void)state;
    snprintf(warm_folder, sizeof warm_folder, "/tmp/wattune-warm-XXXXXX");
    assert_non_null(mkdtemp(warm_folder));
    snprintf(warm_old_db, sizeof warm_old_db, "%s/old.db", warm_folder);
    snprintf(warm_new_db, sizeof warm_new_db, "%s/new.db", warm_folder);
    snprintf(warm_new_path, sizeof warm_new_path, "%s/new.json", warm_folder);
    return 0;
}

int warm_tear_down(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -r %s", warm_folder);
    assert_int_equal(system(command), 0);
    return 0;
}

struct store *warm_create_old(void)
{
    struct error err = {0};
    static const char *const params[] = {"x", "y"};
    struct arm_record arm = {.strategy = "grid", .seed = 1};
    struct study_record study = {.name = "old",
                                 .json = old_json,
                                 .path = "/somewhere/old.json",
                                 .idle_policy = "separate",
                                 .objectives = &old_objective,
                                 .n_objectives = 1,
                                 .params = params,
                                 .n_params = 2};
    struct store *store = NULL;
    assert_ok(store_create(&store, warm_old_db, &study, &arm, 1, &err), err);
    return store;
}

static void add_attempt(struct store *store, uint64_t number,
                        const struct warm_old_trial *trial)
{
    struct error err = {0};
    const struct metric_record metrics[] = {{"loss", trial->loss},
                                            {"accuracy", trial->accuracy}};
    struct attempt_record attempt = {.trial = number,
                                     .attempt = 1,
                                     .state = trial->state,
                                     .host = "node",
                                     .started_at_us = 1,
                                     .ended_at_us = 2,
                                     .duration_s = 2,
                                     .cpu_s = (double)NAN,
                                     .peak_memory_mb = 100,
                                     .epochs_done = 4,
                                     .energy = {.quality = "measured",
                                                .meters = "m",
                                                .dynamic_uj = 250000,
                                                .idle_uj = 500000,
                                                .low_uj = 700000,
                                                .high_uj = 800000},
                                     .metrics = metrics,
                                     .n_metrics = isnan(trial->accuracy) ? 1 : 2};
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
}

void warm_add_old(const struct warm_old_trial *trials, size_t n)
{
    struct error err = {0};
    struct store *store = warm_create_old();
    for (size_t i = 0; i < n; i++) {
        struct trial_record record = {.number = i,
                                      .told = (int64_t)i,
                                      .state = trials[i].state,
                                      .params = trials[i].params,
                                      .continues = trials[i].continues,
                                      .energy_j = trials[i].energy_j};
        if (record.state == TRIAL_COMPLETE)
            record.values = &trials[i].loss;
        assert_ok(store_add_trial(store, &record, &err), err);
        assert_ok(store_set_trial(store, &record, &err), err);
        add_attempt(store, i, &trials[i]);
    }
    store_close(store);
}

/* A study beside the old database. */
char *warm_study_text(const char *space, const char *more, const char *databases)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(
        &text,
        "{\"name\": \"new\", \"trial\": {\"kind\": \"command\", \"argv\": [\"b\"]},\n"
        " \"space\": {%s},\n \"strategies\": [\"random\"], \"budget\": {\"trials\": 3},"
        "\n %s,\n \"warm_start\": [%s]}\n",
        space, more, databases);
    return strbuf_take(&text);
}

const char warm_space_xy[] =
    "\"x\": {\"type\": \"integer\", \"low\": 0, \"high\": 10, \"step\": 5},"
    " \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1}";
const char warm_loss_only[] =
    "\"objectives\": [{\"metric\": \"loss\", \"goal\": \"minimize\"}]";

void warm_write_study(const char *space, const char *more, const char *databases)
{
    char *text = warm_study_text(space, more, databases);
    FILE *file = fopen(warm_new_path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(text);
}

struct study *warm_read_study(const char *space, const char *more,
                              const struct study_overrides *overrides)
{
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    warm_write_study(space, more, "\"old.db\"");
    if (study_read_file(&study, warm_new_path, overrides, &problems, &err))
        fail_msg("%s\n%s", err.what, strbuf_text(&problems.text));
    json_problems_free(&problems);
    assert_non_null(study->warm);
    return study;
}
