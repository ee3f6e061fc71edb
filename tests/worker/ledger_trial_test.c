/* What one trial is told of its energy, however it begins and ends. */
#include "tests/check.h"
#include "tests/worker/ledger_world.h"
#include "worker/cpu_times.h"

#include <stdio.h>
#include <unistd.h>

static void a_look_tells_what_the_last_cut_booked(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger_view begin, later, end;
    struct ledger *coordinator = world_join(world, 0, LEDGER_COORDINATOR);
    struct ledger *worker = world_join(world, 1, LEDGER_WORKER);
    ledger_trial_begin(worker, WORLD_TRIAL(0));
    assert_true(ledger_look(worker, &begin));
    assert_int_equal(begin.trial_uj, 0);
    world->trials[0] += 40;
    world->busy += 50;
    world_show(world);
    world_spend_idle(world, 7000, 2000);
    assert_true(ledger_look(worker, &later));
    assert_memory_equal(&later, &begin, sizeof begin); /* it does not cut */
    world_collect(coordinator);
    assert_true(ledger_look(worker, &later));
    assert_true(later.cut_ns > begin.cut_ns);
    assert_int_equal(later.intervals, begin.intervals + 1);
    assert_int_equal(later.trial_cpu_ns, 40 * cpu_times_tick_ns());
    assert_int_equal(later.trial_uj, 6000);
    assert_int_equal(later.node_uj - begin.node_uj, 7000);
    ledger_trial_end(worker, 50 * world_tick_s(), &energy);
    assert_true(ledger_look(worker, &end));
    assert_int_equal(end.trial_uj, energy.dynamic_uj + energy.idle_uj);
    assert_int_equal(end.trial_cpu_ns, 50 * cpu_times_tick_ns());
}

/* The processes of a trial are looked for when it is first seen, however short ago those of
 * another were. */
static void the_children_of_a_new_trial_are_found_at_once(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger_view view;
    struct ledger *coordinator = world_join(world, 0, LEDGER_COORDINATOR);
    struct ledger *worker = world_join(world, 1, LEDGER_WORKER);
    ledger_trial_begin(worker, WORLD_TRIAL(0));
    world_collect(coordinator);
    world_collect(coordinator);
    ledger_trial_end(worker, NAN, &energy);
    ledger_trial_begin(worker, WORLD_TRIAL(0));
    tree_process(world->tree, &(struct tree_process){WORLD_TRIAL(WORLD_RANKS), WORLD_TRIAL(0),
                                                     WORLD_TRIAL(WORLD_RANKS),
                                                     WORLD_TRIAL(WORLD_RANKS), 'R', 40, 0, 10});
    world->busy += 50;
    world_show(world);
    world_spend(world, 0, 5000);
    world_collect(coordinator);
    assert_true(ledger_look(worker, &view));
    assert_int_equal(view.trial_uj, 4000);
    tree_process_gone(world->tree, WORLD_TRIAL(WORLD_RANKS));
}

static void a_reaped_trial_is_booked_to_its_last_tick(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world->busy += 50;
    world_show(world);
    tree_process_gone(world->tree, WORLD_TRIAL(0));
    world_spend(world, 0, 5000);
    ledger_trial_end(ledger, 50 * world_tick_s(), &energy);
    assert_int_equal(energy.dynamic_uj, 5000);
}

static void a_trial_that_ends_before_the_next_cut_was_in_its_group(void **state)
{
    struct world *world = *state;
    struct energy energy;
    char group[64], usage[96], of_trial[64];
    snprintf(group, sizeof group, "/wattune-%d-0", (int)getpid());
    snprintf(usage, sizeof usage, "/sys/fs/cgroup%s/cpu.stat", group);
    snprintf(of_trial, sizeof of_trial, "/proc/%d/cgroup", WORLD_TRIAL(0));
    tree_write(world->tree, "/proc/self/mountinfo",
               "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    tree_write(world->tree, "/proc/self/cgroup", "0::/\n");
    tree_write(world->tree, of_trial, "0::%s\n", group);
    tree_write(world->tree, usage, "usage_usec 0\n");
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    tree_remove(world->tree, of_trial);
    tree_process_gone(world->tree, WORLD_TRIAL(0));
    tree_write(world->tree, usage, "usage_usec 30000\n");
    world_spend(world, 0, 1000000);
    ledger_trial_end(ledger, NAN, &energy);
    assert_string_equal(energy.method, "cpu time (cgroup), idle unknown");
    assert_int_equal(energy.dynamic_uj, 1000000);
}

static void a_trial_inside_the_rank_has_the_ranks_time(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, 0);
    world->own += 30;
    world->busy += 30;
    world_show(world);
    ledger_add_search(ledger, 10 * world_tick_s());
    world_spend(world, 0, 300);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 200);
    struct ledger_overhead overhead = world_collect(ledger);
    assert_int_equal(overhead.search_uj, 100);
    assert_int_equal(overhead.orchestrator_uj, 0);
}

static void a_trial_without_a_reading_has_no_figure(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = world_join(world, 0, LEDGER_BOTH);
    assert_int_equal(world_collect(ledger).quality, ENERGY_MEASURED);
    atomic_store(&world->counters[0]->fails, 1);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    world_spend(world, 0, 1000);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.quality, ENERGY_NONE);
    assert_string_equal(energy.meters, "");
    assert_int_equal(world_collect(ledger).quality, ENERGY_NONE);
    ledger_trial_begin(ledger, WORLD_TRIAL(0));
    atomic_store(&world->counters[0]->fails, 0);
    world_collect(ledger); /* the counter is back, but the step up to here is lost */
    world_spend_idle(world, 70, 70);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.quality, ENERGY_MEASURED);
    assert_int_equal(energy.idle_uj, 70);
    assert_true(energy.gaps > 0);
    assert_int_equal(world_books(world, 0).metered_uj, 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(a_look_tells_what_the_last_cut_booked),
        world_test(the_children_of_a_new_trial_are_found_at_once),
        world_test(a_reaped_trial_is_booked_to_its_last_tick),
        world_test(a_trial_that_ends_before_the_next_cut_was_in_its_group),
        world_test(a_trial_inside_the_rank_has_the_ranks_time),
        world_test(a_trial_without_a_reading_has_no_figure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
