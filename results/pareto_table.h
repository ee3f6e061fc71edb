/* pareto_table.h - the table of `wattune pareto`: the complete trials that no other beats. */
#ifndef RESULTS_PARETO_TABLE_H
#define RESULTS_PARETO_TABLE_H

#include "results/emissions.h"
#include "results/snapshot.h"
#include "results/table.h"

/* The front of all arms together, or of the arms of one strategy (NULL: all), by the study's
 * objectives, best in the first one first. A study with a single objective other than energy is
 * shown against the energy of its trials. Trials without all the figures are left out and
 * counted in a note. `emissions`, which may be NULL, add the CO2 of a
 * trial's attempts behind the other columns; it is no objective. Errors: ST_NOTFOUND for a
 * strategy that the study does not have; ST_FORMAT for parameters that are no JSON; ST_NOMEM.
 */
enum status pareto_table(struct table **out, const struct snapshot *snapshot,
                         const char *strategy, const struct emissions *emissions,
                         struct error *err);

#endif
