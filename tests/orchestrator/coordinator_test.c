/* Scripts of events, each with the actions that must follow, in words. */
#include "tests/check.h"
#include "tests/orchestrator/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "join W", "measured W WATTS", "tick S", "done W VALUE", "prune W", "fail W", "cancelled W",
 * "nan W", "stray W", "again W VALUE" (the last attempt's end once more), "lost W", "beat W",
 * "report W STEP", "samples W SECOND", "int", "term", "refuse W", "unmeasured W", "overhead W
 * J", "answer W", "books W INTERVALS". Each attempt costs 10 J. */
struct step {
    const char *event;
    const char *actions;
};

#define MAX_STEPS 40
struct script {
    const char *name;
    struct world_options options;
    struct step steps[MAX_STEPS];
};

static void report(struct world *world, int worker, double step)
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

static void samples(struct world *world, int worker, double end_s)
{
    const struct monitor_sample pair[2] = {{.end_us = (int64_t)(end_s * 1e6) - 500000},
                                           {.end_us = (int64_t)(end_s * 1e6)}};
    world_handle(world, &(struct event){.kind = EVENT_SAMPLES,
                                        .worker = worker,
                                        .id = world->workers[worker].id,
                                        .samples = pair,
                                        .n_samples = 2});
}

/* The ranks of a host tell the same books, each at its own time. */
static void books(struct world *world, int worker, double intervals)
{
    world_handle(world, &(struct event){.kind = EVENT_OVERHEAD,
                                        .worker = worker,
                                        .host = {.quality = ENERGY_MEASURED,
                                                 .intervals = (uint64_t)intervals}});
}

/* A worker that has found out its host's idle power. */
static void join_measured(struct world *world, int worker, double power_w)
{
    const struct idle_figures idle = {
        .n = 1, .items = {{.power = {.source = IDLE_MEASURED, .power_w = power_w}}}};
    world_handle(
        world,
        &(struct event){.kind = EVENT_JOINED, .worker = worker, .text = "h1", .idle = &idle});
}

static void simple(struct world *world, enum event_kind kind, int worker)
{
    world_handle(world, &(struct event){.kind = kind, .worker = worker, .text = "text"});
}

static void play(struct world *world, const char *text)
{
    char verb[16];
    int worker = WORKER_NONE;
    double number = NAN;
    sscanf(text, "%15s %d %lf", verb, &worker, &number);
    if (!strcmp(verb, "join"))
        world_join(world, worker);
    else if (!strcmp(verb, "measured"))
        join_measured(world, worker, number);
    else if (!strcmp(verb, "tick"))
        world_tick(world, worker);
    else if (!strcmp(verb, "done"))
        world_finish(world, worker, OUTCOME_COMPLETE, number, 10);
    else if (!strcmp(verb, "nan"))
        world_finish(world, worker, OUTCOME_COMPLETE, NAN, 10);
    else if (!strcmp(verb, "prune"))
        world_finish(world, worker, OUTCOME_PRUNED, NAN, 10);
    else if (!strcmp(verb, "fail"))
        world_finish(world, worker, OUTCOME_FAILED, NAN, 10);
    else if (!strcmp(verb, "cancelled"))
        world_finish(world, worker, OUTCOME_CANCELLED, NAN, 10);
    else if (!strcmp(verb, "again"))
        world_finish_id(world, worker, world->workers[worker].id, OUTCOME_COMPLETE, number, 10);
    else if (!strcmp(verb, "stray"))
        world_finish_id(world, worker, (struct attempt_id){9, 9, 9}, OUTCOME_COMPLETE, 1, 10);
    else if (!strcmp(verb, "lost"))
        simple(world, EVENT_LOST, worker);
    else if (!strcmp(verb, "beat"))
        simple(world, EVENT_HEARTBEAT, worker);
    else if (!strcmp(verb, "report"))
        report(world, worker, number);
    else if (!strcmp(verb, "samples"))
        samples(world, worker, number);
    else if (!strcmp(verb, "refuse"))
        simple(world, EVENT_REFUSED, worker);
    else if (!strcmp(verb, "unmeasured"))
        world_handle(world, &(struct event){
                                .kind = EVENT_REFUSED, .worker = worker, .unmeasured = true});
    else if (!strcmp(verb, "overhead"))
        world_overhead(world, worker, number, false);
    else if (!strcmp(verb, "answer"))
        world_overhead(world, worker, 1, true);
    else if (!strcmp(verb, "books"))
        books(world, worker, number);
    else if (!strcmp(verb, "int") || !strcmp(verb, "term"))
        world_handle(world, &(struct event){.kind = EVENT_INTERRUPT,
                                            .worker = WORKER_NONE,
                                            .urgent = !strcmp(verb, "term")});
    else
        fail_msg("unknown step: %s", text);
}

static void play_script(void **state)
{
    const struct script *script = *state;
    struct world world;
    world_open(&world, &script->options);
    size_t i;
    for (i = 0; i < MAX_STEPS && script->steps[i].event; i++) {
        play(&world, script->steps[i].event);
        if (strcmp(strbuf_text(&world.log), script->steps[i].actions) != 0)
            fail_msg("step %zu, \"%s\":\n  expected \"%s\"\n  got      \"%s\"", i,
                     script->steps[i].event, script->steps[i].actions, strbuf_text(&world.log));
    }
    assert_true(i > 0);
    world_close(&world);
}

#include "tests/orchestrator/coordinator_scripts.h"

static void a_snapshot_tells_how_far_it_is(void **state)
{
    (void)state;
    struct world world;
    struct run_snapshot snapshot;
    world_open(&world, &(struct world_options){
                           .n_arms = 2, .n_workers = 2, .retries = 0, .budget = {.trials = 4}});
    coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
    assert_int_equal(snapshot.n_workers, 0);
    assert_true(isnan(snapshot.best) && isnan(snapshot.energy_j) && isnan(snapshot.left_s));
    world_join(&world, 1);
    world_join(&world, 2);
    world_tick(&world, 0);
    world.now_s += 10;
    world_finish(&world, 1, OUTCOME_COMPLETE, 0.5, 10);
    world_finish(&world, 2, OUTCOME_FAILED, NAN, 4);
    world_overhead(&world, 1, 2, false);
    world_tick(&world, 0);
    report(&world, 1, 7);
    coordinator_snapshot(world.coordinator, world.now_s, &snapshot);
    assert_int_equal(snapshot.n_workers, 2);
    assert_int_equal(snapshot.asked, 4);
    assert_int_equal(snapshot.complete, 1);
    assert_int_equal(snapshot.failed, 1);
    assert_int_equal(snapshot.n_running, 2);
    assert_string_equal(snapshot.running[0].id, "first.0.2");
    assert_near(snapshot.running[0].step, 7, 0);
    assert_near(snapshot.best, 0.5, 0);
    assert_string_equal(snapshot.best_id, "first.0.0");
    assert_near(snapshot.energy_j, 16, 1e-9);
    assert_int_equal(snapshot.quality, ENERGY_ESTIMATED); /* the worst: the overhead's */
    /* Two of eight trials took ten seconds. */
    assert_near(snapshot.left_s, 30, 1e-9);
    assert_false(snapshot.interrupted);
    world_close(&world);
}

static void a_lost_worker_is_known(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, &(struct world_options){.n_workers = 2});
    assert_false(coordinator_lost(world.coordinator, 1)); /* it may still come */
    world_join(&world, 0);
    world_join(&world, 1);
    assert_false(coordinator_lost(world.coordinator, 1));
    world_handle(&world, &(struct event){.kind = EVENT_LOST, .worker = 1});
    assert_true(coordinator_lost(world.coordinator, 1));
    assert_false(coordinator_lost(world.coordinator, 0));
    world_handle(&world, &(struct event){.kind = EVENT_HEARTBEAT, .worker = 1});
    assert_false(coordinator_lost(world.coordinator, 1));
    world_close(&world);
}

int main(void)
{
    enum { SCRIPTS = sizeof scripts / sizeof scripts[0] };
    struct CMUnitTest tests[SCRIPTS + 2] = {
        [SCRIPTS] = cmocka_unit_test(a_snapshot_tells_how_far_it_is),
        [SCRIPTS + 1] = cmocka_unit_test(a_lost_worker_is_known)};
    for (size_t i = 0; i < SCRIPTS; i++)
        tests[i] = (struct CMUnitTest){.name = scripts[i].name,
                                       .test_func = play_script,
                                       .initial_state = (void *)(uintptr_t)&scripts[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
