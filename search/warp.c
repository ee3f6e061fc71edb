#include "search/warp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void warp_prepare(struct warp *warp, const double *y, size_t n, double *sorted)
{
    memcpy(sorted, y, n * sizeof *y);
    qsort(sorted, n, sizeof *sorted, ascending);
    warp->best = sorted[0];
    warp->scale = sorted[n / 2] - sorted[0];
    if (!(warp->scale > 0)) /* more than half are equal: the range will do */
        warp->scale = sorted[n - 1] - sorted[0];
    if (!(warp->scale > 0) || !isfinite(warp->scale))
        warp->scale = 1;
    warp->ln_tau = INFINITY;
    warp->mean = 0;
    warp->deviation = 1;
}

static double bend(double t, double ln_tau)
{
    if (!(t > 0) || isinf(ln_tau))
        return t;
    double tau = exp(ln_tau);
    return tau * log1p(t / tau);
}

double warp_target(const struct warp *warp, double y)
{
    double t = (y - warp->best) / warp->scale;
    return (bend(t, warp->ln_tau) - warp->mean) / warp->deviation;
}

double warp_inverse(const struct warp *warp, double z)
{
    double t = z * warp->deviation + warp->mean;
    if (t > 0 && !isinf(warp->ln_tau))
        t = exp(warp->ln_tau) * expm1(t / exp(warp->ln_tau));
    return warp->best + t * warp->scale;
}

/* Mean and deviation of w[n]; a deviation of rounding errors only counts as none. */
static void measure(struct warp *warp, const double *w, size_t n)
{
    double sum = 0, squares = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        sum += w[i];
        largest = fmax(largest, fabs(w[i]));
    }
    warp->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (w[i] - warp->mean) * (w[i] - warp->mean);
    double deviation = sqrt(squares / (double)n);
    warp->deviation = deviation > 1e-14 * largest ? deviation : 1;
}

/* dw/d ln tau of every warped target w[n]; adds up the log Jacobian of the bend. */
static void differentiate_bend(const struct warp *warp, const double *y, const double *w,
                               size_t n, struct warp_slope *slope, double *jacobian)
{
    slope->jacobian = 0;
    for (size_t i = 0; i < n; i++) {
        double t = (y[i] - warp->best) / warp->scale;
        slope->z[i] = 0;
        if (!(t > 0) || isinf(warp->ln_tau))
            continue;
        double ratio = t / exp(warp->ln_tau);
        slope->z[i] = w[i] - t / (1 + ratio);
        slope->jacobian += ratio / (1 + ratio);
        *jacobian -= log1p(ratio);
    }
}

/* From derivatives of the bent targets to those of the standardised ones z[n]. */
static void differentiate_standard(const struct warp *warp, const double *z, size_t n,
                                   struct warp_slope *slope)
{
    double count = (double)n, mean = 0, deviation = 0;
    for (size_t i = 0; i < n; i++)
        mean += slope->z[i] / count;
    for (size_t i = 0; i < n; i++)
        deviation += z[i] * (slope->z[i] - mean) / count;
    for (size_t i = 0; i < n; i++)
        slope->z[i] = (slope->z[i] - mean - z[i] * deviation) / warp->deviation;
    slope->jacobian -= count * deviation / warp->deviation;
}

double warp_apply(struct warp *warp, double ln_tau, const double *y, size_t n, double *z,
                  struct warp_slope *slope)
{
    double jacobian = 0;
    warp->ln_tau = ln_tau;
    for (size_t i = 0; i < n; i++)
        z[i] = bend((y[i] - warp->best) / warp->scale, ln_tau);
    if (slope)
        differentiate_bend(warp, y, z, n, slope, &jacobian);
    measure(warp, z, n);
    for (size_t i = 0; i < n; i++)
        z[i] = (z[i] - warp->mean) / warp->deviation;
    if (slope)
        differentiate_standard(warp, z, n, slope);
    return jacobian - (double)n * log(warp->deviation);
}
