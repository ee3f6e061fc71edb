/* importance.h - which parameters of a space matter for a target: functional ANOVA (Hutter,
 * Hoos & Leyton-Brown 2014).
 *
 * A random forest is fitted to the points. Each tree is constant on boxes, so the variance of
 * its function over the whole space, and the parts of it that come from one parameter or from
 * two together, are sums over its boxes, without sampling. Every value of an integer, an
 * ordinal or a category counts the same (integers on a logarithmic scale by their share of it).
 * A conditional parameter has its part where its condition holds. Threading: no shared state.
 */
#ifndef SEARCH_IMPORTANCE_H
#define SEARCH_IMPORTANCE_H

#include "search/space.h"

/* A part of the variance, from 0 to 1: mean and standard deviation over the trees. NaN when it
 * is not known. */
struct importance_share {
    double mean, deviation;
};

enum importance_state {
    IMPORTANCE_FOUND,
    IMPORTANCE_TOO_FEW, /* points: the shares are NaN */
    IMPORTANCE_CONSTANT /* all targets are the same: the shares are NaN */
};

struct importance {
    enum importance_state state;
    size_t n, needed; /* points; how many it takes */
    size_t d;         /* the dimensions of the space, space_dims() */
    /* How well the forest predicts points that it was not fitted to: R^2, NaN when unknown. */
    double fit;
    /* [d] of one parameter alone; NaN for one with a single value in all points. */
    struct importance_share *alone;
    /* [d (d - 1) / 2] of two together, beyond what each has alone; importance_pair(). */
    struct importance_share *pairs;
};

/* points is [n x space_count()], targets [n] and finite. The same seed gives the same shares,
 * whatever the unit of the targets is. Without `with_pairs` the shares of
 * pairs stay NaN. Errors: ST_NOMEM. */
enum status importance_create(struct importance **out, const struct space *space,
                              const double *points, const double *targets, size_t n,
                              bool with_pairs, uint64_t seed);
void importance_free(struct importance *importance);

/* The place of dimensions i < j in `pairs`. */
size_t importance_pair(const struct importance *importance, size_t i, size_t j);

#endif
