/* chebyshev.h - the expected improvement of a scalarisation of several objectives.
 *
 * Source: Knowles 2006 (ParEGO), whose augmented Chebyshev norm of the objectives f_k,
 *
 *     max_k w_k (f_k - ideal_k) + rho sum_k w_k (f_k - ideal_k),
 *
 * is minimised with other weights w each time. There a process is fitted to the scalarised
 * values; here every objective has its own, with its own scales and warp, and the improvement
 * follows from them: the maximum of independent normal variables is below t with the product of
 * their probabilities, so that its expected improvement below T is the integral of that product
 * up to T. The augmentation enters by its expected value. Threading: pure functions. */
#ifndef SEARCH_CHEBYSHEV_H
#define SEARCH_CHEBYSHEV_H

#include "search/beliefs.h"

#include <stddef.h>

struct chebyshev {
    size_t n;        /* objectives */
    double *weights; /* [n], positive */
    double *ideal;   /* [n] */
    double best;     /* the value to beat */
};

/* The scalarised value of known objectives values[n]. */
double chebyshev_value(const struct chebyshev *chebyshev, const double *values);

/* ln of the expected improvement below `best`, and into slopes[n] the derivatives by the
 * beliefs' means and variances. Right to some 1e-6 of its size, however small it is. */
double log_chebyshev(const struct chebyshev *chebyshev, const struct belief *beliefs,
                     struct belief *slopes);

#endif
