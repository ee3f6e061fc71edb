/* ledger_cut.h - close an interval: read everything, split the step, book the parts.
 * For ledger.c only. */
#ifndef WORKER_LEDGER_CUT_H
#define WORKER_LEDGER_CUT_H

#include "worker/ledger_books.h"
#include "worker/process_table.h"
#include "worker/trial_cpu.h"

/* What this process knows of the trial in one slot. Every rank watches all trials, and the
 * books hold what was booked, so the next cut can be anybody's. */
struct ledger_watch {
    struct trial_cpu *cpu;
    uint64_t trial_number;
    uint64_t seen_ns;   /* by this process at its last look */
    uint64_t booked_ns; /* by anybody at that time */
    bool dead;          /* the rank was found dead at this cut */
};

struct ledger {
    struct ledger_block *block;
    const struct meter_set *meters;
    char *root;
    size_t n_ranks, rank;
    struct process_table *processes;
    int64_t refreshed_ns;         /* when the table was; monotonic */
    struct ledger_watch *watches; /* [n_ranks] */
    uint64_t *weights;            /* [3 n_ranks + 1], nanoseconds */
    int64_t *parts;               /* the same, microjoules */
};

/* Read the meters into books that are new. */
void ledger_cut_first(struct ledger *ledger, struct ledger_books *books);

/* Bring a copy of the books to this moment. new_processes looks for them now rather than now
 * and then; cpu_s is what this rank's trial has used in all, NaN when only what can be seen is
 * known. The books balance afterwards: asserted. */
void ledger_cut_books(struct ledger *ledger, struct ledger_books *books, bool new_processes,
                      double cpu_s);

/* Sum up the accounts. */
void ledger_sum(const struct ledger_books *books, size_t n_ranks, struct ledger_totals *totals);
int64_t ledger_booked_uj(const struct ledger_totals *totals);

#endif
