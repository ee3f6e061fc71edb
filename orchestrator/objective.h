/* objective.h - the value of an objective: a metric that the trial reports, or a figure that
 * Wattune measures itself. Threading: no shared state. */
#ifndef ORCHESTRATOR_OBJECTIVE_H
#define ORCHESTRATOR_OBJECTIVE_H

#include "results/record.h"
#include "search/trial.h"
#include "worker/outcome.h"

#include <stdbool.h>

enum { OBJECTIVE_MEASURED = 8 }; /* figures that Wattune measures */

/* Those that add up over time (joules and seconds), of one trial after another: a trial that
 * goes on from a checkpoint counts what it took to get there. The others are 0. */
struct objective_sums {
    double figures[OBJECTIVE_MEASURED];
};
/* True for the figures that Wattune measures ("energy_j", "duration_s", ...): a trial must not
 * report them. */
bool objective_measured(const char *metric);

/* The metrics among the objectives that a trial must report, ended by NULL, to free(); the
 * texts are borrowed. NULL when out of memory. */
const char **objective_reported_list(const struct objective *objectives, size_t n);

/* True for the measured figures that need a meter. */
bool objective_needs_energy(const char *metric);

/* The figure of a trial, measured or reported, after its last attempt; NaN when there is none.
 * `before` has the sums of the trials that it continues; zeros for none. */
double objective_value(const struct outcome *outcome, const char *metric,
                       const struct objective_sums *before);

/* The sums up to the end of this attempt. */
struct objective_sums objective_add_up(const struct outcome *outcome,
                                       const struct objective_sums *before);

/* One way after another. */
struct objective_sums objective_join(const struct objective_sums *a,
                                     const struct objective_sums *b);

/* Add what is known of an attempt that came to nothing. */
void objective_add_known(struct objective_sums *sums, const struct outcome *outcome);

/* What Wattune measured of a stored attempt; it owns nothing. */
struct outcome objective_stored(const struct attempt_record *attempt);

/* The joules of one attempt, idle share included; NaN when no meter worked. */
double objective_energy_j(const struct energy *energy);

#endif
