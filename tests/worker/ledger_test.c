#include "base/rng.h"
#include "tests/check.h"
#include "tests/worker/fake_meter.h"
#include "tests/worker/tree.h"
#include "worker/cpu_times.h"
#include "worker/ledger_cut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RANKS 3
#define TRIAL 4194400 /* above the largest number that Linux gives to a process */

/* A made /proc, a fake meter and one shared block; this process plays all ranks. */
struct world {
    struct tree *tree;
    struct fake_counter *counter;
    struct meter meter;
    struct meter_choice meters;
    void *shared;
    struct ledger *ledgers[RANKS];
    unsigned long long own, busy, trial; /* clock ticks so far */
};

static int setup(void **state)
{
    void *tree;
    struct world *world = calloc(1, sizeof *world);
    if (!world || tree_setup(&tree))
        return -1;
    world->tree = tree;
    world->counter = fake_counter_create();
    fake_meter_set(&world->meters.booked, &world->meter, world->counter);
    world->shared = mmap(NULL, ledger_shared_size(RANKS), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setenv("WATTUNE_SYSROOT", world->tree->root, 1);
    *state = world;
    return world->shared == MAP_FAILED ? -1 : 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    unsetenv("WATTUNE_SYSROOT");
    for (int i = 0; i < RANKS; i++)
        ledger_close(world->ledgers[i]);
    munmap(world->shared, ledger_shared_size(RANKS));
    fake_counter_free(world->counter);
    void *tree = world->tree;
    int failure = tree_teardown(&tree);
    free(world);
    return failure;
}

/* Write what the processes have used so far into /proc. */
static void show(struct world *world)
{
    tree_process(world->tree,
                 &(struct tree_process){getpid(), 1, getpid(), 7, 'R', world->own, 0, 5});
    tree_process(world->tree, &(struct tree_process){TRIAL, getpid(), TRIAL, TRIAL, 'R',
                                                     world->trial, 0, 9});
    tree_busy(world->tree, 1000 + world->busy);
}

static struct ledger *join(struct world *world, size_t rank, enum ledger_role role)
{
    struct error err = {0};
    show(world);
    assert_ok(ledger_open(&world->ledgers[rank], world->shared, RANKS, rank, role,
                          &world->meters, &err),
              err);
    return world->ledgers[rank];
}

static void spend(struct world *world, uint64_t energy_uj, uint64_t idle_uj)
{
    atomic_fetch_add(&world->counter->energy_uj, energy_uj);
    atomic_fetch_add(&world->counter->idle_uj, idle_uj);
}

static struct ledger_overhead collect(struct ledger *ledger)
{
    struct ledger_overhead overhead;
    ledger_collect(ledger, &overhead);
    return overhead;
}

static struct ledger_host check_balance(struct ledger *ledger)
{
    struct ledger_host host;
    ledger_host(ledger, &host);
    assert_int_equal(ledger_booked_uj(&host), host.metered_uj);
    return host;
}

static double tick_s(void)
{
    return (double)cpu_times_tick_ns() * 1e-9;
}

static void every_part_goes_where_it_belongs(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, TRIAL);
    /* 40 ticks of the trial, 10 of the search, 20 of the rank besides, 30 of others. */
    world->trial += 40;
    world->own += 30;
    world->busy += 100;
    ledger_add_search(ledger, 10 * tick_s());
    show(world);
    spend(world, 1500000, 500000);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.quality, ENERGY_MEASURED);
    assert_string_equal(energy.meters, "fake:node");
    assert_int_equal(energy.dynamic_uj, 400000);
    assert_int_equal(energy.idle_uj, 500000);
    assert_near((double)energy.low_uj, 810000, 2);
    assert_near((double)energy.high_uj, 990000, 2);
    struct ledger_overhead overhead = collect(ledger);
    assert_int_equal(overhead.quality, ENERGY_MEASURED);
    assert_int_equal(overhead.search_uj, 100000);
    assert_int_equal(overhead.orchestrator_uj, 200000);
    assert_int_equal(overhead.waiting_uj, 0);
    struct ledger_host host = check_balance(ledger);
    assert_int_equal(host.metered_uj, 1500000);
    assert_int_equal(host.other_uj, 300000);
    assert_int_equal(host.unattributed_uj, 0);
}

static void energy_with_nobody_busy_is_unattributed(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = join(world, 0, LEDGER_COORDINATOR);
    spend(world, 1000, 300); /* and no worker that could have the idle part */
    collect(ledger);
    struct ledger_host host = check_balance(ledger);
    assert_int_equal(host.unattributed_uj, 1000);
}

static void idle_energy_goes_in_equal_parts_to_workers_only(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *coordinator = join(world, 0, LEDGER_COORDINATOR);
    struct ledger *busy = join(world, 1, LEDGER_WORKER);
    struct ledger *waiting = join(world, 2, LEDGER_WORKER);
    ledger_trial_begin(busy, TRIAL);
    spend(world, 1001, 1001);
    ledger_trial_end(busy, NAN, &energy);
    assert_int_equal(energy.idle_uj, 501);
    assert_int_equal(energy.dynamic_uj, 0);
    assert_int_equal(collect(waiting).waiting_uj, 500);
    assert_int_equal(collect(busy).waiting_uj, 0);
    assert_int_equal(collect(coordinator).waiting_uj, 0);
    spend(world, 10, 10);
    assert_int_equal(collect(waiting).waiting_uj, 5);
    assert_int_equal(collect(waiting).waiting_uj, 0);
    check_balance(coordinator);
}

/* The trial of one rank, watched by another: the books are the same whoever cuts. */
static void any_rank_may_cut_for_all(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger_view view;
    struct ledger *coordinator = join(world, 0, LEDGER_COORDINATOR);
    struct ledger *worker = join(world, 1, LEDGER_WORKER);
    ledger_trial_begin(worker, TRIAL);
    for (int i = 0; i < 10; i++) {
        world->trial += 4;
        world->busy += 5;
        show(world);
        spend(world, 5000, 0);
        collect(i % 3 ? coordinator : worker);
        assert_true(ledger_look(worker, &view));
        assert_int_equal(view.trial_uj, (i + 1) * 4000);
    }
    ledger_trial_end(worker, NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 40000);
    assert_int_equal(check_balance(worker).other_uj, 10000);
}

/* The processes of a trial are looked for when it is first seen, however short ago those of
 * another were. */
static void the_children_of_a_new_trial_are_found_at_once(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger_view view;
    struct ledger *coordinator = join(world, 0, LEDGER_COORDINATOR);
    struct ledger *worker = join(world, 1, LEDGER_WORKER);
    ledger_trial_begin(worker, TRIAL);
    collect(coordinator);
    collect(coordinator);
    ledger_trial_end(worker, NAN, &energy);
    ledger_trial_begin(worker, TRIAL);
    tree_process(world->tree, &(struct tree_process){TRIAL + 1, TRIAL, TRIAL + 1, TRIAL + 1,
                                                     'R', 40, 0, 10});
    world->busy += 50;
    show(world);
    spend(world, 5000, 0);
    collect(coordinator);
    assert_true(ledger_look(worker, &view));
    assert_int_equal(view.trial_uj, 4000);
    tree_process_gone(world->tree, TRIAL + 1);
}

static void a_look_tells_what_the_last_cut_booked(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger_view begin, later, end;
    struct ledger *coordinator = join(world, 0, LEDGER_COORDINATOR);
    struct ledger *worker = join(world, 1, LEDGER_WORKER);
    ledger_trial_begin(worker, TRIAL);
    assert_true(ledger_look(worker, &begin));
    assert_int_equal(begin.trial_uj, 0);
    world->trial += 40;
    world->busy += 50;
    show(world);
    spend(world, 7000, 2000);
    assert_true(ledger_look(worker, &later));
    assert_memory_equal(&later, &begin, sizeof begin); /* it does not cut */
    collect(coordinator);
    assert_true(ledger_look(worker, &later));
    assert_true(later.cut_ns > begin.cut_ns);
    assert_int_equal(later.intervals, begin.intervals + 1);
    assert_int_equal(later.trial_cpu_ns, 40 * cpu_times_tick_ns());
    assert_int_equal(later.trial_uj, 6000);
    assert_int_equal(later.node_uj - begin.node_uj, 7000);
    ledger_trial_end(worker, 50 * tick_s(), &energy);
    assert_true(ledger_look(worker, &end));
    assert_int_equal(end.trial_uj, energy.dynamic_uj + energy.idle_uj);
    assert_int_equal(end.trial_cpu_ns, 50 * cpu_times_tick_ns());
}

static void a_reaped_trial_is_booked_to_its_last_tick(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, TRIAL);
    world->busy += 50;
    show(world);
    tree_process_gone(world->tree, TRIAL);
    spend(world, 5000, 0);
    ledger_trial_end(ledger, 50 * tick_s(), &energy);
    assert_int_equal(energy.dynamic_uj, 5000);
}

static void a_trial_that_ends_before_the_next_cut_was_in_its_group(void **state)
{
    struct world *world = *state;
    struct energy energy;
    char group[64], usage[96], of_trial[64];
    snprintf(group, sizeof group, "/wattune-%d-0", (int)getpid());
    snprintf(usage, sizeof usage, "/sys/fs/cgroup%s/cpu.stat", group);
    snprintf(of_trial, sizeof of_trial, "/proc/%d/cgroup", TRIAL);
    tree_write(world->tree, "/proc/self/mountinfo",
               "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    tree_write(world->tree, "/proc/self/cgroup", "0::/\n");
    tree_write(world->tree, of_trial, "0::%s\n", group);
    tree_write(world->tree, usage, "usage_usec 0\n");
    struct ledger *ledger = join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, TRIAL);
    tree_remove(world->tree, of_trial);
    tree_process_gone(world->tree, TRIAL);
    tree_write(world->tree, usage, "usage_usec 30000\n");
    spend(world, 1000000, 0);
    ledger_trial_end(ledger, NAN, &energy);
    assert_string_equal(energy.method, "cpu time (cgroup), idle unknown");
    assert_int_equal(energy.dynamic_uj, 1000000);
}

static void a_trial_inside_the_rank_has_the_ranks_time(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = join(world, 0, LEDGER_BOTH);
    ledger_trial_begin(ledger, 0);
    world->own += 30;
    world->busy += 30;
    show(world);
    ledger_add_search(ledger, 10 * tick_s());
    spend(world, 300, 0);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.dynamic_uj, 200);
    struct ledger_overhead overhead = collect(ledger);
    assert_int_equal(overhead.search_uj, 100);
    assert_int_equal(overhead.orchestrator_uj, 0);
}

static void a_search_ahead_of_the_ticks_is_not_booked_twice(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = join(world, 0, LEDGER_COORDINATOR);
    ledger_add_search(ledger, 0.9 * tick_s()); /* the process's clock has not ticked yet */
    spend(world, 90, 0);
    struct ledger_overhead overhead = collect(ledger);
    assert_int_equal(overhead.search_uj, 90);
    world->own += 1;
    world->busy += 1;
    show(world);
    spend(world, 10, 0);
    overhead = collect(ledger);
    assert_int_equal(overhead.search_uj, 0);
    assert_int_equal(overhead.orchestrator_uj,
                     10); /* the tenth of a tick that was not search */
}

/* Ours were seen before the machine's own ticks: the others must not get those a second time.
 */
static void others_wait_for_ticks_that_were_booked_ahead(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = join(world, 0, LEDGER_COORDINATOR);
    world->own += 5;
    world->busy += 3;
    show(world);
    spend(world, 100, 0);
    collect(ledger);
    world->busy += 2;
    show(world);
    spend(world, 100, 0);
    collect(ledger);
    struct ledger_host host = check_balance(ledger);
    assert_int_equal(host.other_uj, 0);
    assert_int_equal(host.orchestrator_uj, 100);
    assert_int_equal(host.unattributed_uj, 100);
}

static void a_trial_without_a_reading_has_no_figure(void **state)
{
    struct world *world = *state;
    struct energy energy;
    struct ledger *ledger = join(world, 0, LEDGER_BOTH);
    assert_int_equal(collect(ledger).quality, ENERGY_MEASURED);
    atomic_store(&world->counter->fails, 1);
    ledger_trial_begin(ledger, TRIAL);
    spend(world, 1000, 0);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.quality, ENERGY_NONE);
    assert_string_equal(energy.meters, "");
    assert_int_equal(collect(ledger).quality, ENERGY_NONE);
    ledger_trial_begin(ledger, TRIAL);
    atomic_store(&world->counter->fails, 0);
    collect(ledger); /* the counter is back, but the step up to here is lost */
    spend(world, 70, 70);
    ledger_trial_end(ledger, NAN, &energy);
    assert_int_equal(energy.quality, ENERGY_MEASURED);
    assert_int_equal(energy.idle_uj, 70);
    assert_true(energy.gaps > 0);
    assert_int_equal(check_balance(ledger).metered_uj, 70);
}

static void without_a_meter_there_is_no_figure(void **state)
{
    struct world *world = *state;
    struct meter_choice none = {0};
    struct error err = {0};
    struct energy energy;
    struct ledger *ledger;
    show(world);
    assert_ok(ledger_open(&ledger, NULL, 1, 0, LEDGER_BOTH, &none, &err), err);
    ledger_trial_begin(ledger, TRIAL);
    world->trial += 100;
    show(world);
    ledger_trial_end(ledger, 1.0, &energy);
    assert_int_equal(energy.quality, ENERGY_NONE);
    assert_int_equal(collect(ledger).quality, ENERGY_NONE);
    assert_int_equal(check_balance(ledger).metered_uj, 0);
    ledger_close(ledger);
}

static void places_are_for_one_each(void **state)
{
    struct world *world = *state;
    struct error err = {0};
    struct ledger *ledger;
    join(world, 0, LEDGER_BOTH);
    assert_int_equal(
        ledger_open(&ledger, world->shared, RANKS, 0, LEDGER_BOTH, &world->meters, &err),
        ST_BUSY);
    assert_int_equal(
        ledger_open(&ledger, world->shared, RANKS, RANKS, LEDGER_BOTH, &world->meters, &err),
        ST_INVALID);
    assert_int_equal(
        ledger_open(&ledger, world->shared, RANKS - 1, 1, LEDGER_BOTH, &world->meters, &err),
        ST_INVALID);
    assert_non_null(strstr(err.what, "for 3 ranks, not for 2"));
    ledger_close(world->ledgers[0]);
    join(world, 0, LEDGER_BOTH);
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
        show(world);
        memset(memory, 0, ledger_shared_size(2) + 64);
        assert_ok(ledger_open(&ledger, memory + shift, 2, 1, LEDGER_BOTH, &world->meters, &err),
                  err);
        spend(world, 100, 100);
        assert_int_equal(collect(ledger).waiting_uj, 100);
        ledger_close(ledger);
    }
    free(memory);
}

static void a_tick_cuts_only_what_is_old(void **state)
{
    struct world *world = *state;
    struct ledger *ledger = join(world, 0, LEDGER_BOTH);
    atomic_store(&world->counter->energy_per_read_uj, 1);
    uint64_t before = atomic_load(&world->counter->energy_uj);
    ledger_cut(ledger);
    collect(ledger);
    for (int i = 0; i < 5; i++)
        ledger_tick(ledger); /* less than a tenth of a second old, unless the machine hangs */
    assert_in_range(atomic_load(&world->counter->energy_uj) - before, 1, 3);
    check_balance(ledger);
}

/* Whatever happens, the books balance, and the trials' own figures sum to their account. */
static void random_histories_balance(void **state)
{
    struct world *world = *state;
    struct rng rng;
    bool running[RANKS] = {false};
    int64_t trials_uj = 0;
    rng_seed(&rng, 11);
    for (size_t i = 0; i < RANKS; i++)
        join(world, i, i ? LEDGER_WORKER : LEDGER_BOTH);
    for (int round = 0; round < 300; round++) {
        size_t rank = rng_below(&rng, RANKS);
        struct ledger *ledger = world->ledgers[rank];
        uint64_t energy_uj = rng_below(&rng, 100000);
        world->own += rng_below(&rng, 5);
        world->trial += rng_below(&rng, 30);
        world->busy += rng_below(&rng, 50);
        show(world);
        atomic_store(&world->counter->fails, rng_below(&rng, 20) == 0);
        spend(world, energy_uj, rng_below(&rng, energy_uj + 1));
        ledger_add_search(ledger, rng_uniform(&rng) * 0.01);
        if (!running[rank]) {
            ledger_trial_begin(ledger, rank == 0 ? 0 : TRIAL);
        } else {
            struct energy energy;
            ledger_trial_end(ledger, NAN, &energy);
            trials_uj += energy.dynamic_uj + energy.idle_uj;
            assert_true(energy.low_uj <= energy.dynamic_uj + energy.idle_uj + 1);
            assert_true(energy.high_uj >= energy.dynamic_uj + energy.idle_uj);
        }
        running[rank] = !running[rank];
        check_balance(ledger);
    }
    for (size_t i = 0; i < RANKS; i++) {
        struct energy energy;
        if (!running[i])
            continue;
        ledger_trial_end(world->ledgers[i], NAN, &energy);
        trials_uj += energy.dynamic_uj + energy.idle_uj;
    }
    struct ledger_host host = check_balance(world->ledgers[0]);
    assert_true(host.trials_uj > 0 && host.other_uj > 0 && host.search_uj > 0);
    assert_true(trials_uj <= host.trials_uj + host.trials_idle_uj);
    assert_true(host.trials_uj + host.trials_idle_uj <= host.metered_uj);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(every_part_goes_where_it_belongs),
        world_test(energy_with_nobody_busy_is_unattributed),
        world_test(idle_energy_goes_in_equal_parts_to_workers_only),
        world_test(any_rank_may_cut_for_all),
        world_test(the_children_of_a_new_trial_are_found_at_once),
        world_test(a_look_tells_what_the_last_cut_booked),
        world_test(a_reaped_trial_is_booked_to_its_last_tick),
        world_test(a_trial_that_ends_before_the_next_cut_was_in_its_group),
        world_test(a_trial_inside_the_rank_has_the_ranks_time),
        world_test(a_search_ahead_of_the_ticks_is_not_booked_twice),
        world_test(others_wait_for_ticks_that_were_booked_ahead),
        world_test(a_trial_without_a_reading_has_no_figure),
        world_test(without_a_meter_there_is_no_figure),
        world_test(places_are_for_one_each),
        world_test(the_block_may_lie_anywhere),
        world_test(a_tick_cuts_only_what_is_old),
        world_test(random_histories_balance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
