/* A study on one worker, cut off after every single event and continued, has the same trials in
 * the same order as one that was never cut off, whatever the strategy. */
#include "tests/check.h"

#include "orchestrator/coordinator.h"
#include "orchestrator/persist.h"
#include "orchestrator/resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIALS 14
#define EVENTS_MAX 400

static const struct objective objective = {(char *)(uintptr_t) "loss", GOAL_MINIMIZE};

static const struct constraint constraint = {(char *)(uintptr_t) "loss", false, 5000};

static const char space_text[] =
    "{\"rate\": {\"type\": \"real\", \"low\": 0.001, \"high\": 0.1, \"scale\": \"log\", "
    "\"grid\": 3},"
    " \"size\": {\"type\": \"ordinal\", \"values\": [32, 64, 128]},"
    " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 10, \"grid\": 3}}";

/* Where a study is kept while no process runs it: here, or in a database. */
struct kept {
    struct store *store; /* NULL: in the records */
    char path[64];
    struct trial_record trials[TRIALS];
    double values[TRIALS], constrained[TRIALS];
    char params[TRIALS][128];
    size_t n;
};

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
                              .budget_trials = TRIALS};
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

static void keep_here(struct kept *kept, const struct action *action)
{
    if (action->kind != ACTION_ADD_TRIAL && action->kind != ACTION_SET_TRIAL) {
        if (action->kind == ACTION_START_ATTEMPT)
            kept->trials[action->id.trial].attempts++;
        return;
    }
    assert_true(action->id.trial < TRIALS);
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
    struct coordinator_spent spent = {.energy_j = 1, .time_s = 1};
    struct error err = {0};
    if (kept->store)
        assert_ok(resume_study(coordinator, kept->store, 1, &err), err);
    else
        assert_ok(coordinator_restore(coordinator, 0, kept->trials, kept->n, &spent, &err),
                  err);
}

/* One process that runs the study: it knows no more than what is kept. */
struct process {
    struct kept *kept;
    struct space *space;
    struct coordinator_arm arm;
    struct coordinator *coordinator;
    double now_s;
    bool assigned, ended;
    struct attempt_id id;
    char params[128];
};

static void open_process(struct process *process, struct kept *kept, const char *strategy)
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
                                          .budget = {.trials = TRIALS},
                                          .grace_s = 1,
                                          .host = "here",
                                          .n_ranks = 1,
                                          .n_workers = 1,
                                          .muster_s = 1,
                                          .patience_s = 10,
                                          .ops = coordinator_ops_plain};
    assert_int_equal(coordinator_create(&process->coordinator, &options, 0), ST_OK);
    restore(kept, process->coordinator);
}

static void kill_process(struct process *process)
{
    coordinator_free(process->coordinator);
    strategy_free(process->arm.strategy);
    space_free(process->space);
}

static void handle(struct process *process, const struct event *event)
{
    struct action_list actions = {0};
    assert_int_equal(coordinator_handle(process->coordinator, event, process->now_s, &actions),
                     ST_OK);
    for (size_t i = 0; i < actions.n; i++) {
        const struct action *action = &actions.items[i];
        process->ended = process->ended || action->kind == ACTION_END;
        if (action->kind != ACTION_ASSIGN)
            continue;
        process->assigned = true;
        process->id = action->id;
        snprintf(process->params, sizeof process->params, "%s", action->params);
    }
    keep(process->kept, &actions);
    action_list_free(&actions);
}

/* What a trial gives depends on its parameters alone; every fifth one fails. */
static void finish(struct process *process)
{
    uint64_t hash = 5381;
    for (const char *c = process->params; *c; c++)
        hash = 33 * hash + (unsigned char)*c;
    struct outcome outcome = {.state = hash % 5 ? OUTCOME_COMPLETE : OUTCOME_FAILED,
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

/* Up to `events` events; how many were needed. */
static size_t run(struct process *process, size_t events)
{
    size_t n;
    for (n = 0; n < events && !process->ended; n++) {
        if (n == 0) {
            handle(process, &(struct event){.kind = EVENT_JOINED, .text = "node"});
        } else if (process->assigned) {
            finish(process);
        } else {
            process->now_s += 1;
            handle(process, &(struct event){.kind = EVENT_TICK, .worker = WORKER_NONE});
            handle(process, &(struct event){.kind = EVENT_HEARTBEAT});
        }
    }
    assert_true(n < EVENTS_MAX);
    return n;
}

static size_t run_process(struct kept *kept, const char *strategy, size_t events, bool *ended)
{
    struct process process;
    open_process(&process, kept, strategy);
    size_t n = run(&process, events);
    *ended = process.ended;
    kill_process(&process);
    return n;
}

static void same_trials(const struct kept *a, const struct kept *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct trial_record *x = &a->trials[i], *y = &b->trials[i];
        assert_string_equal(x->params, y->params);
        assert_int_equal(x->state, y->state);
        assert_int_equal(x->told, y->told);
        assert_true(x->seed == y->seed);
        assert_int_equal(x->values != NULL, y->values != NULL);
        if (x->values)
            assert_true(x->values[0] == y->values[0] && x->constrained[0] == y->constrained[0]);
    }
}

static void cut_off_after_every_event(const char *strategy)
{
    bool ended;
    struct kept whole = {0};
    size_t events = run_process(&whole, strategy, EVENTS_MAX, &ended);
    assert_true(ended && events > TRIALS && whole.n == TRIALS);
    for (size_t cut = 1; cut < events; cut++) {
        struct kept kept = {0};
        run_process(&kept, strategy, cut, &ended);
        assert_false(ended);
        run_process(&kept, strategy, EVENTS_MAX, &ended);
        assert_true(ended);
        same_trials(&kept, &whole);
    }
}

static void one_cut(void **state)
{
    (void)state;
    size_t n = 0;
    for (; strategy_types[n]; n++)
        cut_off_after_every_event(strategy_types[n]->name);
    assert_true(n >= 3);
}

/* Three events at a time are just enough to get one trial done in every life. */
static void many_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; strategy_types[i]; i++) {
        bool ended;
        struct kept whole = {0}, kept = {0};
        run_process(&whole, strategy_types[i]->name, EVENTS_MAX, &ended);
        ended = false;
        for (size_t lives = 0; !ended; lives++) {
            assert_true(lives < 10 * TRIALS);
            run_process(&kept, strategy_types[i]->name, 3 + lives % 4, &ended);
        }
        same_trials(&kept, &whole);
    }
}

static void create_store(struct kept *kept)
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

static void remove_store(struct kept *kept)
{
    char lock[sizeof kept->path + 8];
    store_close(kept->store);
    unlink(kept->path);
    snprintf(lock, sizeof lock, "%s-lock", kept->path);
    unlink(lock);
}

static void check_store(struct kept *kept, const struct kept *whole)
{
    struct trial_record *trials;
    struct attempt_record *attempts;
    struct error err = {0};
    size_t n, interrupted = 0;
    assert_ok(store_load_trials(kept->store, 0, &trials, &n, &err), err);
    assert_int_equal(n, whole->n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(trials[i].params, whole->trials[i].params);
        assert_int_equal(trials[i].state, whole->trials[i].state);
        assert_int_equal(trials[i].told, whole->trials[i].told);
    }
    store_trials_free(trials, n);
    assert_ok(store_load_attempts(kept->store, 0, &attempts, &n, &err), err);
    assert_true(n > whole->n);
    for (size_t i = 0; i < n; i++) {
        assert_true(attempts[i].state != TRIAL_RUNNING);
        interrupted += attempts[i].state == TRIAL_CANCELLED;
    }
    assert_int_equal(interrupted, n - whole->n);
    store_attempts_free(attempts, n);
}

/* The same through a real database, which is closed and opened again at every cut. */
static void cuts_of_a_database(void **state)
{
    (void)state;
    bool ended = false;
    struct error err = {0};
    struct kept whole = {0}, kept = {0};
    run_process(&whole, "random", EVENTS_MAX, &ended);
    create_store(&kept);
    ended = false;
    for (size_t lives = 0; !ended; lives++) {
        assert_true(lives < 10 * TRIALS);
        run_process(&kept, "random", 2 + 3 * (lives % 4), &ended);
        store_close(kept.store);
        assert_ok(store_open(&kept.store, kept.path, STORE_WRITE, &err), err);
    }
    check_store(&kept, &whole);
    remove_store(&kept);
}

static void restore_refuses(const struct trial_record *record, const char *part)
{
    struct process process;
    struct kept kept = {0};
    struct coordinator_spent spent = {.energy_j = NAN, .time_s = NAN};
    struct error err = {0};
    open_process(&process, &kept, "random");
    assert_int_equal(coordinator_restore(process.coordinator, 0, record, 1, &spent, &err),
                     ST_FORMAT);
    if (!strstr(err.what, part))
        fail_msg("expected \"%s\" in \"%s\"", part, err.what);
    kill_process(&process);
}

static void a_database_of_another_study_is_refused(void **state)
{
    (void)state;
    struct trial_record record = {
        .told = -1, .params = "{\"rate\": 0.01}", .continues = TRIAL_NONE};
    restore_refuses(&record, "size");
    record.params = "{\"rate\": 7, \"size\": 32, \"epochs\": 3}";
    restore_refuses(&record, "rate");
    record.params = "nonsense";
    restore_refuses(&record, "trial 0");
    record.params = "{\"rate\": 0.01, \"size\": 32, \"epochs\": 3}";
    record.number = 5;
    restore_refuses(&record, "lacks trial 0");
    record.number = 0;
    record.state = TRIAL_COMPLETE;
    record.told = 0;
    restore_refuses(&record, "contradict");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cut),
        cmocka_unit_test(many_cuts),
        cmocka_unit_test(cuts_of_a_database),
        cmocka_unit_test(a_database_of_another_study_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
