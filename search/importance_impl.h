/* importance_impl.h - the variance of a tree's function over the space, and its parts. Private
 * to search/importance*.c. */
#ifndef SEARCH_IMPORTANCE_IMPL_H
#define SEARCH_IMPORTANCE_IMPL_H

#include "search/regression_tree.h"

struct variance {
    double total;
    double *alone; /* [d] of the mean over all inputs but one */
    double *pairs; /* [d (d - 1) / 2] of the mean over all inputs but two */
    /* Memory of the computation. */
    size_t *leaves; /* the nodes that are leaves */
    size_t n_leaves;
    double *volumes;  /* [leaves] parts of the space, of 1 */
    double *widths;   /* [leaves x d] */
    double *nearness; /* [d] */
};

/* For trees on these samples. Errors: ST_NOMEM; variance_close() is safe then. */
enum status variance_open(struct variance *variance, const struct samples *samples,
                          size_t min_leaf);
void variance_close(struct variance *variance);

void variance_of_tree(struct variance *variance, const struct tree *tree, bool with_pairs);

#endif
