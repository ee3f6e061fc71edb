/* The host's books: how one set's energy is shared out, whoever cuts. */
#include "base/rng.h"
#include "tests/check.h"
#include "tests/worker/ledger_world.h"
#include "worker/ledger_cut.h"

#include <stdlib.h>
#include <string.h>

static void every_part_goes_where_it_belongs(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    /* 40 ticks of the trial, 10 of the search, 20 of the rank besides, 30 of others. */
    world->trials[0] += 40;
    world->own += 30;
    world->busy += 100;
    ledger_add_search(ledger, 10 * world_tick_s());
    world_show(world);
    world_spend_idle(world, 1500000, 500000);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.quality, ENERGY_MEASURED);
    assert_string_equal(energy.meters, "fake:node");
    assert_int_equal(energy.dynamic_uj, 400000);
    assert_int_equal(energy.idle_uj, 500000);
    assert_near((double)energy.low_uj, 810000, 2);
    assert_near((double)energy.high_uj, 990000, 2);
    struct ledger_overhead overhead = world_collect(ledger);
    assert_int_equal(overhead.quality, ENERGY_MEASURED);
    assert_int_equal(overhead.search_uj, 100000);
    assert_int_equal(overhead.orchestrator_uj, 200000);
    assert_int_equal(overhead.waiting_uj, 0);
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.metered_uj, 1500000);
    assert_int_equal(host.other_uj, 300000);
    assert_int_equal(host.unattributed_uj, 0);
}

static void energy_with_nobody_busy_is_unattributed(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = world_join(world, 0, LEDGER_COORDINATOR);
    world_spend_idle(world, 1000, 300); /* and no worker that could have the idle part */
    world_collect(ledger);
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.unattributed_uj, 1000);
}

static void idle_energy_goes_in_equal_parts_to_workers_only(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *coordinator = world_join(world, 0, LEDGER_COORDINATOR);
    struct ledger *busy = world_join(world, 1, LEDGER_WORKER);
    struct ledger *waiting = world_join(world, 2, LEDGER_WORKER);
    ledger_trial_begin(busy, WORLD_TRIAL(0));
    world_spend_idle(world, 1001, 1001);
    ledger_trial_end(busy, NAN, &energy);
    assert_int_equal(energy.idle_uj, 501);
    assert_int_equal(energy.dynamic_uj, 0);
    assert_int_equal(world_collect(waiting).waiting_uj, 500);
    assert_int_equal(world_collect(busy).waiting_uj, 0);
    assert_int_equal(world_collect(coordinator).waiting_uj, 0);
    world_spend_idle(world, 10, 10);
    assert_int_equal(world_collect(waiting).waiting_uj, 5);
    assert_int_equal(world_collect(waiting).waiting_uj, 0);
    world_books(world, 0);
}

/* The trial of one rank, watched by another: the books are the same whoever cuts. */
static void any_rank_may_cut_for_all(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger_view view;
    struct ledger *coordinator = world_join(world, 0, LEDGER_COORDINATOR);
    struct ledger *worker = world_join(world, 1, LEDGER_WORKER);
    ledger_trial_begin(worker, WORLD_TRIAL(0));
    for (int i = 0; i < 10; i++) {
        world->trials[0] += 4;
        world->busy += 5;
        world_show(world);
        world_spend(world, 0, 5000);
        world_collect(i % 3 ? coordinator : worker);
        assert_true(ledger_look(worker, &view));
        assert_int_equal(view.trial_uj, (i + 1) * 4000);
    }
    ledger_trial_end(worker, NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 40000);
    assert_int_equal(world_books(world, 0).other_uj, 10000);
}

static void a_search_ahead_of_the_ticks_is_not_booked_twice(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = world_join(world, 0, LEDGER_COORDINATOR);
    ledger_add_search(ledger,
                      0.9 * world_tick_s()); /* the process's clock has not ticked yet */
    world_spend(world, 0, 90);
    struct ledger_overhead overhead = world_collect(ledger);
    assert_int_equal(overhead.search_uj, 90);
    world->own += 1;
    world->busy += 1;
    world_show(world);
    world_spend(world, 0, 10);
    overhead = world_collect(ledger);
    assert_int_equal(overhead.search_uj, 0);
    assert_int_equal(overhead.orchestrator_uj,
                     10); /* the tenth of a tick that was not search */
}

/* Ours were seen before the machine's own ticks: the others must not get those a second time.
 */
static void others_wait_for_ticks_that_were_booked_ahead(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = world_join(world, 0, LEDGER_COORDINATOR);
    world->own += 5;
    world->busy += 3;
    world_show(world);
    world_spend(world, 0, 100);
    world_collect(ledger);
    world->busy += 2;
    world_show(world);
    world_spend(world, 0, 100);
    world_collect(ledger);
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.other_uj, 0);
    assert_int_equal(host.orchestrator_uj, 100);
    assert_int_equal(host.unattributed_uj, 100);
}

static void without_a_meter_there_is_no_figure(void **state)
{
    struct world *world = *state;
    struct meter_choice none = {0};
    struct error err = {0};
    struct energy energy;
    struct ledger *ledger;
    world_show(world);
    assert_ok(ledger_open(&ledger, NULL, 1, 0, LEDGER_BOTH, &none, &err), err);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world->trials[0] += 100;
    world_show(world);
    ledger_trial_end(ledger, 1.0, &energy);
    assert_int_equal(energy.quality, ENERGY_NONE);
    assert_int_equal(world_collect(ledger).quality, ENERGY_NONE);
    struct ledger_host host;
    ledger_host(ledger, &host);
    assert_int_equal(host.metered_uj, 0);
    assert_int_equal(ledger_booked_uj(&host), 0);
    ledger_close(ledger);
}

static void places_are_for_one_each(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    struct ledger *ledger;
    world_join(world, 0, LEDGER_BOTH);
    assert_int_equal(
        ledger_open(&ledger, world->shared, WORLD_RANKS, 0, LEDGER_BOTH, &world->meters, &err),
        ST_BUSY);
    assert_int_equal(ledger_open(&ledger, world->shared, WORLD_RANKS, WORLD_RANKS, LEDGER_BOTH,
                                 &world->meters, &err),
                     ST_INVALID);
    assert_int_equal(ledger_open(&ledger, world->shared, WORLD_RANKS - 1, 1, LEDGER_BOTH,
                                 &world->meters, &err),
                     ST_INVALID);
    assert_non_null(strstr(err.what, "for 3 ranks, not for 2"));
    ledger_close(world->ledgers[0]);
    world_join(world, 0, LEDGER_BOTH);
}

/* The block of an MPI window is aligned to 8 bytes only. */
static void the_block_may_lie_anywhere(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    char *memory = calloc(1, ledger_shared_size(2) + 64);
    assert_non_null(memory);
    for (size_t shift = 0; shift < 64; shift += 8) {
        struct ledger *ledger;
        world_show(world);
        memset(memory, 0, ledger_shared_size(2) + 64);
        assert_ok(ledger_open(&ledger, memory + shift, 2, 1, LEDGER_BOTH, &world->meters, &err),
                  err);
        world_spend_idle(world, 100, 100);
        assert_int_equal(world_collect(ledger).waiting_uj, 100);
        ledger_close(ledger);
    }
    free(memory);
}

static void a_tick_cuts_only_what_is_old(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    atomic_store(&world->counters[0]->energy_per_read_uj, 1);
    uint64_t before = atomic_load(&world->counters[0]->energy_uj);
    ledger_cut(ledger);
    world_collect(ledger);
    for (int i = 0; i < 5; i++)
        ledger_tick(ledger); /* less than a tenth of a second old, unless the machine hangs */
    assert_in_range(atomic_load(&world->counters[0]->energy_uj) - before, 1, 3);
    world_books(world, 0);
}

/* Whatever happens, the books balance, and the trials' own figures sum to their account. */
static void random_histories_balance(void **state)
{
    struct world *world = *state;
    struct rng rng;
    bool running[WORLD_RANKS] = {false};
    int64_t trials_uj = 0;
    rng_seed(&rng, 11);
    for (size_t i = 0; i < WORLD_RANKS; i++)
        world_join(world, i, i ? LEDGER_WORKER : LEDGER_BOTH);
    for (int round = 0; round < 300; round++) {
        size_t rank = rng_below(&rng, WORLD_RANKS);
        struct ledger *ledger = world->ledgers[rank];
        uint64_t energy_uj = rng_below(&rng, 100000);
        world->own += rng_below(&rng, 5);
        world->trials[0] += rng_below(&rng, 30);
        world->busy += rng_below(&rng, 50);
        world_show(world);
        atomic_store(&world->counters[0]->fails, rng_below(&rng, 20) == 0);
        world_spend_idle(world, energy_uj, rng_below(&rng, energy_uj + 1));
        ledger_add_search(ledger, rng_uniform(&rng) * 0.01);
        if (!running[rank]) {
            ledger_trial_begin(ledger, rank == 0 ? 0 : WORLD_TRIAL(0));
        } else {
            struct energy energy;
            ledger_trial_end(ledger, NAN, &energy);
            trials_uj += energy.dynamic_uj + energy.idle_uj;
            assert_true(energy.low_uj <= energy.dynamic_uj + energy.idle_uj + 1);
            assert_true(energy.high_uj >= energy.dynamic_uj + energy.idle_uj);
        }
        running[rank] = !running[rank];
        world_books(world, 0);
    }
    for (size_t i = 0; i < WORLD_RANKS; i++) {
        struct energy energy;
        if (!running[i])
            continue;
        ledger_trial_end(world->ledgers[i], NAN, &energy);
        trials_uj += energy.dynamic_uj + energy.idle_uj;
    }
    struct ledger_host host = world_books(world, 0);
    assert_true(host.trials_uj > 0 && host.other_uj > 0 && host.search_uj > 0);
    assert_true(trials_uj <= host.trials_uj + host.trials_idle_uj);
    assert_true(host.trials_uj + host.trials_idle_uj <= host.metered_uj);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(every_part_goes_where_it_belongs),
        world_test(energy_with_nobody_busy_is_unattributed),
        world_test(idle_energy_goes_in_equal_parts_to_workers_only),
        world_test(any_rank_may_cut_for_all),
        world_test(a_search_ahead_of_the_ticks_is_not_booked_twice),
        world_test(others_wait_for_ticks_that_were_booked_ahead),
        world_test(without_a_meter_there_is_no_figure),
        world_test(places_are_for_one_each),
        world_test(the_block_may_lie_anywhere),
        world_test(a_tick_cuts_only_what_is_old),
        world_test(random_histories_balance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
