#include "tests/orchestrator/short_lives.h"

#include "tests/check.h"

#include "orchestrator/persist.h"
#include "orchestrator/resume.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EPOCHS = 3 };

static const struct objective objective = {(char *)(uintptr_t) "loss", GOAL_MINIMIZE};
static const struct constraint constraint = {(char *)(uintptr_t) "energy_j", false, 0.05};

static const char space_text[] =
    "{\"rate\": {\"type\": \"real\", \"low\": 0.001, \"high\": 0.1, \"scale\": \"log\", "
    "\"grid\": 3},"
    " \"size\": {\"type\": \"ordinal\", \"values\": [32, 64, 128]},"
    " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 10, \"grid\": 3}}";

static struct space *open_space(void)
{
    struct json *json;
    struct space *space;
    struct json_problems problems = {.source = "test"};
    assert_int_equal(json_parse(&json, space_text, sizeof space_text - 1, "test", NULL), ST_OK);
    assert_int_equal(space_read(&space, json, &problems), ST_OK);
    json_free(json);
    json_problems_free(&problems);
    return space;
}

static struct strategy *open_strategy(const struct space *space, const char *name)
{
    struct problem problem = {.space = space,
                              .objectives = &objective,
                              .n_objectives = 1,
                              .constraints = &constraint,
                              .n_constraints = 1,
                              .seed = 42,
                              .budget_trials = KEPT_TRIALS};
    struct json_problems problems = {.source = "test"};
    struct json *entry;
    struct strategy *strategy;
    char text[64];
    int length = snprintf(text, sizeof text, "\"%s\"", name);
    assert_int_equal(json_parse(&entry, text, (size_t)length, "test", NULL), ST_OK);
    assert_int_equal(strategy_create(&strategy, &problem, entry, NULL, "", &problems), ST_OK);
    json_free(entry);
    json_problems_free(&problems);
    return strategy;
}

/* What is kept. */

static void keep_trial(struct kept *kept, const struct action *action)
{
    assert_true(action->id.trial < KEPT_TRIALS);
    struct trial_record *record = &kept->trials[action->id.trial];
    if (action->kind == ACTION_ADD_TRIAL) {
        assert_int_equal(action->id.trial, kept->n);
        kept->n++;
        snprintf(kept->params[action->id.trial], sizeof kept->params[0], "%s", action->params);
    }
    record->number = action->id.trial;
    record->seed = action->seed;
    record->state = action->state;
    record->told = action->told;
    record->params = kept->params[action->id.trial];
    record->energy_j = action->energy_j;
    record->continues = action->continues;
    record->values = NULL;
    if (action->values) {
        kept->values[action->id.trial] = action->values[0];
        record->values = &kept->values[action->id.trial];
        assert_non_null(action->constrained);
        kept->constrained[action->id.trial] = action->constrained[0];
        record->constrained = &kept->constrained[action->id.trial];
    }
}

static void keep_start(struct kept *kept, const struct action *action)
{
    assert_true(kept->n_attempts < KEPT_ATTEMPTS);
    kept->trials[action->id.trial].attempts++;
    kept->attempts[kept->n_attempts++] = (struct attempt_record){.trial = action->id.trial,
                                                                 .attempt = action->id.attempt,
                                                                 .ending = -1,
                                                                 .state = TRIAL_RUNNING,
                                                                 .energy = {.quality = "none"}};
}

/* The only one that runs is the last. */
static void keep_end(struct kept *kept, const struct action *action)
{
    struct attempt_record *attempt = &kept->attempts[kept->n_attempts - 1];
    assert_int_equal(attempt->trial, action->id.trial);
    attempt->ending = (int64_t)kept->n_attempts;
    attempt->state = action_trial_state(action->outcome.state);
    attempt->duration_s = action->outcome.duration_s;
    attempt->energy.quality = "measured";
    attempt->energy.dynamic_uj = action->outcome.energy.dynamic_uj;
}

static void keep_report(struct kept *kept, const struct action *action)
{
    assert_true(kept->n_reports < KEPT_REPORTS);
    struct metric_record *loss = &kept->losses[kept->n_reports];
    for (size_t i = 0; i < action->n_metrics; i++)
        if (strcmp(action->metrics[i].name, "loss") == 0)
            *loss = (struct metric_record){"loss", action->metrics[i].value};
    kept->reports[kept->n_reports++] = (struct report_record){.trial = action->id.trial,
                                                              .attempt = action->id.attempt,
                                                              .step = action->step,
                                                              .metrics = loss,
                                                              .n_metrics = 1};
}

static void keep_here(struct kept *kept, const struct action *action)
{
    switch (action->kind) {
    case ACTION_ADD_TRIAL:
    case ACTION_SET_TRIAL:
        keep_trial(kept, action);
        break;
    case ACTION_START_ATTEMPT:
        keep_start(kept, action);
        break;
    case ACTION_FINISH_ATTEMPT:
        keep_end(kept, action);
        break;
    case ACTION_ADD_REPORT:
        keep_report(kept, action);
        break;
    default:
        break;
    }
}

static void keep(struct kept *kept, const struct action_list *actions)
{
    struct error err = {0};
    if (kept->store)
        assert_ok(persist_actions(kept->store, actions, &err), err);
    else
        for (size_t i = 0; i < actions->n; i++)
            keep_here(kept, &actions->items[i]);
}

static void restore(struct kept *kept, struct coordinator *coordinator)
{
    struct coordinator_past past = {.trials = kept->trials,
                                    .n_trials = kept->n,
                                    .attempts = kept->attempts,
                                    .n_attempts = kept->n_attempts,
                                    .reports = kept->reports,
                                    .n_reports = kept->n_reports,
                                    .energy_j = 1,
                                    .time_s = 1};
    struct error err = {0};
    if (kept->store)
        assert_ok(resume_study(coordinator, kept->store, 1, &err), err);
    else
        assert_ok(coordinator_restore(coordinator, 0, &past, &err), err);
}

/* What the strategy knows. */

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * 1099511628211U;
    return hash;
}

static uint64_t hash_trial(uint64_t hash, const struct trial *trial, size_t n_params)
{
    hash = hash_bytes(hash, &trial->number, sizeof trial->number);
    hash = hash_bytes(hash, &trial->state, sizeof trial->state);
    hash = hash_bytes(hash, &trial->continues, sizeof trial->continues);
    hash = hash_bytes(hash, trial->point, n_params * sizeof *trial->point);
    if (trial->state == TRIAL_COMPLETE) {
        hash = hash_bytes(hash, trial->values, sizeof *trial->values);
        hash = hash_bytes(hash, trial->constrained, sizeof *trial->constrained);
        hash = hash_bytes(hash, &trial->energy_j, sizeof trial->energy_j);
    }
    for (size_t i = 0; i < trial->n_reports; i++) {
        hash = hash_bytes(hash, &trial->reports[i].step, sizeof(double));
        hash = hash_bytes(hash, &trial->reports[i].value, sizeof(double));
    }
    return hash;
}

static enum ask ask_and_note(void *context, struct strategy *strategy,
                             const struct trial **trial)
{
    struct process *process = context;
    const struct history *history = strategy_history(strategy);
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < history->n; i++)
        hash = hash_trial(hash, &history->trials[i], space_count(history->space));
    hash = hash_bytes(hash, history->told, history->n_told * sizeof *history->told);
    if (history->n < KEPT_TRIALS)
        process->kept->known[history->n] = hash;
    return strategy_ask(strategy, trial);
}

/* A process. */

void process_open(struct process *process, struct kept *kept, const char *strategy)
{
    *process = (struct process){.kept = kept, .space = open_space()};
    process->arm = (struct coordinator_arm){
        .label = strategy, .seed = 42, .strategy = open_strategy(process->space, strategy)};
    struct coordinator_options options = {.study = "test",
                                          .space = process->space,
                                          .objectives = &objective,
                                          .n_objectives = 1,
                                          .constraints = &constraint,
                                          .n_constraints = 1,
                                          .arms = &process->arm,
                                          .n_arms = 1,
                                          .budget = {.trials = KEPT_TRIALS},
                                          .retries = kept->retries,
                                          .grace_s = 1,
                                          .host = "here",
                                          .n_ranks = 1,
                                          .n_workers = 1,
                                          .muster_s = 1,
                                          .patience_s = 10,
                                          .ops = coordinator_ops_plain};
    options.ops.context = process;
    options.ops.ask = ask_and_note;
    assert_int_equal(coordinator_create(&process->coordinator, &options, 0), ST_OK);
    restore(kept, process->coordinator);
}

void process_kill(struct process *process)
{
    coordinator_free(process->coordinator);
    strategy_free(process->arm.strategy);
    space_free(process->space);
}

static void take_assignment(struct process *process, const struct action *action)
{
    process->assigned = true;
    process->id = action->id;
    int reached = process->kept->epochs[action->id.trial];
    process->epochs = action->id.trial % 2 || reached == 0 ? 0 : reached - 1;
    snprintf(process->params, sizeof process->params, "%s", action->params);
}

static void handle(struct process *process, const struct event *event)
{
    struct action_list actions = {0};
    assert_int_equal(coordinator_handle(process->coordinator, event, process->now_s, &actions),
                     ST_OK);
    for (size_t i = 0; i < actions.n; i++) {
        process->ended = process->ended || actions.items[i].kind == ACTION_END;
        if (actions.items[i].kind == ACTION_ASSIGN)
            take_assignment(process, &actions.items[i]);
    }
    keep(process->kept, &actions);
    action_list_free(&actions);
}

static uint64_t hash_of(const struct process *process)
{
    uint64_t hash = 5381;
    for (const char *c = process->params; *c; c++)
        hash = 33 * hash + (unsigned char)*c;
    return hash;
}

static void report(struct process *process, int epoch)
{
    struct json *object = json_object_create();
    json_put_number(object, "epoch", epoch);
    json_put_number(object, "loss", (double)(hash_of(process) % 997) / epoch);
    handle(process, &(struct event){.kind = EVENT_REPORT, .id = process->id, .report = object});
    json_free(object);
}

/* Every fourth trial fails; where there are retries, when it ends for the first time. */
static void finish(struct process *process)
{
    uint64_t hash = hash_of(process);
    bool again = process->kept->ended[process->id.trial]++ > 0;
    bool fails = hash % 4 == 0 && !(process->kept->retries > 0 && again);
    struct outcome outcome = {.state = fails ? OUTCOME_FAILED : OUTCOME_COMPLETE,
                              .started_at_us = 1,
                              .ended_at_us = 2,
                              .duration_s = 1,
                              .energy = {.quality = ENERGY_MEASURED,
                                         .meters = "test",
                                         .dynamic_uj = (int64_t)(hash % 100000)}};
    if (outcome.state == OUTCOME_COMPLETE)
        assert_int_equal(outcome_add_metric(&outcome, "loss", (double)(hash % 9973)), ST_OK);
    else
        outcome.reason = strdup("as it happens");
    process->assigned = false;
    handle(process,
           &(struct event){.kind = EVENT_FINISHED, .id = process->id, .outcome = &outcome});
    outcome_clear(&outcome);
}

static void go_on(struct process *process)
{
    if (process->epochs == EPOCHS) {
        finish(process);
        return;
    }
    process->kept->epochs[process->id.trial] = ++process->epochs;
    report(process, process->epochs);
}

/* Up to `events` events; how many were needed. */
static size_t run(struct process *process, size_t events)
{
    size_t n;
    for (n = 0; n < events && !process->ended; n++) {
        if (n == 0) {
            handle(process, &(struct event){.kind = EVENT_JOINED, .text = "node"});
        } else if (process->assigned) {
            go_on(process);
        } else {
            process->now_s += 1;
            handle(process, &(struct event){.kind = EVENT_TICK, .worker = WORKER_NONE});
            handle(process, &(struct event){.kind = EVENT_HEARTBEAT});
        }
    }
    assert_true(n < KEPT_EVENTS);
    return n;
}

size_t live(struct kept *kept, const char *strategy, size_t events, bool *ended)
{
    struct process process;
    process_open(&process, kept, strategy);
    size_t n = run(&process, events);
    *ended = process.ended;
    process_kill(&process);
    return n;
}

void kept_open_store(struct kept *kept)
{
    static const char *const params[] = {"rate", "size", "epochs"};
    struct arm_record arm = {.strategy = "random", .seed = 42};
    struct study_record study = {.name = "test",
                                 .json = "{}",
                                 .path = "/study.json",
                                 .idle_policy = "equal",
                                 .objectives = &objective,
                                 .n_objectives = 1,
                                 .constraints = &constraint,
                                 .n_constraints = 1,
                                 .params = params,
                                 .n_params = 3};
    struct error err = {0};
    snprintf(kept->path, sizeof kept->path, "/tmp/wattune-resume-XXXXXX");
    int fd = mkstemp(kept->path);
    assert_true(fd >= 0);
    close(fd);
    unlink(kept->path);
    assert_ok(store_create(&kept->store, kept->path, &study, &arm, 1, &err), err);
}

void kept_remove_store(struct kept *kept)
{
    char lock[sizeof kept->path + 8];
    store_close(kept->store);
    unlink(kept->path);
    snprintf(lock, sizeof lock, "%s-lock", kept->path);
    unlink(lock);
}
