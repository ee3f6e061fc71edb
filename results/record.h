/* record.h - the rows that the store keeps, as plain structs.
 *
 * Strings are borrowed in what is handed to the store, and owned by the record in what it hands
 * out (free them with the record's _free function). A figure that does not exist is NaN (or -1
 * for counts): it is stored as NULL, never as 0. */
#ifndef RESULTS_RECORD_H
#define RESULTS_RECORD_H

#include "search/trial.h"

#include <stddef.h>
#include <stdint.h>

/* What a study is, for good: written once. */
struct study_record {
    const char *name;
    const char *json; /* the study file's text, whole, so that a resume needs nothing else */
    const char
        *path; /* of the study file, absolute: relative paths in it start from its folder */
    uint64_t seed;
    const char *idle_policy;
    const char *energy_meters; /* chosen on rank 0's host, for the record */
    const char *energy_quality;
    const struct objective *objectives;
    size_t n_objectives;
    const char *const *params; /* names, in the order of the space */
    size_t n_params;
};

enum study_state { STUDY_RUNNING, STUDY_DONE, STUDY_INTERRUPTED, STUDY_BROKEN };

/* One strategy in one repeat. Arms are numbered from 0 in the order that they run. */
struct arm_record {
    uint32_t number;
    const char *strategy; /* its name in tables, unique among the strategies of the study:
                             "bayes", "bayes-2" */
    uint32_t repeat;      /* from 0 */
    uint64_t seed;
};

struct trial_record {
    uint32_t arm;
    uint64_t number;
    uint64_t seed;
    enum trial_state state;
    int64_t
        told; /* the place of its result in the order of telling, from 0; -1 when not told */
    const char *params;   /* JSON object */
    const double *values; /* [n_objectives], NaN unless complete; may be NULL */
    double energy_j;      /* of all attempts, idle policy "equal"; NaN when unknown */
    uint32_t attempts;    /* how many were started */
};

struct metric_record {
    const char *name;
    double value;
};

/* One attempt that ended. */
struct attempt_record {
    uint32_t arm;
    uint64_t trial;
    uint32_t attempt; /* from 1 */
    enum trial_state state;
    const char *reason;      /* NULL when complete */
    const char *stderr_tail; /* NULL when there is none */
    const char *host;
    uint32_t worker; /* rank */
    int64_t started_at_us, ended_at_us;
    double duration_s, cpu_s, peak_memory_mb;
    int64_t epochs_done;        /* -1: unknown */
    const char *energy_quality; /* "none": the joules are NULL */
    const char *energy_meters;
    int64_t dynamic_uj, idle_uj, low_uj, high_uj;
    uint32_t wraps, gaps;
    const struct metric_record *metrics;
    size_t n_metrics;
};

/* Energy outside of trials, booked to the arm that ran meanwhile. */
struct overhead_record {
    uint32_t arm;
    const char *host;
    const char *quality;
    int64_t waiting_uj, search_uj, orchestrator_uj;
    double search_cpu_s; /* in ask and tell */
};

#endif
