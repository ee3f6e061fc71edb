/* gp.h - Gaussian-process regression with an ARD Matern 5/2 kernel and warped targets.
 *
 * Source: Rasmussen & Williams 2006, algorithm 2.1; the kernel is in gp_kernel.h, the choice of
 * hyperparameters in gp_map.h, the transform of the targets in warp.h. Points are rows of
 * double[dims] in the unit cube. Targets are of any scale, smaller is better; predictions are
 * in warped and standardised units (see gp_target()). One gp per thread. */
#ifndef SEARCH_GP_H
#define SEARCH_GP_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct gp;

/* A process without data. categorical[dims] marks the dimensions that are compared by Hamming
 * distance. Errors: ST_NOMEM. */
enum status gp_create(struct gp **out, size_t dims, const bool *categorical, bool warped);
void gp_free(struct gp *gp);

/* Keep the tau of the warp at or above this, so that its units do not stretch the best targets
 * by more than their share. For the fits to come; 0, as it is at first: no limit. */
void gp_limit_warp(struct gp *gp, double least_tau);

/* How much work gp_fit() may put into the hyperparameters. */
struct gp_effort {
    size_t evaluations; /* of the posterior density and its gradient, in each descent */
    size_t starts;      /* besides the previous hyperparameters: 0, 1 or 2. Without previous
                           ones there is at least one */
    size_t rows;        /* look at so many of the observations only: half of them the best, the
                           others spread over the ranks of the rest. 0: all */
};

/* Fit to n >= 1 points x[n x dims], row-major, with targets y[n]: choose the hyperparameters
 * and factor the covariance. Both are copied. Where no descent succeeds the hyperparameters
 * stay as they were; on an error the whole previous fit is kept.
 * Errors: ST_NOMEM; ST_NUMERIC (not positive definite at the largest jitter, or a value that is
 * not finite). */
enum status gp_fit(struct gp *gp, const double *x, const double *y, size_t n,
                   const struct gp_effort *effort);

/* The same with given hyperparameters theta (see gp_map.h). */
enum status gp_fit_fixed(struct gp *gp, const double *x, const double *y, size_t n,
                         const double *theta);

/* Add one observation in O(n^2); the hyperparameters, the warp and the mean stay. Fantasies are
 * dropped. Errors: as for gp_fit(). */
enum status gp_append(struct gp *gp, const double *x, double y);

/* Forget the observations after the first n >= 1, which gp_append() added, in O(n^2): the
 * process is again what it was, bit by bit. Fantasies are dropped. */
void gp_truncate(struct gp *gp, size_t n);

/* Condition on p points x[p x dims] whose targets are not known yet, as if each had been
 * observed, without noise, at its posterior mean (kriging believer: Ginsbourger et al. 2010):
 * the mean stays as it is, the variance vanishes at them. Replaces earlier fantasies. Errors:
 * as for gp_fit().
 */
enum status gp_fantasize(struct gp *gp, const double *x, size_t p);

/* The posterior of the noise-free function at m points u[m x dims]: mean[m], variance[m] > 0,
 * and their derivatives [m x dims] by the coordinates (both or neither; 0 for categorical
 * dimensions). O(n^2) a point. */
void gp_predict(struct gp *gp, const double *u, size_t m, double *mean, double *variance,
                double *mean_slope, double *variance_slope);

/* The posterior mean at observation i, in O(1): with K the covariance of the function itself,
 * mean + K alpha = z - noise alpha. */
double gp_fitted(const struct gp *gp, size_t i);

/* A target in the units of the predictions. */
double gp_target(const struct gp *gp, double y);
/* And back. */
double gp_value(const struct gp *gp, double z);

/* Observations, without fantasies. 0: nothing has been fitted. */
size_t gp_count(const struct gp *gp);
/* The hyperparameters, the constant mean, and the variance of the noise of an observation. */
const double *gp_theta(const struct gp *gp);
double gp_mean(const struct gp *gp);
double gp_noise(const struct gp *gp);

#endif
