#include "tests/orchestrator/script.h"

#include <stdio.h>
#include <string.h>

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
        world_report(world, worker, number);
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
    for (i = 0; i < SCRIPT_STEPS_MAX && script->steps[i].event; i++) {
        play(&world, script->steps[i].event);
        if (strcmp(strbuf_text(&world.log), script->steps[i].actions) != 0)
            fail_msg("step %zu, \"%s\":\n  expected \"%s\"\n  got      \"%s\"", i,
                     script->steps[i].event, script->steps[i].actions, strbuf_text(&world.log));
    }
    assert_true(i > 0);
    world_close(&world);
}

void script_tests(const struct script *scripts, size_t n, struct CMUnitTest *tests)
{
    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){.name = scripts[i].name,
                                       .test_func = play_script,
                                       .initial_state = (void *)(uintptr_t)&scripts[i]};
}
