/* beliefs.h - what the strategy `bayes` believes about every output of the trials: one process
 * for each objective that counts, each constraint, and the logarithm of the joules.
 *
 * Outputs are numbered: objectives, constraints, then the cost if it is wanted. Beliefs are in
 * the units of their process (search/gp.h), smaller is better. The processes of constraints and
 * of the cost come into being with their first rows; until then their outputs have no belief.
 * Threading: one owner at a time. */
#ifndef SEARCH_BELIEFS_H
#define SEARCH_BELIEFS_H

#include "base/status.h"
#include "search/surrogate.h"

#include <stdbool.h>
#include <stddef.h>

/* Of the function at a point, without noise; or derivatives by both. */
struct belief {
    double mean, variance;
};

struct beliefs;

/* n_objectives: how many of the problem's count, from the first on. Before `first_fit` complete
 * trials there are none. The problem must outlive it. Errors: ST_NOMEM. */
enum status beliefs_create(struct beliefs **out, const struct problem *problem,
                           size_t n_objectives, bool cost, size_t first_fit);
void beliefs_free(struct beliefs *beliefs);

/* See surrogate_learn() and surrogate_fantasize(). */
enum status beliefs_learn(struct beliefs *beliefs, const struct history *history);
enum status beliefs_fantasize(struct beliefs *beliefs, const struct history *history);

size_t beliefs_outputs(const struct beliefs *beliefs);
size_t beliefs_objectives(const struct beliefs *beliefs);
size_t beliefs_cost(const struct beliefs *beliefs); /* the output; beliefs_outputs(): none */

/* NULL as long as an output has no belief. */
const struct surrogate *beliefs_of(const struct beliefs *beliefs, size_t output);
struct gp *beliefs_gp(const struct beliefs *beliefs, size_t output);

/* The trials that the processes were given: of the largest of them. */
size_t beliefs_count(const struct beliefs *beliefs);

/* The bound of constraint k in the units of its output, which has a belief. */
double beliefs_bound(const struct beliefs *beliefs, size_t k);

/* The expected ln joules for the mean of the cost's output, which has a belief, and in *by_mean
 * the derivative. */
double beliefs_ln_joules(const struct beliefs *beliefs, double mean, double *by_mean);

/* Points that are looked at together. */
#define BELIEFS_BLOCK 64

/* Beliefs at m <= BELIEFS_BLOCK points u[m x dims] of the outputs that have one, and when
 * `slopes` is not NULL their derivatives by the coordinates. */
struct prediction {
    double *mean, *variance;             /* [outputs x BELIEFS_BLOCK] */
    double *mean_slope, *variance_slope; /* [outputs x BELIEFS_BLOCK x dims] */
};
enum status prediction_init(struct prediction *prediction, const struct beliefs *beliefs);
void prediction_free(struct prediction *prediction);
void beliefs_predict(struct beliefs *beliefs, const double *u, size_t m, bool slopes,
                     struct prediction *prediction);

/* Predict at one point; true when the means of all constraints keep to their bounds. */
bool beliefs_feasible(struct beliefs *beliefs, const double *u, struct prediction *prediction);

#endif
