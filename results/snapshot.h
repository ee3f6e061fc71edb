/* snapshot.h - a study at one moment: all that the tables are made of, except the reports.
 *
 * Threading: read-only once loaded. */
#ifndef RESULTS_SNAPSHOT_H
#define RESULTS_SNAPSHOT_H

#include "results/store.h"

struct snapshot_arm {
    const struct arm_record *arm; /* in the snapshot's list */
    struct trial_record *trials;  /* by number */
    size_t n_trials;
    struct attempt_record *attempts; /* by trial and attempt */
    size_t n_attempts;
    /* [n_attempts] joules by the study's idle policy; NaN where there is no figure */
    double *attempt_j;
    struct overhead_record *overhead; /* by the endings before it */
    size_t n_overhead;
};

struct snapshot {
    struct study_record *study;
    enum study_state state;
    struct arm_record *arm_records;
    struct snapshot_arm *arms;
    size_t n_arms;
};

/* Errors: those of the store; ST_NOMEM. */
enum status snapshot_load(struct snapshot **out, struct store *store, struct error *err);
void snapshot_free(struct snapshot *snapshot);

/* The last attempt of a trial that has begun, or NULL. */
const struct attempt_record *snapshot_last_attempt(const struct snapshot_arm *arm,
                                                   uint64_t trial);

/* Trial number `trial`, or NULL. */
const struct trial_record *snapshot_trial(const struct snapshot_arm *arm, uint64_t trial);

/* The trial that a trial continues, or NULL. */
const struct trial_record *snapshot_continued(const struct snapshot_arm *arm,
                                              const struct trial_record *trial);

/* What it took to get to a trial's end: the joules of all its attempts, and of those of the
 * trials that it continues, by the study's idle policy. NaN when none of a trial's has a
 * figure. */
double snapshot_trial_j(const struct snapshot_arm *arm, const struct trial_record *trial);

/* Append ", continues bayes.0.17" for a trial that does. */
void snapshot_append_continued(const struct snapshot_arm *arm, uint64_t trial,
                               struct strbuf *out);

/* How many repeats the arm with most of them makes: 1 or more unless there are no arms. */
uint32_t snapshot_repeats(const struct snapshot *snapshot);

#endif
