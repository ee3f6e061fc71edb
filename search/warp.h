/* warp.h - a monotone transform of the targets that a Gaussian process can believe in.
 *
 * Losses, energies and errors are skewed: a few values near the best matter, and many bad ones
 * are spread over decades. With the targets t = (y - best) / scale, scale being the distance of
 * the median from the best,
 *
 *     w(t) = tau ln(1 + t / tau)   for t >= 0,       w(t) = t   below,
 *
 * is linear near the best and logarithmic far from it; tau -> infinity is the identity. tau is
 * fitted together with the hyperparameters of the process, by likelihood (warped Gaussian
 * processes: Snelson, Rasmussen & Ghahramani 2004). The warped targets are standardised.
 * Smaller targets are better. Threading: no shared state. */
#ifndef SEARCH_WARP_H
#define SEARCH_WARP_H

#include <stddef.h>

struct warp {
    double best, scale;     /* of the targets that it was set up with */
    double ln_tau;          /* INFINITY: the identity */
    double mean, deviation; /* of the warped targets */
};

/* Set best and scale from n >= 1 targets; the rest by warp_apply(). sorted[n] is scratch. */
void warp_prepare(struct warp *warp, const double *y, size_t n, double *sorted);

/* Derivatives by ln tau. */
struct warp_slope {
    double *z;       /* [n], the caller's: dz_i/d ln tau */
    double jacobian; /* of the log Jacobian */
};

/* Take tau, set mean and deviation so that z[n] has mean 0 and variance 1, and fill z and
 * `slope` (NULL when not wanted). With a slope, answers the log Jacobian sum_i ln dz_i/dy_i up
 * to a constant. Equal targets give z = 0. */
double warp_apply(struct warp *warp, double ln_tau, const double *y, size_t n, double *z,
                  struct warp_slope *slope);

/* One more target, by the transform as it stands. */
double warp_target(const struct warp *warp, double y);
/* And back. */
double warp_inverse(const struct warp *warp, double z);

#endif
