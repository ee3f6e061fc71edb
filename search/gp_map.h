/* gp_map.h - hyperparameters of a Gaussian process by maximum a posteriori.
 *
 * theta is [dims] ln length scales, ln amplitude, ln noise variance, and ln tau of the warp
 * when the targets are warped. The constant mean is integrated into the maximum: for given
 * theta it is the generalised least-squares estimate with a N(0, 1) prior.
 *
 * Priors: length scales LogNormal(ln(dims) / 2, 1) with a floor of 0.025 (they grow with the
 * square root of the dimension as in Hvarfner, Hellsten & Nardi 2024, but are shorter and
 * narrower), noise LogNormal(-8, 3) from 1e-6 up, amplitude LogNormal(0, 2), tau LogNormal(1,
 * 2). docs/search.md has what was measured with others. Gradients are analytic: Rasmussen &
 * Williams 2006, eq. 5.9. Threading: one workspace per thread. */
#ifndef SEARCH_GP_MAP_H
#define SEARCH_GP_MAP_H

#include "base/status.h"
#include "search/warp.h"

#include <stdbool.h>
#include <stddef.h>

/* What to fit to. Points are held one dimension after the other, [dims x n]. */
struct gp_data {
    size_t n, dims;
    const bool *categorical; /* [dims] */
    const double *points;
    const double *y; /* [n], any scale; smaller is better */
    bool warped;
    double least_tau; /* of the warp; 0: no limit */
};

/* Scratch for one size of problem. */
struct gp_map;
enum status gp_map_create(struct gp_map **out, const struct gp_data *data);
void gp_map_free(struct gp_map *map);

/* How many hyperparameters there are. */
size_t gp_map_count(size_t dims, bool warped);

/* The negative log posterior density of theta, up to a constant, and its gradient (NULL when
 * not wanted). INFINITY where the covariance matrix is not positive definite. */
double gp_map_value(struct gp_map *map, const double *theta, double *gradient);

/* Descend from theta with at most so many evaluations, within the bounds of the parameters.
 * Leaves the best in theta and answers its value; theta is untouched when that is INFINITY. */
double gp_map_descend(struct gp_map *map, double *theta, size_t evaluations);

/* A start for the descent that depends on no data: number 0 is smooth, 1 is rougher. */
void gp_map_start(double *theta, size_t dims, bool warped, size_t number);

/* The constant mean for a factor L[n x n] (rows of `stride`) of the covariance and targets
 * z[n]; a[n] and b[n] are scratch. */
double gp_map_mean(const double *factor, size_t stride, const double *z, size_t n, double *a,
                   double *b);

#endif
