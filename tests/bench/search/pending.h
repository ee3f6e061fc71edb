/* pending.h - what it costs in quality to ask for many points before any of their results is
 * in: two races that differ in nothing but the number of workers. Threading: no state. */
#ifndef TESTS_BENCH_SEARCH_PENDING_H
#define TESTS_BENCH_SEARCH_PENDING_H

#include "tests/bench/search/race.h"

#include <stdio.h>

/* The geometric mean over the targets, of one value, of the ratio of the median regrets at the
 * end, many workers over one; NaN when there are none. */
double pending_ratio(const struct race *sequential, const struct race *parallel,
                     size_t sampler);

/* For each target and sampler log10 of both median regrets and the ratio of the regrets. */
void pending_print(FILE *out, const struct race *sequential, const struct race *parallel);

#endif
