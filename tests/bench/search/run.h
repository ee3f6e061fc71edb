/* run.h - one run of a sampler on a target. Threading: as the sampler. */
#ifndef TESTS_BENCH_SEARCH_RUN_H
#define TESTS_BENCH_SEARCH_RUN_H

#include "tests/bench/search/sampler.h"
#include "tests/bench/search/trace.h"

/* Ask for the plan's trials, with plan->workers of them under way at any time (the oldest is
 * told first), or until the sampler has no more, and judge the trace, which must be empty. On
 * learning curves a trial that goes on from another one's checkpoint costs only its own epochs,
 * every epoch is reported, and a trial that is stopped costs what it had until then. Errors:
 * ST_INVALID when the sampler cannot work on this target, and those of a program that fails;
 * the trace is empty then. */
enum status run(struct trace *trace, const struct sampler *sampler, const struct target *target,
                const struct run_plan *plan, struct error *err);

#endif
