#include "tests/orchestrator/world.h"

#include "tests/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct objective objective = {(char *)(uintptr_t) "loss", GOAL_MINIMIZE};

/* The fake strategy of an arm is its index in disguise. */
static size_t arm_of(const struct world *world, const struct strategy *strategy)
{
    for (size_t i = 0; i < WORLD_ARMS; i++)
        if (world->arms[i].strategy == strategy)
            return i;
    fail();
    return 0;
}

static enum ask fake_ask(void *context, struct strategy *strategy, const struct trial **trial)
{
    static struct trial proposal;
    static double point[1];
    struct world *world = context;
    size_t arm = arm_of(world, strategy);
    if (world->options.proposals && world->asked[arm] >= world->options.proposals)
        return ASK_DONE;
    if (world->options.startup && world->asked[arm] >= world->options.startup &&
        world->told[arm] < world->asked[arm])
        return ASK_WAIT;
    point[0] = (double)world->asked[arm];
    int64_t before = world->options.chained ? (int64_t)world->asked[arm] - 1 : TRIAL_NONE;
    proposal =
        (struct trial){.number = world->asked[arm]++, .point = point, .continues = before};
    *trial = &proposal;
    return ASK_PROPOSED;
}

static enum status fake_tell(void *context, struct strategy *strategy, uint64_t number,
                             enum trial_state state, const struct trial_result *result)
{
    struct world *world = context;
    size_t arm = arm_of(world, strategy);
    assert_true(number < world->asked[arm]);
    assert_true(state == TRIAL_COMPLETE || state == TRIAL_PRUNED || state == TRIAL_FAILED);
    assert_true((result->values != NULL) == (state == TRIAL_COMPLETE));
    assert_true((result->constrained != NULL) == (state == TRIAL_COMPLETE));
    world->told[arm]++;
    return ST_OK;
}

static enum verdict fake_report(void *context, struct strategy *strategy, uint64_t number,
                                struct intermediate report)
{
    struct world *world = context;
    (void)strategy;
    (void)number;
    size_t stop_at = world->options.stop_at;
    return stop_at && report.step >= (double)stop_at ? VERDICT_STOP : VERDICT_GO_ON;
}

static enum status fake_restore(void *context, struct strategy *strategy, const double *point,
                                int64_t continues)
{
    assert_int_equal(continues, TRIAL_NONE);
    struct world *world = context;
    size_t arm = arm_of(world, strategy);
    assert_near(point[0], (double)world->asked[arm], 0);
    world->asked[arm]++;
    return ST_OK;
}

static enum status fake_restore_report(void *context, struct strategy *strategy,
                                       uint64_t number, struct intermediate report)
{
    struct world *world = context;
    assert_true(number < world->asked[arm_of(world, strategy)]);
    assert_true(report.step > 0);
    return ST_OK;
}

static struct space *open_space(void)
{
    static const char text[] = "{\"x\": {\"type\": \"integer\", \"low\": 0, \"high\": 100000}}";
    struct error err = {0};
    struct json *json;
    struct space *space;
    struct json_problems problems = {.source = "test"};
    assert_ok(json_parse(&json, text, sizeof text - 1, "test", &err), err);
    assert_int_equal(space_read(&space, json, &problems), ST_OK);
    json_free(json);
    json_problems_free(&problems);
    return space;
}

void world_open(struct world *world, const struct world_options *options)
{
    *world = (struct world){.options = *options, .now_s = 1000};
    if (!world->options.n_arms)
        world->options.n_arms = 1;
    if (!world->options.n_workers)
        world->options.n_workers = 1;
    for (size_t i = 0; i < WORLD_ARMS; i++)
        world->arms[i] = (struct coordinator_arm){.label = i ? "second" : "first",
                                                  .seed = 100 + i,
                                                  .strategy = (void *)&world->told[i],
                                                  .continues = world->options.chained};
    world->space = open_space();
    struct coordinator_options with = {.study = "test",
                                       .space = world->space,
                                       .objectives = &objective,
                                       .n_objectives = 1,
                                       .constraints = options->constraints,
                                       .n_constraints = options->n_constraints,
                                       .arms = world->arms,
                                       .n_arms = world->options.n_arms,
                                       .budget = options->budget,
                                       .retries = options->retries,
                                       .grace_s = 10,
                                       .keep_going = options->keep_going,
                                       .host = "here",
                                       .n_ranks = WORLD_WORKERS,
                                       .n_workers = world->options.n_workers,
                                       .muster_s = 5,
                                       .patience_s = 20,
                                       .ops = {.context = world,
                                               .ask = fake_ask,
                                               .tell = fake_tell,
                                               .report = fake_report,
                                               .restore = fake_restore,
                                               .restore_report = fake_restore_report}};
    assert_int_equal(coordinator_create(&world->coordinator, &with, world->now_s), ST_OK);
}

void world_close(struct world *world)
{
    coordinator_free(world->coordinator);
    space_free(world->space);
    strbuf_free(&world->log);
}

static struct world_trial *trial_of(struct world *world, const struct action *action)
{
    assert_true(action->id.arm < world->options.n_arms && action->id.trial < WORLD_TRIALS);
    return &world->trials[action->id.arm][action->id.trial];
}

static void say_trial(struct world *world, const char *verb, const struct action *action)
{
    strbuf_printf(&world->log, "%s%s %" PRIu32 ".%" PRIu64, world->log.length ? ", " : "", verb,
                  action->id.arm, action->id.trial);
}

static void say_attempt(struct world *world, const char *verb, const struct action *action)
{
    say_trial(world, verb, action);
    strbuf_printf(&world->log, "#%" PRIu32, action->id.attempt);
}

static void say(struct world *world, const char *text)
{
    strbuf_printf(&world->log, "%s%s", world->log.length ? ", " : "", text);
}

static void store_trial(struct world *world, const struct action *action)
{
    struct world_trial *trial = trial_of(world, action);
    if (action->kind == ACTION_ADD_TRIAL) {
        assert_false(trial->added);
        trial->added = true;
        trial->seed = action->seed;
        say_trial(world, "add", action);
    } else {
        assert_true(trial->added);
        assert_int_equal(trial->seed, action->seed);
        say_trial(world, "set", action);
        strbuf_printf(&world->log, " %s", trial_state_text(action->state));
    }
    /* A result stands for good. */
    if (trial->told >= 0 && action->kind == ACTION_SET_TRIAL && trial->state > TRIAL_RUNNING)
        assert_true(trial->state == action->state || trial->state == TRIAL_CANCELLED);
    trial->state = action->state;
    trial->told = action->told;
    assert_int_equal(action->values != NULL, action->state == TRIAL_COMPLETE);
    assert_true(strlen(action->params) < sizeof trial->params);
    strcpy(trial->params, action->params);
}

static void start_attempt(struct world *world, const struct action *action)
{
    struct world_trial *trial = trial_of(world, action);
    assert_int_equal(action->id.attempt, trial->started + 1);
    assert_int_equal(trial->state, TRIAL_RUNNING);
    trial->started++;
}

static void finish_attempt(struct world *world, const struct action *action)
{
    static const char *const states[] = {"complete", "pruned", "failed", "cancelled"};
    assert_true(action->id.attempt <= trial_of(world, action)->started);
    assert_string_equal(action->host, "node");
    if (!memcmp(&world->workers[action->worker].id, &action->id, sizeof action->id))
        world->workers[action->worker].owes = false;
    say_attempt(world, "end", action);
    strbuf_printf(&world->log, " %s%s", states[action->outcome.state],
                  action->retried ? " again" : "");
}

/* The heart of the checks: whoever gets work is free, its last result is stored, the trial is
 * stored as running, and no one else has it. */
static void assign(struct world *world, const struct action *action)
{
    struct world_worker *worker = &world->workers[action->worker];
    struct world_trial *trial = trial_of(world, action);
    assert_false(worker->busy);
    assert_false(worker->owes);
    assert_int_equal(trial->state, TRIAL_RUNNING);
    assert_int_equal(trial->started, action->id.attempt);
    assert_int_equal(trial->seed, action->seed);
    assert_string_equal(trial->params, action->params);
    worker->busy = true;
    worker->id = action->id;
    assert_int_equal(action->continues,
                     action->continued_params ? (int64_t)action->id.trial - 1 : TRIAL_NONE);
    say_attempt(world, "assign", action);
    strbuf_printf(&world->log, " to %d", action->worker);
}

/* What the store is told. */
static void store(struct world *world, const struct action *action)
{
    switch (action->kind) {
    case ACTION_START_ATTEMPT:
        start_attempt(world, action);
        break;
    case ACTION_FINISH_ATTEMPT:
        finish_attempt(world, action);
        break;
    case ACTION_ADD_REPORT:
        say_attempt(world, "report", action);
        strbuf_printf(&world->log, " at %g", action->step);
        break;
    case ACTION_ADD_SAMPLES:
        say_attempt(world, "samples", action);
        strbuf_printf(&world->log, " %zu to %g s", action->n_samples,
                      (double)action->samples[action->n_samples - 1].end_us * 1e-6);
        break;
    case ACTION_ADD_IDLE:
        say(world, "idle power");
        strbuf_printf(&world->log, " of %s %g W", action->host,
                      action->idle->items[0].power.power_w);
        break;
    case ACTION_ADD_OVERHEAD:
        say(world, "overhead");
        strbuf_printf(&world->log, " %" PRIu32 " %g J", action->id.arm,
                      (double)action->overhead.waiting_uj * 1e-6);
        break;
    case ACTION_ADD_HOST:
        say(world, "books");
        strbuf_printf(&world->log, " of %s to %" PRIu64, action->host,
                      action->books->intervals);
        break;
    default:
        store_trial(world, action);
    }
}

static void end(struct world *world, const struct action *action)
{
    world->ended = true;
    world->exit_status = action->exit_status;
    say(world, "exit");
    strbuf_printf(&world->log, " %d%s%s", action->exit_status, action->text ? ": " : "",
                  action->text ? action->text : "");
}

/* What the workers are told, and the user. */
static void order(struct world *world, const struct action *action)
{
    switch (action->kind) {
    case ACTION_ASSIGN:
        assign(world, action);
        break;
    case ACTION_STOP:
        say_attempt(world, "stop", action);
        break;
    case ACTION_CANCEL:
        assert_true(world->workers[action->worker].busy);
        say_attempt(world, "cancel", action);
        strbuf_printf(&world->log, " (%s)", action->text);
        break;
    case ACTION_DROP_TRIAL:
        say_trial(world, "drop", action);
        break;
    case ACTION_DROP_ARM:
        say(world, "drop all");
        break;
    case ACTION_COLLECT:
        say(world, "collect");
        break;
    case ACTION_SHUT_DOWN:
        say(world, "shut down");
        break;
    case ACTION_END:
        end(world, action);
        break;
    default:
        fail_msg("nobody carries out actions of the kind %d", (int)action->kind);
    }
}

static void carry_out(struct world *world, const struct action *action)
{
    assert_false(world->ended);
    if (action_for_store(action->kind))
        store(world, action);
    else
        order(world, action);
}

void world_handle(struct world *world, const struct event *event)
{
    struct action_list actions = {0};
    strbuf_clear(&world->log);
    assert_int_equal(coordinator_handle(world->coordinator, event, world->now_s, &actions),
                     ST_OK);
    for (size_t i = 0; i < actions.n; i++)
        carry_out(world, &actions.items[i]);
    action_list_free(&actions);
}

void world_join(struct world *world, int worker)
{
    world->workers[worker] = (struct world_worker){0};
    world_handle(world,
                 &(struct event){.kind = EVENT_JOINED, .worker = worker, .text = "node"});
}

void world_finish_id(struct world *world, int worker, struct attempt_id id,
                     enum outcome_state state, double value, double energy_j)
{
    struct outcome outcome = {.state = state, .cpu_s = NAN, .peak_memory_mb = NAN};
    struct event event = {
        .kind = EVENT_FINISHED, .worker = worker, .id = id, .outcome = &outcome};
    if (state == OUTCOME_COMPLETE && !isnan(value))
        assert_int_equal(outcome_add_metric(&outcome, "loss", value), ST_OK);
    if (!isnan(energy_j)) {
        outcome.energy.quality = ENERGY_MEASURED;
        outcome.energy.dynamic_uj = (int64_t)(energy_j * 1e6);
    }
    world_handle(world, &event);
    outcome_clear(&outcome);
}

void world_finish(struct world *world, int worker, enum outcome_state state, double value,
                  double energy_j)
{
    assert_true(world->workers[worker].busy);
    world->workers[worker].busy = false;
    world->workers[worker].owes = true;
    world_finish_id(world, worker, world->workers[worker].id, state, value, energy_j);
}

void world_report(struct world *world, int worker, double step)
{
    struct error err = {0};
    struct json *json;
    char text[96];
    int length = snprintf(text, sizeof text,
                          "{\"event\": \"report\", \"epoch\": %g, \"loss\": 0.5}", step);
    assert_ok(json_parse(&json, text, (size_t)length, "test", &err), err);
    world_handle(world, &(struct event){.kind = EVENT_REPORT,
                                        .worker = worker,
                                        .id = world->workers[worker].id,
                                        .report = json});
    json_free(json);
}

void world_overhead(struct world *world, int worker, double energy_j, bool answer)
{
    struct event event = {.kind = EVENT_OVERHEAD, .worker = worker, .answer = answer};
    event.overhead.quality = ENERGY_ESTIMATED;
    event.overhead.waiting_uj = (int64_t)(energy_j * 1e6);
    world_handle(world, &event);
}

void world_tick(struct world *world, double time_s)
{
    world->now_s += time_s;
    world_handle(world, &(struct event){.kind = EVENT_TICK, .worker = WORKER_NONE});
}
