/* race.h - how strategies fared over the repeats of a simulation: medians, and how well they
 * are known.
 *
 * Threading: no shared state. */
#ifndef RESULTS_RACE_H
#define RESULTS_RACE_H

#include "results/compare.h"
#include "results/snapshot.h"
#include "results/table.h"

/* A strategy with so many workers: a row. Borrowed. */
struct race_entrant {
    const char *label;    /* of its arms in the snapshot */
    const char *strategy; /* as it is shown */
    int64_t workers;
    /* [n_search] the strategy's own processor time in each of its runs, which the database of a
     * simulation does not hold */
    const double *search_cpu_s;
    size_t n_search;
};

/* A row for every entrant, in their order. The target is that of the comparison, which was made
 * of the snapshot. In text, an interval is shown for the best value alone. Errors: ST_NOMEM. */
enum status race_table(struct table **out, const struct comparison *comparison,
                       const struct race_entrant *entrants, size_t n, struct error *err);

#endif
