/* gp_impl.h - what the files of the Gaussian process share. Private to search/gp*.c. */
#ifndef SEARCH_GP_IMPL_H
#define SEARCH_GP_IMPL_H

#include "search/gp.h"
#include "search/gp_kernel.h"
#include "search/warp.h"

/* Candidates that are predicted together: enough for level-3 BLAS, few enough for the cache. */
#define BLOCK 64

/* One fit: observations first, then fantasies. Rows of `factor`, and dimensions of `points`,
 * are `capacity` apart. */
struct fit {
    size_t n, n_all, capacity;
    double *memory;
    double *points;         /* [dims x capacity] */
    double *factor;         /* [capacity x capacity]: lower Cholesky factor */
    double *z;              /* [capacity]: warped targets */
    double *alpha;          /* [capacity]: K^-1 (z - mean); 0 for fantasies */
    double *scratch;        /* [2 x capacity], at least 2 x BLOCK */
    double *cross;          /* [capacity x BLOCK]: covariances with candidates, then solves */
    double *slope;          /* [capacity x BLOCK] */
    double *inverse_square; /* [dims] */
    double *theta;          /* [dims + 3] */
    double noise, mean;
    struct warp warp;
};

struct gp {
    size_t dims;
    bool *categorical;
    bool warped;
    double least_tau;
    double *block; /* [dims x BLOCK]: candidates, one dimension after the other */
    struct fit fit;
};

/* The kernel of a fit's hyperparameters. */
struct kernel gp_kernel_of(const struct gp *gp, const struct fit *fit);

/* Choose fit->theta for its points and targets y[fit->n], starting from those of the fit that
 * the process has. Errors: ST_NOMEM. */
enum status gp_choose(const struct gp *gp, struct fit *fit, const double *y,
                      const struct gp_effort *effort);

#endif
