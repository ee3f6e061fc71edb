/* rungs.h - the training times at which trials are compared: the longest, and downwards by a
 * factor to the shortest (successive halving: Jamieson & Talwalkar 2016; Li et al. 2018).
 * Threading: no shared state. */
#ifndef SEARCH_RUNGS_H
#define SEARCH_RUNGS_H

#include "search/fidelity.h"

enum { RUNGS_MAX = 32 };

struct rungs {
    struct fidelity fidelity;
    double eta;              /* the factor, and how many share one promotion */
    size_t n;                /* at least 1 */
    size_t place[RUNGS_MAX]; /* of the fidelity's amounts, rising */
};

/* Read the options "fidelity", "eta" (3) and "min", the lowest rung (as low as the space and a
 * budget of trials allow, so that some trial reaches the top). Levels are the amounts of the
 * space nearest in ratio to largest / eta^k. The problem's space must outlive it. Errors:
 * ST_INVALID with what is wrong noted among the problems of the options. */
enum status rungs_read(struct rungs *rungs, const struct problem *problem,
                       struct json_reader *options);

/* The value of the fidelity parameter on a rung, as it stands in a point. */
double rungs_value(const struct rungs *rungs, size_t rung);

/* The highest rung that a point's fidelity reaches; the lowest when it reaches none. */
size_t rungs_of(const struct rungs *rungs, const double *point);

#endif
