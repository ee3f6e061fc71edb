/* objective.h - the value of an objective: a metric that the trial reports, or a figure that
 * Wattune measures itself. Threading: no shared state. */
#ifndef ORCHESTRATOR_OBJECTIVE_H
#define ORCHESTRATOR_OBJECTIVE_H

#include "search/trial.h"
#include "worker/outcome.h"

#include <stdbool.h>

/* True for the figures that Wattune measures ("energy_j", "duration_s", ...): a trial must not
 * report them. */
bool objective_measured(const char *metric);

/* The metrics among the objectives that a trial must report, ended by NULL, to free(); the
 * texts are borrowed. NULL when out of memory. */
const char **objective_reported_list(const struct objective *objectives, size_t n);

/* True for the measured figures that need a meter. */
bool objective_needs_energy(const char *metric);

/* The figure of one attempt, measured or reported; NaN when there is none. */
double objective_value(const struct outcome *outcome, const char *metric);

/* The joules of one attempt, idle share included; NaN when no meter worked. */
double objective_energy_j(const struct energy *energy);

#endif
