/* observations.h - the told trials of a history as the data of a Gaussian process.
 *
 * Rows are in the order of telling, which is all that they depend on. Targets are minimised: a
 * goal to maximise is negated. A trial that failed has the target of the worst complete one,
 * and a pruned trial, which was worse than half of its rivals, that of the median, so that both
 * places look bad without stretching the scale. Cancelled trials tell nothing and have no row.
 * Threading: one owner at a time. */
#ifndef SEARCH_OBSERVATIONS_H
#define SEARCH_OBSERVATIONS_H

#include "base/status.h"
#include "search/strategy.h"

#include <stddef.h>

struct observations {
    const struct problem *problem;
    size_t seen; /* told trials taken in */
    size_t n, capacity;
    double *u; /* [n x space_dims()]: coordinates */
    double *y; /* [n]: targets of complete trials; NaN: pruned, INFINITY: failed */
};

/* No rows yet. The problem must outlive it. A zeroed one may be freed. */
void observations_init(struct observations *observations, const struct problem *problem);
void observations_free(struct observations *observations);

/* Take in the trials that have been told since the last time. Errors: ST_NOMEM: some may be
 * missing, and the next call goes on. */
enum status observations_update(struct observations *observations,
                                const struct history *history);

/* How many of the first n rows are complete trials. */
size_t observations_complete(const struct observations *observations, size_t n);

/* Targets of the first n rows into y[n], with the substitutes that these rows give;
 * sorted[n] is scratch. There must be a complete one among them. */
void observations_targets(const struct observations *observations, size_t n, double *y,
                          double *sorted);

#endif
