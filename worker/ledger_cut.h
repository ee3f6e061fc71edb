/* ledger_cut.h - close an interval: read everything, split the steps, book the parts.
 * For the ledger's own files only. */
#ifndef WORKER_LEDGER_CUT_H
#define WORKER_LEDGER_CUT_H

#include "worker/busy_clock.h"
#include "worker/ledger_books.h"
#include "worker/process_table.h"
#include "worker/rank_clock.h"
#include "worker/trial_cpu.h"

/* What this process knows of the rank in one slot and of its trial. Every rank watches all
 * trials, and the books hold what was booked, so the next cut can be anybody's. */
struct ledger_watch {
    struct rank_clock clock;
    struct trial_cpu *cpu; /* of the trial of that number; NULL */
    uint64_t trial_number;
    int64_t since_ns;   /* when this process began to watch it; monotonic */
    uint64_t seen_ns;   /* by this process at its last look */
    uint64_t booked_ns; /* by anybody at that time */
    bool dead;          /* the rank was found dead at this cut */
};

/* Where one set's books stood when this rank's trial began. */
struct ledger_mark {
    struct ledger_account account;
    struct ledger_record record;
};

struct ledger {
    struct ledger_block *block;
    const struct meter_set *sets[LEDGER_SETS]; /* the booked one, then those beside */
    size_t n_sets;
    /* Where the readings of a set's meters are in the books: one after another, but those of
     * GPUs from the end, since not every rank has them. */
    size_t places[LEDGER_SETS][METERS_MAX];
    char choice[LEDGER_CHOICE_TEXT];
    char *root;
    struct cgroup_mount mount;
    struct busy_clock busy;
    size_t n_ranks, rank;
    struct process_table *processes;
    int64_t thorough_at_ns;       /* when to look at all processes; monotonic */
    int64_t youngest_ns;          /* since when the newest trial is watched through /proc */
    double look_s;                /* what the last listing of processes took */
    bool exact;                   /* clocks of processes may be read */
    struct ledger_watch *watches; /* [n_ranks] */
    uint64_t *weights;            /* [3 n_ranks + 1], nanoseconds, of the last cut */
    uint64_t *shares;             /* [3 n_ranks + 1], what is split by */
    int64_t *parts;               /* the same, microjoules */
    struct ledger_mark begin[LEDGER_SETS]; /* of the running trial */
    uint32_t skews_at_begin;
    struct energy beside[ENERGY_BESIDE_MAX]; /* of the trial that ended last */
};

/* Read the meters into books that are new. */
void ledger_cut_first(struct ledger *ledger, struct ledger_books *books);

/* Bring a copy of the books to this moment. new_processes looks for them now rather than now
 * and then; cpu_s is what this rank's trial has used in all, NaN when only what can be seen is
 * known. The books of each set balance afterwards: asserted. */
void ledger_cut_books(struct ledger *ledger, struct ledger_books *books, bool new_processes,
                      double cpu_s);

/* Lock, and bring a copy of the books to this moment. NULL when the books are lost. */
struct ledger_books *ledger_begin_cut(struct ledger *ledger, bool new_processes, double cpu_s);
void ledger_end_cut(struct ledger *ledger);

/* The slot's trial is over; and so is the slot's rank. What was booked to them stays. */
void ledger_slot_end_trial(struct ledger_slot *slot);
void ledger_slot_leave(struct ledger_slot *slot);

/* The quality of a stretch of a rank's account that had so many parts of shared GPUs. */
enum energy_quality ledger_quality(const struct meter_set *set, uint64_t shared_gpu_parts);

/* Sum up the accounts of a set. */
void ledger_sum(const struct ledger_books *books, size_t n_ranks, size_t set,
                struct ledger_host *host);
/* The sum of a host's parts. */
int64_t ledger_booked_uj(const struct ledger_host *host);

#endif
