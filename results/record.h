/* record.h - the rows that the store keeps, as plain structs.
 *
 * Strings are borrowed in what is handed to the store, and owned by the record in what it hands
 * out (free them with the record's _free function). A figure that does not exist is NaN (or -1
 * for counts): it is stored as NULL, never as 0. */
#ifndef RESULTS_RECORD_H
#define RESULTS_RECORD_H

#include "base/strbuf.h"
#include "search/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a study is, for good: written once. */
struct study_record {
    const char *name;
    const char *json; /* the study file's text, whole, so that a resume needs nothing else */
    /* of the study file, absolute: relative paths in it start from its folder */
    const char *path;
    uint64_t seed;
    const char *idle_policy;
    const char *energy_meters; /* chosen on rank 0's host, for the record */
    const char *energy_quality;
    const char *reason; /* why it ended early; NULL: it did not; ignored when written */
    const struct objective *objectives;
    size_t n_objectives;
    const struct constraint *constraints;
    size_t n_constraints;
    const char *const *params; /* names, in the order of the space */
    size_t n_params;
    /* What its search starts from. Not read with the study: store_load_earlier(). */
    const struct earlier_record *earlier;
    size_t n_earlier;
};

/* What energy_meters says of a study that `wattune simulate` made: no resume goes on with it.
 */
#define METERS_SIMULATED "simulated"
bool study_is_simulated(const struct study_record *study);

bool study_has_objective(const struct study_record *study, const char *metric);

/* A complete trial of another study, as far as this one's search is concerned. */
struct earlier_record {
    const char *source;        /* its database, as the study names it */
    const char *name;          /* there: "bayes.0.17" */
    const char *params;        /* JSON object */
    const double *values;      /* [n_objectives] of this study's, finite */
    const double *constrained; /* [n_constraints] likewise, NaN where unknown; may be NULL */
    double energy_j;           /* of all its attempts; NaN when unknown */
};

/* X(name, text): what became of a study; the texts are those of the database. */
#define STUDY_STATE_LIST(X)                                                                    \
    X(RUNNING, "running")                                                                      \
    X(DONE, "done")                                                                            \
    X(INTERRUPTED, "interrupted")                                                              \
    X(BROKEN, "broken")

enum study_state {
#define STUDY_STATE_ENUM(name, text) STUDY_##name,
    STUDY_STATE_LIST(STUDY_STATE_ENUM)
#undef STUDY_STATE_ENUM
};

const char *study_state_text(enum study_state state);
/* The state of a text, or -1. */
int study_state_from_text(const char *text);

/* One strategy in one repeat. Arms are numbered from 0 in the order that they run. */
struct arm_record {
    uint32_t number;
    /* its name in tables, unique among the strategies of the study: "bayes", "bayes-2" */
    const char *strategy;
    uint32_t repeat; /* from 0 */
    uint64_t seed;
};

struct trial_record {
    uint32_t arm;
    uint64_t number;
    uint64_t seed;
    enum trial_state state;
    int64_t told; /* the place of its result in the order of telling, from 0; -1: not told */
    const char *params;   /* JSON object */
    const double *values; /* [n_objectives], NaN unless complete; may be NULL */
    /* [n_constraints], the metrics of the constraints, NaN where unknown; may be NULL */
    const double *constrained;
    /* As the strategy was told, to the bit: of all attempts, idle policy "equal"; NaN when
     * unknown. The books are in the attempts. */
    double energy_j;
    int64_t continues; /* the trial of its arm from whose checkpoint it goes on; TRIAL_NONE */
    uint32_t attempts; /* how many were started: counted when read, ignored when written */
};

struct metric_record {
    const char *name;
    double value;
};

/* The joules of an attempt, and how they were found. */
struct energy_record {
    /* "none": there is no figure, the joules are stored as NULL and read as 0 */
    const char *quality;
    const char *meters;
    const char *method; /* NULL: unknown */
    int64_t dynamic_uj, idle_uj, low_uj, high_uj;
    uint32_t wraps, gaps;
    /* -1: unknown, in databases that version 1 wrote: it counted the first among the gaps */
    int64_t ambiguous, skews;
};

/* False when no meter worked, or when there is no end yet. */
bool energy_known(const struct energy_record *energy);
/* Dynamic and idle energy (idle policy "equal"); NaN when there is no figure. */
double energy_joules(const struct energy_record *energy);

/* One attempt. Those handed to store_finish_attempt() have ended. Among those read back, one
 * that still runs has state TRIAL_RUNNING, ended_at_us -1 and none of the figures. */
struct attempt_record {
    uint32_t arm;
    uint64_t trial;
    uint32_t attempt; /* from 1 */
    /* The place of its end among the ends of its arm, from 0; -1 while it runs. Counted by the
     * store, ignored when written. */
    int64_t ending;
    enum trial_state state;
    const char *reason;      /* NULL when complete */
    const char *stderr_tail; /* NULL when there is none */
    const char *host;
    uint32_t worker; /* rank */
    int64_t started_at_us, ended_at_us;
    double duration_s, cpu_s, peak_memory_mb;
    int64_t epochs_done;         /* -1: unknown */
    struct energy_record energy; /* what is booked */
    const struct energy_record
        *beside; /* by each meter that ran beside, in the study's order */
    size_t n_beside;
    const struct metric_record *metrics;
    size_t n_metrics;
};

/* False when no meter worked or the attempt still runs. */
bool attempt_has_energy(const struct attempt_record *attempt);
/* Dynamic and idle energy (idle policy "equal"), joules; NaN when there is no figure. */
double attempt_energy_j(const struct attempt_record *attempt);
/* Append "bayes.0.17", with "#2" behind it for a second attempt. */
void attempt_append_name(const struct attempt_record *attempt, const struct arm_record *arm,
                         struct strbuf *out);

/* Numbers that an attempt reported at one step. */
struct report_record {
    uint32_t arm;
    uint64_t trial;
    uint32_t attempt;
    double step;
    const struct metric_record *metrics;
    size_t n_metrics;
};

/* Energy outside of trials, booked to the arm that ran meanwhile. */
struct overhead_record {
    uint32_t arm;
    /* How many attempts of the arm had ended before it was booked. Counted by the store,
     * ignored when written. */
    int64_t after;
    const char *host;
    const char *quality; /* "none": the joules are stored as NULL and read as 0 */
    int64_t waiting_uj, search_uj, orchestrator_uj;
    double search_cpu_s; /* in ask and tell */
};

/* The three together; NaN when there is no figure. */
double overhead_joules(const struct overhead_record *overhead);

/* The books of a host at one cut: all that was booked there since they were opened. Every run
 * of a study opens books of its own. The parts from trials_uj to unattributed_uj sum exactly to
 * metered_uj. */
struct host_record {
    const char *host;
    int64_t opened_at_us;
    int64_t
        intervals; /* between cuts, that have a figure; rises from row to row of the books */
    int64_t cut_at_us;
    const char *quality, *meters;
    int64_t metered_uj, low_uj, high_uj;
    int64_t trials_uj;      /* above idle */
    int64_t trials_idle_uj; /* idle energy while they ran */
    int64_t waiting_uj;     /* idle energy of workers without a trial */
    int64_t search_uj, orchestrator_uj, other_uj, unattributed_uj;
    int64_t longest_interval_ms;
    int64_t wraps, gaps, ambiguous, skews;
    int64_t negative; /* of the gaps, counters that went back, jumped or stood still */
    int64_t deaths;   /* ranks that were found dead */
};

/* Do the parts sum to what was metered? False for negative ones, too. */
bool host_record_closes(const struct host_record *row);

/* What a host uses while nobody works there. */
struct idle_record {
    const char *host;
    int64_t opened_at_us; /* of the books that it is for */
    int64_t position;     /* 0: of the booked meters; 1 and on: of those beside */
    const char *meters;
    const char *source;          /* "unknown", "meter", "measured" or "site" */
    double power_w, deviation_w; /* NaN: unknown, as the next two */
    int64_t samples;             /* -1: none were taken */
    double window_s, busy;
};

/* The qualities of a figure from worst ("none") to best ("measured"), the names of
 * worker/energy.h: a rank from 0, or -1 for an unknown name. Sums are as good as their worst
 * part. */
int energy_quality_rank(const char *name);
const char *energy_quality_name(int rank);

#endif
