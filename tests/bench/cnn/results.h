/* results.h - everything that was measured, and what it says of the goals. Threading: no state.
 */
#ifndef TESTS_BENCH_CNN_RESULTS_H
#define TESTS_BENCH_CNN_RESULTS_H

#include "tests/bench/cnn/runners.h"
#include "tests/bench/cnn/start.h"

struct results {
    struct heat *heats; /* [n] */
    size_t n;
    struct start_times start;
};

/* A new heat of zeros, at the end; NULL when out of memory. */
struct heat *results_add(struct results *results);
void results_free(struct results *results);

/* The median of the rounds, and the lowest and the highest of them. */
struct spread {
    double median, low, high;
};
struct spread results_spread(const double *rounds, size_t n);

/* A goal of the design. */
struct goal {
    char text[96];
    double wanted;
    bool at_most; /* the wanted figure is an upper bound, not a lower one */
    bool measured, met;
    struct spread reached;
    char why[256]; /* it was not measured */
};

enum { GOALS_MAX = 4 * BENCH_NETWORKS + 2 };

/* Judge the goals; answers how many there are. */
size_t results_goals(const struct results *results, struct goal goals[GOALS_MAX]);

#endif
