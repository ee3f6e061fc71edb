/* ledger_world.h - a made /proc, fake meters in several sets and one shared block, of which one
 * process plays all ranks. For tests of the books. */
#ifndef TESTS_WORKER_LEDGER_WORLD_H
#define TESTS_WORKER_LEDGER_WORLD_H

#include "tests/worker/fake_meter.h"
#include "tests/worker/tree.h"
#include "worker/ledger.h"

#define WORLD_RANKS 3
#define WORLD_SETS 3 /* the booked one, and two beside */

/* Trials of the ranks: above the largest number that Linux gives to a process. */
#define WORLD_TRIAL(rank) (4194400 + (int)(rank))

struct world {
    struct tree *tree;
    struct fake_counter *counters[WORLD_SETS];
    struct meter fakes[WORLD_SETS];
    struct meter_choice meters;
    void *shared;
    struct ledger *ledgers[WORLD_RANKS];
    int64_t time_ns;                        /* of the meters */
    unsigned long long busy, own;           /* clock ticks so far */
    unsigned long long trials[WORLD_RANKS]; /* of the trials' processes */
};

/* cmocka set-up and tear-down: *state is a struct world whose ranks have not joined. */
int world_setup(void **state);
int world_teardown(void **state);
#define world_test(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

/* Write what the processes have used so far into /proc. */
void world_show(struct world *world);
struct ledger *world_join(struct world *world, size_t rank, enum ledger_role role);

/* The meters' time goes on, and a set's counters (GPUs apart) with it. */
void world_wait(struct world *world, int64_t time_ms);
void world_spend(struct world *world, size_t set, uint64_t energy_uj);
/* The booked set spends, and its meter tells how much of that was idle energy. */
void world_spend_idle(struct world *world, uint64_t energy_uj, uint64_t idle_uj);
/* A rank's trial works so many ticks. */
void world_work(struct world *world, size_t rank, unsigned long long ticks);

double world_tick_s(void);
/* Idle power as measured, for ledger_set_idle(). */
struct idle_power world_idle(double power_w);

/* Cut. */
struct ledger_overhead world_collect(struct ledger *ledger);

/* The sums of one set's books at the last cut, which balance. */
struct ledger_host world_books(struct world *world, size_t set);

#endif
