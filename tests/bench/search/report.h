/* report.h - the tables of a race. Threading: no state. */
#ifndef TESTS_BENCH_SEARCH_REPORT_H
#define TESTS_BENCH_SEARCH_REPORT_H

#include "tests/bench/search/race.h"

#include <stdio.h>

/* For each target, and each sampler that was raced on it: the median over the seeds of log10 of
 * the regret, after so many trials and after so many of the joules that the first sampler raced
 * there spent; its 95 % interval at the end; the p-value of the difference to the judged
 * sampler (an index, or n_samplers for none); joules to what random search ends with; processor
 * time of a run. Errors: ST_NOMEM. */
enum status report_targets(FILE *out, const struct race *race, size_t judged);

/* Every sampler against every other, over all targets of one value, and of two. */
enum status report_pairs(FILE *out, const struct race *race);

#endif
