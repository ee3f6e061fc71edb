/* Meters side by side: each set has books of its own, made by the same rule. */
#include "base/rng.h"
#include "tests/check.h"
#include "tests/worker/ledger_world.h"

#include <string.h>

static void all_meters_share_by_one_rule(void **state)
{
    struct world *world = *state;
    struct energy energy, beside[ENERGY_BESIDE_MAX];
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world_work(world, 0, 30);
    world->busy += 10;
    world_show(world);
    world_spend(world, 0, 4000);
    world_spend(world, 1, 8000);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 3000);
    assert_int_equal(ledger_trial_beside(ledger, beside), 2);
    assert_int_equal(beside[0].quality, ENERGY_MEASURED);
    assert_string_equal(beside[0].meters, "fake:node");
    assert_int_equal(beside[0].dynamic_uj, 6000);
    assert_int_equal(world_books(world, 0).other_uj, 1000);
    assert_int_equal(world_books(world, 1).other_uj, 2000);
    assert_int_equal(world_books(world, 2).metered_uj, 0);
}

static void a_meter_that_fails_beside_costs_no_other_its_figure(void **state)
{
    struct world *world = *state;
    struct energy energy, beside[ENERGY_BESIDE_MAX];
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    atomic_store(&world->counters[2]->fails, 1);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world_work(world, 0, 10);
    for (size_t set = 0; set < WORLD_SETS; set++)
        world_spend(world, set, 100);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(ledger_trial_beside(ledger, beside), 2);
    assert_int_equal(energy.dynamic_uj, 100);
    assert_int_equal(energy.gaps, 0);
    assert_int_equal(beside[0].dynamic_uj, 100);
    assert_int_equal(beside[1].quality, ENERGY_NONE);
    assert_string_equal(beside[1].meters, "");
    assert_true(world_books(world, 2).gaps > 0);
}

static void idle_power_counts_from_when_it_is_known(void **state)
{
    struct world *world = *state;
    struct energy energy, beside[ENERGY_BESIDE_MAX];
    struct idle_power idle = world_idle(10), known;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_get_idle(ledger, 0, &known);
    assert_int_equal(known.source, IDLE_UNKNOWN);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world_work(world, 0, 10);
    world_wait(world, 100);
    world_spend(world, 0, 3000000);
    world_spend(world, 1, 3000000);
    ledger_set_idle(ledger, 0, &idle); /* cuts: what was before had no idle part */
    ledger_get_idle(ledger, 0, &known);
    assert_int_equal(known.source, IDLE_MEASURED);
    assert_near(known.power_w, 10, 0);
    world_work(world, 0, 10);
    world_wait(world, 100);
    world_spend(world, 0, 3000000);
    world_spend(world, 1, 3000000);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(ledger_trial_beside(ledger, beside), 2);
    assert_int_equal(energy.idle_uj, 1000000);
    assert_int_equal(energy.dynamic_uj, 5000000);
    assert_string_equal(energy.method, "cpu time (/proc), idle measured");
    assert_int_equal(beside[0].idle_uj, 0);
    assert_int_equal(beside[0].dynamic_uj, 6000000);
    assert_string_equal(beside[0].method, "cpu time (/proc), idle unknown");
}

static void idle_energy_is_at_most_what_was_counted(void **state)
{
    struct world *world = *state;
    struct idle_power idle = world_idle(10);
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_set_idle(ledger, 0, &idle);
    idle.source = IDLE_SITE;
    ledger_set_idle(ledger, 1, &idle);
    world->busy += 10;
    world_show(world);
    world_wait(world, 100);
    world_spend(world, 0, 400000);
    world_spend(world, 1, 1400000);
    assert_int_equal(world_collect(ledger).waiting_uj, 400000);
    assert_int_equal(world_books(world, 0).other_uj, 0);
    assert_int_equal(world_books(world, 1).waiting_uj, 1000000);
    assert_int_equal(world_books(world, 1).other_uj, 400000);
}

static void a_meter_that_tells_its_idle_energy_goes_first(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct idle_power idle = world_idle(10);
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_set_idle(ledger, 0, &idle);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world_work(world, 0, 10);
    world_wait(world, 100);
    world_spend(world, 0, 3000000);
    atomic_store(&world->counters[0]->idle_uj, 700000);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.idle_uj, 700000);
    assert_string_equal(energy.method, "cpu time (/proc), idle by the meter");
}

/* One that shows a new value every second, cut ten times in that second. */
static void the_interval_of_a_slow_meter_spans_the_cuts(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger_view begin, view;
    struct idle_power idle = world_idle(1);
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_set_idle(ledger, 0, &idle);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    assert_true(ledger_look(ledger, &begin));
    for (int i = 0; i < 10; i++) {
        if (i < 5)
            world_work(world, 0, 2);
        else
            world->busy += 6;
        world_show(world);
        world_wait(world, 100);
        if (i == 9)
            world_spend(world, 0, 5000000);
        world_collect(ledger);
        assert_true(ledger_look(ledger, &view));
        assert_int_equal(view.intervals, begin.intervals + (i == 9));
        assert_int_equal(view.trial_uj > 0, i == 9);
    }
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.quality, ENERGY_MEASURED);
    assert_int_equal(energy.idle_uj, 1000000);
    assert_int_equal(energy.dynamic_uj, 1000000);
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.other_uj, 3000000);
    assert_int_equal(host.intervals, 1);
    assert_int_equal(host.longest_interval_ms, 1000);
}

static void work_in_a_gap_has_no_part_of_what_comes_after(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    atomic_store(&world->counters[0]->fails, 1);
    world_work(world, 0, 10);
    world_spend(world, 0, 1000);
    world_collect(ledger);
    atomic_store(&world->counters[0]->fails, 0);
    world_collect(ledger);
    world->busy += 10;
    world_show(world);
    world_spend(world, 0, 500);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 0);
    assert_int_equal(energy.gaps, 2);
    assert_int_equal(world_books(world, 0).other_uj, 500);
}

static void ranks_of_a_host_have_the_same_meters(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    struct ledger *ledger;
    world_join(world, 0, LEDGER_BOTH);
    struct meter_choice fewer = world->meters;
    fewer.n_beside = 1;
    assert_int_equal(
        ledger_open(&ledger, world->shared, WORLD_RANKS, 1, LEDGER_WORKER, &fewer, &err),
        ST_INVALID);
    assert_non_null(strstr(err.what, "\"fake:node, beside fake:node, fake:node\""));
    assert_non_null(strstr(err.what, "rank 1 has \"fake:node, beside fake:node\""));
    assert_non_null(strstr(err.remedy, "wattune meters"));
    world_join(world, 1, LEDGER_WORKER);
}

/* What the ledgers told, summed up over a history. */
struct told {
    int64_t trials_uj[WORLD_SETS], overhead_uj;
};

static void end_trial(struct ledger *ledger, struct told *told)
{
    struct energy energy, beside[ENERGY_BESIDE_MAX];
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(ledger_trial_beside(ledger, beside), WORLD_SETS - 1);
    for (size_t set = 0; set < WORLD_SETS; set++) {
        const struct energy *each = set ? &beside[set - 1] : &energy;
        int64_t sum_uj = each->dynamic_uj + each->idle_uj;
        told->trials_uj[set] += sum_uj;
        assert_true(each->low_uj <= sum_uj && sum_uj <= each->high_uj);
        assert_true(each->quality == ENERGY_MEASURED || sum_uj == 0);
    }
}

static void add_overhead(struct ledger *ledger, struct told *told)
{
    struct ledger_overhead overhead = world_collect(ledger);
    told->overhead_uj += overhead.waiting_uj + overhead.search_uj + overhead.orchestrator_uj;
}

/* Time and energy go on, with meters that are slow, fail, or go back. */
static void live(struct world *world, struct rng *rng, uint64_t *spent_uj)
{
    for (size_t rank = 0; rank < WORLD_RANKS; rank++)
        world->trials[rank] += rng_below(rng, 10);
    world->own += rng_below(rng, 5);
    world->busy += rng_below(rng, 50);
    world_wait(world, (int64_t)rng_below(rng, 200));
    for (size_t set = 0; set < WORLD_SETS; set++) {
        uint64_t energy_uj = rng_below(rng, 3) ? rng_below(rng, 2000000) : 0;
        world_spend(world, set, energy_uj);
        spent_uj[set] += energy_uj;
    }
    atomic_store(&world->counters[1]->fails, rng_below(rng, 10) == 0);
    if (rng_below(rng, 20) == 0)
        atomic_store(&world->counters[2]->energy_uj, 0);
    world_show(world);
}

static void check_history(uint64_t seed, struct world *world)
{
    struct rng rng;
    struct told told = {0};
    bool running[WORLD_RANKS] = {false};
    uint64_t spent_uj[WORLD_SETS] = {0};
    rng_seed(&rng, seed);
    for (int round = 0; round < 200; round++) {
        size_t rank = rng_below(&rng, WORLD_RANKS);
        struct ledger *ledger = world->ledgers[rank];
        live(world, &rng, spent_uj);
        ledger_add_search(ledger, rng_uniform(&rng) * 0.01);
        if (rng_below(&rng, 10) == 0) {
            struct idle_power idle = world_idle(rng_uniform(&rng) * 10);
            ledger_set_idle(ledger, rng_below(&rng, WORLD_SETS), &idle);
        } else if (rng_below(&rng, 4) == 0) {
            add_overhead(ledger, &told);
        } else if (running[rank]) {
            end_trial(ledger, &told);
            running[rank] = false;
        } else {
            ledger_trial_begin(ledger, rank == 0 ? 0 : WORLD_TRIAL(rank));
            running[rank] = true;
        }
    }
    /* The last cuts see every meter move, so that nothing waits. */
    for (size_t rank = 0; rank < WORLD_RANKS; rank++) {
        if (running[rank])
            end_trial(world->ledgers[rank], &told);
        add_overhead(world->ledgers[rank], &told);
    }
    for (size_t set = 0; set < WORLD_SETS; set++) {
        struct ledger_host host = world_books(world, set);
        assert_int_equal(told.trials_uj[set], host.trials_uj + host.trials_idle_uj);
        assert_true(host.trials_uj > 0 && host.trials_idle_uj > 0 && host.waiting_uj > 0);
        assert_true(host.low_uj <= host.metered_uj && host.metered_uj <= host.high_uj);
        assert_true(host.metered_uj <= (int64_t)spent_uj[set]);
    }
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.metered_uj, spent_uj[0]); /* the one that never failed */
    assert_int_equal(told.overhead_uj, host.waiting_uj + host.search_uj + host.orchestrator_uj);
    assert_true(world_books(world, 1).gaps > 0);
    assert_true(world_books(world, 2).negative > 0);
}

/* Every set's parts sum to what it counted, and the ranks' own figures to their accounts. */
static void random_histories_close(void **state)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct world *world = *state;
        for (size_t rank = 0; rank < WORLD_RANKS; rank++)
            world_join(world, rank, rank ? LEDGER_WORKER : LEDGER_BOTH);
        check_history(seed, world);
        world_teardown(state);
        assert_int_equal(world_setup(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(all_meters_share_by_one_rule),
        world_test(a_meter_that_fails_beside_costs_no_other_its_figure),
        world_test(idle_power_counts_from_when_it_is_known),
        world_test(idle_energy_is_at_most_what_was_counted),
        world_test(a_meter_that_tells_its_idle_energy_goes_first),
        world_test(the_interval_of_a_slow_meter_spans_the_cuts),
        world_test(work_in_a_gap_has_no_part_of_what_comes_after),
        world_test(ranks_of_a_host_have_the_same_meters),
        world_test(random_histories_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
