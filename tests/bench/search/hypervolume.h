/* hypervolume.h - the area that a front of two objectives dominates, up to a reference point.
 * Both are minimised. Source: Zitzler & Thiele 1999. Threading: no state. */
#ifndef TESTS_BENCH_SEARCH_HYPERVOLUME_H
#define TESTS_BENCH_SEARCH_HYPERVOLUME_H

#include <stddef.h>

/* Of points[n x 2], which are put into another order. Points that are not below the reference
 * in both objectives, or NaN, add nothing. n_front, if not NULL, is how many different points
 * of the rest are on the front. O(n log n). */
double hypervolume(double (*points)[2], size_t n, const double reference[2], size_t *n_front);

#endif
