/* Random sequences of events, thousands of them: whatever happens, world.c's checks hold (work
 * only for free workers whose last result is stored, no trial with two attempts that count), no
 * trial is lost, and no budget is exceeded. */
#include "tests/check.h"
#include "tests/orchestrator/world.h"

#include "base/rng.h"

#include <string.h>

#define SEQUENCES 4000

static bool chance(struct rng *rng, double p)
{
    return rng_uniform(rng) < p;
}

static int any_worker(struct rng *rng)
{
    return (int)rng_below(rng, WORLD_WORKERS);
}

static void finish_some(struct world *world, struct rng *rng, int worker)
{
    static const enum outcome_state states[] = {OUTCOME_COMPLETE, OUTCOME_COMPLETE,
                                                OUTCOME_COMPLETE, OUTCOME_PRUNED,
                                                OUTCOME_FAILED,   OUTCOME_CANCELLED};
    if (world->workers[worker].busy)
        world_finish(world, worker, states[rng_below(rng, 6)],
                     chance(rng, 0.05) ? (double)NAN : rng_uniform(rng),
                     chance(rng, 0.1) ? (double)NAN : 10 * rng_uniform(rng));
}

/* An end that was heard before, or of an attempt that never was. */
static void finish_again(struct world *world, struct rng *rng, int worker)
{
    if (world->workers[worker].busy)
        return;
    struct attempt_id id = world->workers[worker].id;
    if (chance(rng, 0.3))
        id = (struct attempt_id){.arm = (uint32_t)rng_below(rng, 4),
                                 .trial = 200 + rng_below(rng, 400),
                                 .attempt = 1};
    size_t told[WORLD_ARMS];
    memcpy(told, world->told, sizeof told);
    world_finish_id(world, worker, id, OUTCOME_COMPLETE, 0.1, 5);
    assert_memory_equal(told, world->told, sizeof told);
}

static void random_event(struct world *world, struct rng *rng)
{
    int worker = any_worker(rng);
    struct event event = {.kind = EVENT_HEARTBEAT, .worker = worker, .text = "node"};
    double kind = rng_uniform(rng);
    if (kind < 0.35)
        finish_some(world, rng, worker);
    else if (kind < 0.40)
        finish_again(world, rng, worker);
    else if (kind < 0.45)
        world_overhead(world, chance(rng, 0.2) ? WORKER_NONE : worker, rng_uniform(rng),
                       chance(rng, 0.5));
    else if (kind < 0.60)
        world_handle(world, &event);
    else if (kind < 0.64)
        world_handle(world, &(struct event){.kind = EVENT_LOST, .worker = worker});
    else if (kind < 0.67 && !world->workers[worker].busy)
        world_join(world, worker);
    else
        world_tick(world, chance(rng, 0.02) ? 1000 : rng_uniform(rng));
}

static struct world_options random_options(struct rng *rng)
{
    struct world_options options = {.n_arms = 1 + rng_below(rng, 2),
                                    .n_workers = 1 + (int)rng_below(rng, WORLD_WORKERS),
                                    .retries = (int)rng_below(rng, 3),
                                    .keep_going = chance(rng, 0.7)};
    if (chance(rng, 0.7))
        options.budget.trials = 1 + rng_below(rng, 20);
    else
        options.proposals = 1 + rng_below(rng, 20);
    if (chance(rng, 0.3))
        options.budget.energy_j = 60 * rng_uniform(rng) + 1;
    if (chance(rng, 0.2))
        options.startup = 1 + rng_below(rng, 3);
    return options;
}

/* Let everyone work until the study ends. */
static void run_out(struct world *world, struct rng *rng)
{
    for (int round = 0; round < 4000 && !world->ended; round++) {
        for (int w = 0; w < WORLD_WORKERS && !world->ended; w++) {
            world_handle(world, &(struct event){.kind = EVENT_HEARTBEAT, .worker = w});
            if (!world->ended)
                finish_some(world, rng, w);
        }
        if (!world->ended)
            world_tick(world, 1);
    }
}

static bool over(enum trial_state state)
{
    return state == TRIAL_COMPLETE || state == TRIAL_PRUNED || state == TRIAL_FAILED;
}

static void check_end(const struct world *world)
{
    assert_true(world->ended);
    for (size_t a = 0; a < world->options.n_arms; a++) {
        size_t limit = world->options.budget.trials;
        size_t told = 0;
        assert_true(!limit || world->asked[a] <= limit);
        for (size_t t = 0; t < WORLD_TRIALS; t++) {
            const struct world_trial *trial = &world->trials[a][t];
            assert_int_equal(trial->added, t < world->asked[a]);
            if (!trial->added)
                continue;
            told += trial->told >= 0;
            assert_int_equal(over(trial->state), trial->told >= 0);
            /* A study that is done has no loose ends, unless its budget cut them. */
            if (world->exit_status == EXIT_DONE && world->options.budget.energy_j == 0)
                assert_true(over(trial->state));
            assert_true(trial->state != TRIAL_RUNNING || world->exit_status != EXIT_DONE);
        }
        assert_int_equal(told, world->told[a]);
    }
}

static void random_sequences_keep_the_invariants(void **state)
{
    (void)state;
    size_t ended[5] = {0};
    for (uint64_t seed = 1; seed <= SEQUENCES; seed++) {
        struct rng rng;
        struct world world;
        rng_seed(&rng, seed);
        struct world_options options = random_options(&rng);
        world_open(&world, &options);
        for (int i = 0; i < options.n_workers; i++)
            world_join(&world, i);
        size_t events = 50 + rng_below(&rng, 300);
        for (size_t i = 0; i < events && !world.ended; i++)
            random_event(&world, &rng);
        if (!world.ended && chance(&rng, 0.3))
            world_handle(&world, &(struct event){.kind = EVENT_INTERRUPT,
                                                 .worker = WORKER_NONE,
                                                 .urgent = chance(&rng, 0.5)});
        run_out(&world, &rng);
        check_end(&world);
        ended[world.exit_status]++;
        world_close(&world);
    }
    /* The sequences must have led everywhere. */
    assert_true(ended[EXIT_DONE] > SEQUENCES / 4);
    assert_true(ended[EXIT_FAILED] > 0);
    assert_true(ended[EXIT_INTERRUPTED] > SEQUENCES / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_sequences_keep_the_invariants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
