/* pareto.h - the points that no other point beats.
 *
 * A point dominates another when it is at least as good in every objective and better in one.
 * Up to three objectives: a sweep in lexicographic order with the prefix minimum of the third
 * objective in a Fenwick tree, O(n log n). More: the divide and conquer of Kung, Luccio &
 * Preparata 1975, O(n log^(m-2) n) up to the sorting. Threading: no shared state. */
#ifndef RESULTS_PARETO_H
#define RESULTS_PARETO_H

#include "base/status.h"
#include "search/trial.h"

#include <stdbool.h>
#include <stddef.h>

/* values is [n x m] row-major, goals is [m], on_front is [n]. Equal points are all on the front
 * or none; a point with a NaN is never on it and dominates nothing. m = 0: all are equal.
 * Errors: ST_NOMEM. */
enum status pareto_front(const double *values, const enum goal *goals, size_t n, size_t m,
                         bool *on_front);

#endif
