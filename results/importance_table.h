/* importance_table.h - the table of `wattune importance`: how much of a figure's variance each
 * parameter makes up. */
#ifndef RESULTS_IMPORTANCE_TABLE_H
#define RESULTS_IMPORTANCE_TABLE_H

#include "results/snapshot.h"
#include "results/table.h"

/* Of every objective, every constrained metric and of energy_j, or of one metric alone (NULL:
 * no such choice), the parameters that matter most first; with_pairs adds what two parameters
 * make up together. Complete trials of all arms count; those without the figure are left out
 * and counted in a note. Errors: ST_NOTFOUND for a metric that no complete trial has; ST_FORMAT
 * for a database whose study or trials cannot be read; ST_NOMEM. */
enum status importance_table(struct table **out, const struct snapshot *snapshot,
                             const char *metric, bool with_pairs, struct error *err);

#endif
