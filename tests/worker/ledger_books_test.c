/* What a host's books tell of their sums, their gaps and clocks that went wrong. */
#include "tests/check.h"
#include "tests/worker/ledger_world.h"

#include <unistd.h>

static void the_hosts_books_tell_where_the_joules_went(void **state)
{
    struct world *world = *state;
    struct ledger_host host;
    struct energy energy;
    struct idle_power idle = world_idle(1);
    atomic_store(&world->counters[0]->fails, 1);
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_set_idle(ledger, 0, &idle);
    ledger_host(ledger, &host);
    assert_int_equal(host.quality, ENERGY_NONE);
    assert_string_equal(host.meters, "");
    assert_int_equal(host.intervals, 0);
    atomic_store(&world->counters[0]->fails, 0);
    ledger_trial_begin(ledger, WORLD_TRIAL(0)); /* the last of three gaps */
    world_work(world, 0, 10);
    world->own += 5;
    world->busy += 20;
    world_show(world);
    world_wait(world, 1000);
    world_spend(world, 0, 3000000);
    ledger_trial_end(ledger, NAN, &energy);
    world_wait(world, 1000);
    world_spend(world, 0, 1500000);
    world_collect(ledger);
    ledger_host(ledger, &host);
    assert_int_equal(host.quality, ENERGY_MEASURED);
    assert_string_equal(host.meters, "fake:node");
    assert_int_equal(host.metered_uj, 4500000);
    assert_int_equal(host.low_uj, 4050000);
    assert_int_equal(host.high_uj, 4950000);
    assert_near((double)host.trials_uj, 2e6 * 10 / 30, 1);
    assert_int_equal(host.trials_idle_uj, 1000000);
    assert_int_equal(host.waiting_uj, 1000000);
    assert_near((double)host.orchestrator_uj, 2e6 * 5 / 30, 1);
    assert_near((double)host.other_uj, 2e6 * 15 / 30, 1);
    assert_int_equal(host.unattributed_uj, 500000);
    assert_int_equal(host.intervals, 2);
    assert_int_equal(host.longest_interval_ms, 1000);
    assert_int_equal(host.gaps, 3);
    assert_true(host.opened_at_us > 0 && host.cut_at_us >= host.opened_at_us);
}

/* The machine's time of day, which can be set. */
static int64_t clock_set_us;
int64_t __real_clock_realtime_us(void);
int64_t __wrap_clock_realtime_us(void);
int64_t __wrap_clock_realtime_us(void)
{
    return __real_clock_realtime_us() + clock_set_us;
}

static void setting_the_clock_moves_no_cut(void **state)
{
    struct world *world = *state;
    const int64_t hour_us = INT64_C(3600000000);
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    struct ledger_host first, second;
    world_spend(world, 0, 1000);
    world_collect(ledger);
    ledger_host(ledger, &first);
    clock_set_us = -hour_us;
    world_spend(world, 0, 1000);
    world_collect(ledger);
    ledger_host(ledger, &second);
    clock_set_us = 0;
    assert_int_equal(second.opened_at_us, first.opened_at_us);
    assert_in_range(second.cut_at_us, first.cut_at_us, first.cut_at_us + hour_us / 10);
}

static void a_negative_step_is_told_and_not_summed(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    world_spend(world, 0, 1000);
    world_collect(ledger);
    atomic_store(&world->counters[0]->energy_uj, 400);
    world_collect(ledger);
    world_spend(world, 0, 50);
    world_collect(ledger);
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.metered_uj, 1050);
    assert_int_equal(host.gaps, 1);
    assert_int_equal(host.negative, 1);
}

/* The machine's busy time goes back when a processor is taken away. */
static void a_clock_that_goes_back_is_a_skew(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world_work(world, 0, 10);
    world->busy -= 15;
    world_show(world);
    world_spend(world, 0, 100);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.skews, 1);
    assert_int_equal(energy.dynamic_uj, 100);
    assert_int_equal(world_books(world, 0).skews, 1);
}

/* The machine is said to have been idle while a trial used two seconds of it. */
static void time_that_the_machine_does_not_know_is_a_skew(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world->trials[0] += (unsigned long long)sysconf(_SC_CLK_TCK) * 2;
    world_show(world);
    world_spend(world, 0, 100);
    world_collect(ledger);
    struct ledger_host host = world_books(world, 0);
    assert_int_equal(host.trials_uj, 100);
    assert_int_equal(host.skews, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(the_hosts_books_tell_where_the_joules_went),
        world_test(setting_the_clock_moves_no_cut),
        world_test(a_negative_step_is_told_and_not_summed),
        world_test(a_clock_that_goes_back_is_a_skew),
        world_test(time_that_the_machine_does_not_know_is_a_skew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
