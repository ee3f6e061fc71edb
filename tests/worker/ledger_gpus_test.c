/* Whose is the energy of a GPU. */
#include "base/rng.h"
#include "tests/check.h"
#include "tests/worker/ledger_world.h"

static void hold(struct ledger *ledger, int first, size_t n)
{
    uint64_t ids[METER_GPUS + 1];
    for (size_t i = 0; i < n; i++)
        ids[i] = FAKE_GPU_ID(first + (int)i);
    ledger_set_gpus(ledger, ids, n);
}

static void draw(struct world *world, int gpu, uint64_t energy_uj)
{
    atomic_fetch_add(&world->counters[0]->gpu_uj[gpu], energy_uj);
}

/* Packages and GPUs are booked; two ranks work. */
static int setup(void **state)
{
    if (world_setup(state))
        return -1;
    struct world *world = *state;
    world->fakes[0].scopes = 1u << SCOPE_PACKAGE | 1u << SCOPE_GPU;
    world_join(world, 0, LEDGER_BOTH);
    world_join(world, 1, LEDGER_WORKER);
    return 0;
}

static void a_gpu_is_its_holders(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *mine = world->ledgers[0], *other = world->ledgers[1];
    hold(mine, 0, 2);
    hold(other, 2, 1);
    ledger_trial_begin(mine, WORLD_TRIAL(0));
    world_work(world, 0, 10);
    world_spend(world, 0, 100);
    draw(world, 0, 5000);
    draw(world, 1, 300);
    draw(world, 2, 70); /* its holder waits */
    draw(world, 3, 9);  /* nobody's */
    ledger_trial_end(mine, NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 5400);
    assert_int_equal(energy.quality, ENERGY_MEASURED);
    assert_string_equal(energy.method, "cpu time (/proc), idle unknown, own device");
    assert_int_equal(world_collect(mine).waiting_uj, 0);
    assert_int_equal(world_collect(other).waiting_uj, 70);
    assert_int_equal(world_books(world, 0).other_uj, 9);
}

static void a_shared_gpu_is_divided_and_modelled(void **state)
{
    struct world *world = *state;
    struct energy first, second;
    hold(world->ledgers[0], 0, 1);
    hold(world->ledgers[1], 0, 1);
    ledger_trial_begin(world->ledgers[0], WORLD_TRIAL(0));
    ledger_trial_begin(world->ledgers[1], WORLD_TRIAL(1));
    world_work(world, 0, 30);
    world_work(world, 1, 10);
    draw(world, 0, 4000);
    world_collect(world->ledgers[0]);
    draw(world, 0, 500); /* while neither used a processor */
    ledger_trial_end(world->ledgers[0], NAN, &first);
    draw(world, 0, 20); /* one runs, the other waits */
    ledger_trial_end(world->ledgers[1], NAN, &second);
    assert_int_equal(first.dynamic_uj, 3250);
    assert_int_equal(second.dynamic_uj, 1270);
    assert_int_equal(first.quality, ENERGY_MODELLED);
    assert_int_equal(second.quality, ENERGY_MODELLED);
    assert_string_equal(first.method, "cpu time (/proc), idle unknown, shared device");
    draw(world, 0, 8);
    assert_int_equal(world_collect(world->ledgers[0]).waiting_uj, 4);
    struct ledger_overhead overhead = world_collect(world->ledgers[1]);
    assert_int_equal(overhead.waiting_uj, 4);
    assert_int_equal(overhead.quality, ENERGY_MODELLED);
    world_spend(world, 0, 8);
    assert_int_equal(world_collect(world->ledgers[1]).quality, ENERGY_MEASURED);
    struct ledger_host host;
    ledger_host(world->ledgers[0], &host);
    assert_int_equal(host.quality, ENERGY_MODELLED);
}

static void idle_power_is_not_of_gpus(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct idle_power idle = {.source = IDLE_SITE, .power_w = 10};
    hold(world->ledgers[0], 0, 1);
    ledger_set_idle(world->ledgers[0], 0, &idle);
    ledger_trial_begin(world->ledgers[0], WORLD_TRIAL(0));
    world_work(world, 0, 10);
    world_wait(world, 100);
    world_spend(world, 0, 600000);
    draw(world, 0, 5000000);
    ledger_trial_end(world->ledgers[0], NAN, &energy);
    assert_int_equal(energy.idle_uj, 300000); /* the other worker has the other half */
    assert_int_equal(energy.dynamic_uj, 5000000);
    assert_string_equal(energy.method, "cpu time (/proc), idle given, own device");
}

static void a_meter_of_gpus_alone_says_so(void **state)
{
    struct world *world = *state;
    struct energy energy;
    world->fakes[0].scopes = 1u << SCOPE_GPU;
    hold(world->ledgers[0], 0, 1);
    ledger_trial_begin(world->ledgers[0], WORLD_TRIAL(0));
    draw(world, 0, 10);
    ledger_trial_end(world->ledgers[0], NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 10);
    assert_string_equal(energy.method, "own device");
}

static void what_a_rank_held_is_free_when_it_leaves(void **state)
{
    struct world *world = *state;
    hold(world->ledgers[1], 0, 1);
    ledger_close(world->ledgers[1]);
    world->ledgers[1] = NULL;
    draw(world, 0, 10);
    world_collect(world->ledgers[0]);
    assert_int_equal(world_books(world, 0).other_uj, 10);
    world_join(world, 1, LEDGER_WORKER);
    draw(world, 0, 10);
    world_collect(world->ledgers[0]);
    assert_int_equal(world_books(world, 0).other_uj, 20);
}

static void more_than_fit_are_left_out(void **state)
{
    struct world *world = *state;
    hold(world->ledgers[0], 1 - METER_GPUS, METER_GPUS + 1);
    draw(world, 0, 10);
    draw(world, 1, 100);
    assert_int_equal(world_collect(world->ledgers[0]).waiting_uj, 10);
    assert_int_equal(world_books(world, 0).other_uj, 100);
}

/* The books are made by a rank that has no meter of GPUs, and cuts between the others' cuts. */
static void ranks_that_see_no_gpu_cut_for_those_that_do(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct error err = {0};
    struct idle_power idle = {.source = IDLE_SITE, .power_w = 1};
    struct meter gpus = {.counter = fake_counter_create(),
                         .scopes = 1u << SCOPE_GPU,
                         .reads_left = -1,
                         .steps_left = -1};
    struct meter_choice seen = world->meters;
    seen.booked.types[1] = seen.booked.types[0];
    seen.booked.meters[1] = seen.booked.meters[0];
    seen.booked.meters[0] = &gpus; /* first, as its priority is higher */
    seen.booked.n = 2;
    struct ledger *blind = world_join(world, 0, LEDGER_BOTH);
    assert_ok(ledger_open(&world->ledgers[1], world->shared, WORLD_RANKS, 1, LEDGER_WORKER,
                          &seen, &err),
              err);
    struct ledger *seeing = world->ledgers[1];
    hold(seeing, 2, 1);
    ledger_set_idle(blind, 0, &idle);
    ledger_trial_begin(seeing, WORLD_TRIAL(1));
    for (int i = 0; i < 10; i++) {
        world_wait(world, 100);
        world_work(world, 1, 5);
        world_spend(world, 0, 500000);
        atomic_fetch_add(&gpus.counter->gpu_uj[2], 7000);
        world_collect(blind);
    }
    world_wait(world, 100);
    world_spend(world, 0, 500000);
    ledger_trial_end(seeing, NAN, &energy);
    assert_int_equal(energy.idle_uj, 11 * 50000); /* the blind rank has the other half */
    assert_int_equal(energy.dynamic_uj, 10 * 400000 + 10 * 7000);
    assert_string_equal(energy.method, "cpu time (/proc), idle given, own device");
    assert_int_equal(world_books(world, 0).metered_uj, 11 * 500000 + 10 * 7000);
    ledger_close(seeing);
    world->ledgers[1] = NULL;
    fake_counter_free(gpus.counter);
}

/* Each rank may see other devices of the host, and describe them. */
static void devices_do_not_tell_one_choice_from_another(void **state)
{
    struct world *world = *state;
    char text[96];
    assert_int_equal(meter_choice_text(&world->meters, text, sizeof text), ST_OK);
    assert_string_equal(text, "fake:GPUs, beside fake:node, fake:node");
    world->fakes[0].scopes = 1u << SCOPE_GPU;
    assert_int_equal(meter_choice_text(&world->meters, text, sizeof text), ST_OK);
    assert_string_equal(text, "no meter but of GPUs, beside fake:node, fake:node");
}

static void random_histories_close(void **state)
{
    struct world *world = *state;
    struct rng rng;
    bool running[2] = {false};
    int64_t trials_uj = 0;
    uint64_t spent_uj = 0;
    struct energy energy;
    rng_seed(&rng, 5);
    for (int round = 0; round < 300; round++) {
        size_t rank = rng_below(&rng, 2);
        struct ledger *ledger = world->ledgers[rank];
        world_wait(world, (int64_t)rng_below(&rng, 100));
        world_work(world, rank, rng_below(&rng, 20));
        for (int gpu = 0; gpu < FAKE_GPUS; gpu++) {
            uint64_t energy_uj = rng_below(&rng, 1000);
            draw(world, gpu, energy_uj);
            spent_uj += energy_uj;
        }
        if (rng_below(&rng, 5) == 0) {
            hold(ledger, (int)rng_below(&rng, FAKE_GPUS), rng_below(&rng, FAKE_GPUS));
        } else if (running[rank]) {
            ledger_trial_end(ledger, NAN, &energy);
            trials_uj += energy.dynamic_uj;
            running[rank] = false;
        } else {
            ledger_trial_begin(ledger, WORLD_TRIAL(rank));
            running[rank] = true;
        }
        world_books(world, 0);
    }
    for (size_t rank = 0; rank < 2; rank++) {
        ledger_trial_end(world->ledgers[rank], NAN, &energy);
        trials_uj += energy.dynamic_uj;
    }
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.metered_uj, spent_uj);
    assert_int_equal(host.trials_uj, trials_uj);
    assert_true(host.waiting_uj > 0 && host.other_uj > 0);
}

#define gpu_test(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        gpu_test(a_gpu_is_its_holders),
        gpu_test(a_shared_gpu_is_divided_and_modelled),
        gpu_test(idle_power_is_not_of_gpus),
        gpu_test(a_meter_of_gpus_alone_says_so),
        gpu_test(what_a_rank_held_is_free_when_it_leaves),
        gpu_test(more_than_fit_are_left_out),
        cmocka_unit_test_setup_teardown(ranks_that_see_no_gpu_cut_for_those_that_do,
                                        world_setup, world_teardown),
        gpu_test(devices_do_not_tell_one_choice_from_another),
        gpu_test(random_histories_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
