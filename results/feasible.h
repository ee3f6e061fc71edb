/* feasible.h - which complete trials keep the constraints of their study. Threading: no shared
 * state. */
#ifndef RESULTS_FEASIBLE_H
#define RESULTS_FEASIBLE_H

#include "results/snapshot.h"
#include "results/table.h"

/* Of a complete trial; without constraints each is feasible. */
enum feasibility feasible_judge(const struct study_record *study,
                                const struct trial_record *trial);

/* Complete trials, and how many of them keep the constraints, break one, or lack a metric that
 * one is on. */
struct feasible_counts {
    size_t complete, feasible, infeasible, unknown;
};

/* Of one arm, or of all (NULL). */
struct feasible_counts feasible_count(const struct snapshot *snapshot,
                                      const struct snapshot_arm *arm);

/* Say below a table what the constraints are and how many trials keep them; nothing for a study
 * without. */
void feasible_add_note(const struct snapshot *snapshot, struct table *table);

#endif
