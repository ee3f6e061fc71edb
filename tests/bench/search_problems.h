/* search_problems.h - what the search benchmark minimises: a space and a function of its
 * points, with the smallest value known. optuna_bench.py has the same problems. */
#ifndef TESTS_BENCH_SEARCH_PROBLEMS_H
#define TESTS_BENCH_SEARCH_PROBLEMS_H

#include "search/space.h"

struct bench_problem {
    const char *name;
    size_t dims; /* > 0: so many real parameters x1, x2, ... in [low, high] */
    double low, high;
    const char *space;    /* JSON, when dims is 0 */
    const char *function; /* of worker/functions.h, or NULL for `evaluate` */
    double (*evaluate)(const double *point);
    double minimum;
    double noise; /* standard deviation of what the strategies are told */
};

extern const struct bench_problem bench_problems[];
extern const size_t bench_n_problems;

/* The caller frees. NULL, after a message, when out of memory. */
struct space *bench_space(const struct bench_problem *problem);

double bench_value(const struct bench_problem *problem, const struct space *space,
                   const double *point);

#endif
