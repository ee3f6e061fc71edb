#include "tests/worker/ledger_world.h"
#include "tests/check.h"

#include "worker/cpu_times.h"
#include "worker/ledger_cut.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int world_setup(void **state)
{
    void *tree;
    struct world *world = calloc(1, sizeof *world);
    if (!world || tree_setup(&tree))
        return -1;
    world->tree = tree;
    world->meters.n_beside = WORLD_SETS - 1;
    for (size_t i = 0; i < WORLD_SETS; i++) {
        struct meter_set *set = i ? &world->meters.beside[i - 1] : &world->meters.booked;
        world->counters[i] = fake_counter_create();
        fake_meter_set(set, &world->fakes[i], world->counters[i]);
    }
    world_wait(world, 1);
    world->shared = mmap(NULL, ledger_shared_size(WORLD_RANKS), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setenv("WATTUNE_SYSROOT", world->tree->root, 1);
    *state = world;
    return world->shared == MAP_FAILED ? -1 : 0;
}

int world_teardown(void **state)
{
    struct world *world = *state;
    unsetenv("WATTUNE_SYSROOT");
    for (size_t i = 0; i < WORLD_RANKS; i++)
        ledger_close(world->ledgers[i]);
    munmap(world->shared, ledger_shared_size(WORLD_RANKS));
    for (size_t i = 0; i < WORLD_SETS; i++)
        fake_counter_free(world->counters[i]);
    void *tree = world->tree;
    int failure = tree_teardown(&tree);
    free(world);
    return failure;
}

void world_show(struct world *world)
{
    tree_process(world->tree,
                 &(struct tree_process){getpid(), 1, getpid(), 7, 'R', world->own, 0, 5});
    for (size_t rank = 0; rank < WORLD_RANKS; rank++) {
        pid_t pid = WORLD_TRIAL(rank);
        /* Not children of this process, which is the keeper of all ranks' trials. */
        tree_process(world->tree,
                     &(struct tree_process){pid, 1, pid, pid, 'R', world->trials[rank], 0, 9});
    }
    tree_busy(world->tree, 1000 + world->busy);
}

struct ledger *world_join(struct world *world, size_t rank, enum ledger_role role)
{
    struct error err = {0};
    world_show(world);
    assert_ok(ledger_open(&world->ledgers[rank], world->shared, WORLD_RANKS, rank, role,
                          &world->meters, &err),
              err);
    return world->ledgers[rank];
}

void world_wait(struct world *world, int64_t time_ms)
{
    world->time_ns += time_ms * 1000000;
    for (size_t i = 0; i < WORLD_SETS; i++)
        atomic_store(&world->counters[i]->time_ns, world->time_ns);
}

void world_spend(struct world *world, size_t set, uint64_t energy_uj)
{
    atomic_fetch_add(&world->counters[set]->energy_uj, energy_uj);
}

void world_spend_idle(struct world *world, uint64_t energy_uj, uint64_t idle_uj)
{
    world_spend(world, 0, energy_uj);
    atomic_fetch_add(&world->counters[0]->idle_uj, idle_uj);
}

void world_work(struct world *world, size_t rank, unsigned long long ticks)
{
    world->trials[rank] += ticks;
    world->busy += ticks;
    world_show(world);
}

double world_tick_s(void)
{
    return (double)cpu_times_tick_ns() * 1e-9;
}

struct idle_power world_idle(double power_w)
{
    return (struct idle_power){
        .source = IDLE_MEASURED, .power_w = power_w, .samples = 20, .window_s = 2};
}

struct ledger_overhead world_collect(struct ledger *ledger)
{
    struct ledger_overhead overhead;
    ledger_collect(ledger, &overhead);
    return overhead;
}

struct ledger_host world_books(struct world *world, size_t set)
{
    struct ledger_host host;
    struct ledger_block *block = world->ledgers[0]->block;
    assert_true(ledger_block_lock(block, true));
    ledger_sum(ledger_block_books(block), WORLD_RANKS, set, &host);
    ledger_block_unlock(block);
    assert_int_equal(ledger_booked_uj(&host), host.metered_uj);
    return host;
}
