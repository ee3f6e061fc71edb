/* ledger.h - the books of a node: who used which joule.
 *
 * The ranks of a host share one block of memory. Any rank may cut an interval: under a robust
 * process-shared mutex it reads the meters and every rank's processor time back to back, and
 * books the interval's microjoules: idle to the workers in equal parts, a GPU's to its holder,
 * the rest by processor time to trials, search, orchestrator and other processes. The booked
 * meters and each one that runs beside have books of their own, made alike. No rank owns the
 * ledger, so none can take it along when it dies. Threading: one struct ledger per process,
 * used by one thread.
 */
#ifndef WORKER_LEDGER_H
#define WORKER_LEDGER_H

#include "base/status.h"
#include "worker/energy.h"
#include "worker/idle_window.h"
#include "worker/meter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What a rank does with its time besides running trials. */
enum ledger_role {
    LEDGER_WORKER,      /* runs trials; has an equal part of the idle energy */
    LEDGER_COORDINATOR, /* searches and orchestrates; has no part of it */
    LEDGER_BOTH         /* one process does both */
};

/* What was spent outside of trials since the last ledger_collect() of this rank. Microjoules.
 */
struct ledger_overhead {
    enum energy_quality quality;
    int64_t waiting_uj;      /* a worker's part of the idle energy, and its GPUs', while it ran
                                no trial */
    int64_t search_uj;       /* in ask and tell */
    int64_t orchestrator_uj; /* the rest of the rank's own processor time */
};

/* What the booked meters of the host counted since the books were opened, and where it went.
 * All of it only grows, so that two looks differ by what was between them. The parts from
 * trials_uj to unattributed_uj sum exactly to metered_uj. */
struct ledger_host {
    enum energy_quality quality; /* NONE: no figure yet */
    char meters[96];             /* as in struct energy */
    int64_t opened_at_us;        /* realtime */
    int64_t cut_at_us; /* that, and what has passed since: setting the clock does not move it */
    int64_t metered_uj;
    int64_t low_uj, high_uj; /* bounds on it */
    int64_t trials_uj;       /* their share of what was used above idle */
    int64_t trials_idle_uj;  /* idle energy while they ran */
    int64_t waiting_uj;      /* idle energy of workers without a trial, and of their GPUs */
    int64_t search_uj, orchestrator_uj;
    int64_t other_uj;        /* processes that are none of ours, GPUs that no rank holds */
    int64_t unattributed_uj; /* no processor was busy, or no worker was there for the idle part
                              */
    uint64_t intervals; /* in which joules were booked: looks with the same number differ in
                           no joule */
    uint32_t longest_interval_ms;
    uint32_t wraps, gaps, ambiguous;
    uint32_t negative; /* of the gaps, counters that went back, jumped or stood still */
    uint32_t skews;    /* clocks that disagreed and were clamped */
    uint32_t deaths;   /* ranks that were found dead */
};

struct ledger;

/* Bytes of shared memory for a host with this many ranks. The block must be zero before the
 * first open. */
size_t ledger_shared_size(size_t n_ranks);

/* Join the books in `shared` (NULL: private books, for a single process). `rank` is this rank's
 * number on the host, 0 .. n_ranks - 1. The meters are borrowed and must be the same choice on
 * every rank of the host, but that each may see other GPUs, or none, and book no meter of
 * theirs; the processes are looked up below meter_root(). A rank that died is replaced by
 * whoever joins with its number. Errors: ST_NOMEM; ST_INVALID (another number of ranks or other
 * meters than the books are for, or a rank too high); ST_BUSY (the rank's place is held by a
 * live process). */
enum status ledger_open(struct ledger **out, void *shared, size_t n_ranks, size_t rank,
                        enum ledger_role role, const struct meter_choice *meters,
                        struct error *err);
/* Cuts, and leaves the books to the others. NULL is safe. */
void ledger_close(struct ledger *ledger);

/* The idle power of a set of meters on this host, for all ranks: 0 is the booked one, 1 and on
 * those beside. From here on an interval's idle energy is this power times its time, at most
 * what the meters of package, dram and node counted in it; a meter that tells its idle energy
 * itself goes first. Cuts, so that what was before is booked as it was. */
void ledger_set_idle(struct ledger *ledger, size_t set, const struct idle_power *idle);
/* What was set last by any rank; IDLE_UNKNOWN when nothing was. */
void ledger_get_idle(struct ledger *ledger, size_t set, struct idle_power *idle);

/* What a set's meters had counted at the last cut: the points of a quiet window. time_ns is 0
 * when there is no such set, or no cut yet. */
void ledger_idle_point(struct ledger *ledger, size_t set, struct idle_point *point);
/* Overhead counts from here on, for all ranks of the host: what was spent before, in setting up
 * and in the quiet window, is in the host's books only. Cuts. */
void ledger_begin_overhead(struct ledger *ledger);
/* How many ranks of the host have joined the books. */
size_t ledger_joined(struct ledger *ledger);

/* The GPUs that this rank's trials run on, by the ids of struct gpu_step; at most METER_GPUS
 * are kept. Their energy is its trial's while one runs, else waiting. That of a GPU which
 * several ranks hold is divided by the processor time of their trials, and modelled therefore;
 * of one that nobody holds it is that of other processes. Cuts. */
void ledger_set_gpus(struct ledger *ledger, const uint64_t *ids, size_t n);

/* Close the interval now; does little when the last cut is younger than a millisecond. */
void ledger_cut(struct ledger *ledger);
/* Cut if the last cut of any rank is older than a tenth of a second. Call it often. */
void ledger_tick(struct ledger *ledger);

/* This rank's trial begins: `root` leads its process tree (a child of this process, and all
 * that it starts: see trial_cpu.h), 0 when it runs inside the rank. Cuts. */
void ledger_trial_begin(struct ledger *ledger, pid_t root);
/* It ended and was reaped, having used cpu_s in all (NaN: what was seen last). Cuts and answers
 * its energy by the booked meters. */
void ledger_trial_end(struct ledger *ledger, double cpu_s, struct energy *energy);
/* The energy of the trial that ended last by each meter beside, in the choice's order. Answers
 * how many there are. */
size_t ledger_trial_beside(const struct ledger *ledger,
                           struct energy beside[ENERGY_BESIDE_MAX]);

/* This rank's running trial (or its last) and its node at the last cut, without cutting. What
 * happened between two cuts is the difference of their views. */
struct ledger_view {
    int64_t cut_ns; /* monotonic */
    /* That were measured: when two views have the same, nothing is known of the energy between
     * them. */
    uint64_t intervals;
    uint64_t trial_cpu_ns; /* processor time booked to the trial */
    int64_t trial_uj;      /* dynamic and idle energy booked to it */
    int64_t node_uj;       /* what the node's meters counted since the books were opened */
};
/* False when the books are lost. */
bool ledger_look(struct ledger *ledger, struct ledger_view *view);

/* This rank begins to ask or tell: until ledger_add_search() its processor time is the
 * search's, whoever cuts meanwhile. */
void ledger_begin_search(struct ledger *ledger);
/* This rank used cpu_s of its own processor time in ask and tell. */
void ledger_add_search(struct ledger *ledger, double cpu_s);

/* What was spent outside of trials since the last call. Cuts. */
void ledger_collect(struct ledger *ledger, struct ledger_overhead *overhead);

/* The books of the host as they are at the last cut. */
void ledger_host(struct ledger *ledger, struct ledger_host *host);

#endif
