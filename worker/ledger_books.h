/* ledger_books.h - the block of memory that the ranks of a host share, and how it stays whole
 * when a rank is killed at any moment.
 *
 * The block holds the books twice. Whoever holds the mutex copies the books in force to the
 * spare ones, changes those, and brings them into force by the one store of an index. A rank
 * that is killed in between has changed nothing: the kernel passes its robust mutex on, and the
 * next holder starts from the books in force. There are no pointers in the block, because each
 * rank sees it at an address of its own. */
#ifndef WORKER_LEDGER_BOOKS_H
#define WORKER_LEDGER_BOOKS_H

#include "base/status.h"
#include "worker/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The sets of meters that have books: the booked one, then each that runs beside. */
#define LEDGER_SETS (1 + ENERGY_BESIDE_MAX)
#define LEDGER_READINGS (METERS_MAX + ENERGY_BESIDE_MAX)

/* The weights of a slot: nanoseconds of processor time. */
enum { TRIAL, SEARCH, ORCHESTRATOR, SLOT_WEIGHTS };

/* What was booked to a rank. Microjoules; they only grow. */
struct ledger_account {
    int64_t dynamic_uj, idle_uj; /* of its trials */
    int64_t low_uj, high_uj;     /* bounds on the sum of those two */
    int64_t waiting_uj;          /* while it ran no trial: idle energy, and its GPUs' */
    int64_t search_uj;
    int64_t orchestrator_uj;
    uint64_t gpu_parts,
        shared_gpu_parts; /* how often it had energy of a GPU, of a shared one */
};

/* The quality of a stretch of the books: what happened from one moment to another is the
 * difference. They only grow. */
struct ledger_record {
    uint64_t answers;   /* cuts at which each meter gave a figure */
    uint64_t bookings;  /* cuts at which joules were booked */
    uint64_t intervals; /* cuts that were both: they have a figure */
    uint32_t wraps, gaps, ambiguous, negative;
};

/* The books of one set of meters, ranks apart. Microjoules. */
struct ledger_set_books {
    struct idle_power idle;
    bool meter_tells_idle; /* its steps hold idle energy */
    int64_t metered_uj, low_uj, high_uj;
    int64_t host_uj;         /* of metered_uj, all but GPUs */
    int64_t read_ns;         /* when its meters were read last; monotonic */
    int64_t other_uj;        /* processes that are none of ours, GPUs that no rank holds */
    int64_t unattributed_uj; /* nobody was busy, or nobody works here */
    struct ledger_record record;
    int64_t longest_ns;
    /* Since its counters last moved: a slow meter's interval spans several cuts. */
    int64_t pending_time_ns;
    uint64_t pending_other_ns;
};

/* A rank's part in the books of one set. */
struct ledger_stake {
    struct ledger_account account;
    uint64_t pending_ns[SLOT_WEIGHTS]; /* weights since the set's counters last moved */
};

struct ledger_slot {
    pid_t pid; /* 0: nobody */
    uint64_t start_ticks;
    enum ledger_role role;
    int64_t own_ns; /* of the rank's processor time less its search, booked so far; it starts
                       with what was used before it joined */
    uint64_t search_ns; /* of its search clock, booked so far */
    bool in_trial;
    pid_t trial_root;          /* 0: the trial runs inside the rank */
    uint64_t trial_number;     /* tells a trial from those before, on any rank */
    uint64_t trial_cpu_ns;     /* of the trial's processes: booked so far */
    uint64_t gpus[METER_GPUS]; /* that it holds */
    size_t n_gpus;
    struct ledger_stake stakes[LEDGER_SETS];
    struct ledger_account at_collect; /* of the booked set */
    uint64_t answers_at_collect;
};

/* What tells one choice of meters from another. */
#define LEDGER_CHOICE_TEXT 512

struct ledger_books {
    char choice[LEDGER_CHOICE_TEXT];
    int64_t opened_ns, cut_ns;                      /* monotonic */
    int64_t opened_at_us;                           /* realtime */
    struct meter_reading readings[LEDGER_READINGS]; /* places: see struct ledger */
    uint64_t busy_ns; /* of the machine's processors at the last cut; 0: not known */
    int64_t lead_ns; /* by how much our processes have been booked ahead of the machine's ticks;
                        others wait so long */
    uint64_t n_trials;
    uint32_t skews;  /* clocks that disagreed and were clamped */
    uint32_t deaths; /* ranks that were found dead */
    struct ledger_set_books sets[LEDGER_SETS];
    struct ledger_slot slots[];
};

/* This process's view of the block. */
struct ledger_block;

/* Attach to the block, and set it up if it is all zero: `setup` fills the first books, under
 * the protection of being the only one. memory NULL maps a private block. Errors: ST_NOMEM;
 * ST_INVALID (made for another number of ranks). */
enum status ledger_block_attach(struct ledger_block **out, void *memory, size_t n_ranks,
                                void (*setup)(struct ledger_books *books, void *context),
                                void *context, struct error *err);
void ledger_block_detach(struct ledger_block *block);

/* Take the mutex; wait = false answers false when another holds it. False also when the mutex
 * is broken beyond repair. */
bool ledger_block_lock(struct ledger_block *block, bool wait);
void ledger_block_unlock(struct ledger_block *block);

/* Holding the mutex: the books in force, and a fresh copy to change. The copy comes into force
 * by ledger_block_commit() and is forgotten otherwise. */
const struct ledger_books *ledger_block_books(const struct ledger_block *block);
struct ledger_books *ledger_block_copy(struct ledger_block *block);
void ledger_block_commit(struct ledger_block *block);

/* Without the mutex: when the books in force were cut (monotonic). */
int64_t ledger_block_cut_ns(const struct ledger_block *block);

/* Without the mutex: the processor time of a rank's search so far, the present one's included;
 * cpu_ns is what the rank's process has used now, 0 when that is not known. Only the rank
 * itself says that a search begins, at that time of its process's clock, and what it took. */
uint64_t ledger_block_search_ns(const struct ledger_block *block, size_t rank, uint64_t cpu_ns);
void ledger_block_begin_search(struct ledger_block *block, size_t rank, uint64_t cpu_ns);
void ledger_block_add_search(struct ledger_block *block, size_t rank, uint64_t cpu_ns);

#endif
