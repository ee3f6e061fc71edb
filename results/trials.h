/* trials.h - the table of `wattune trials`: one row an attempt, and one for every trial that
 * waits for its first or next attempt. */
#ifndef RESULTS_TRIALS_H
#define RESULTS_TRIALS_H

#include "results/emissions.h"
#include "results/snapshot.h"
#include "results/table.h"

/* All arms in their order. The columns are those of docs/results.md. `emissions`, which may be
 * NULL, add columns of CO2 behind the others. *out is the caller's to table_free(). Errors:
 * ST_FORMAT for a trial whose parameters are no JSON; ST_NOMEM. */
enum status trials_table(struct table **out, const struct snapshot *snapshot,
                         const struct emissions *emissions, struct error *err);

#endif
