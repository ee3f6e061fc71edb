/* function_trial.h - a trial of the kind "function": a built-in function of the point's
 * numbers, in their order. Threading: no shared state. */
#ifndef WORKER_FUNCTION_TRIAL_H
#define WORKER_FUNCTION_TRIAL_H

#include "worker/attempt.h"
#include "worker/outcome.h"

/* Evaluate it, with noise that follows from the attempt's seed, and add the metrics "value"
 * (and "value2") to the outcome. Errors: ST_INVALID for a wrong number of parameters,
 * ST_NUMERIC for a value that is not finite, with the reason in err; ST_NOMEM. */
enum status function_trial_run(struct outcome *outcome, const struct attempt *attempt,
                               struct error *err);

/* Book the energy that the study gives such a trial, of which `share` (0 to 1) ran. Does
 * nothing when it gives none. */
void function_trial_book(struct outcome *outcome, double energy_j, double share);

#endif
