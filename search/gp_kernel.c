#include "search/gp_kernel.h"

#include <math.h>

#define SQRT5 2.23606797749978969641

double kernel_delta(const struct kernel *kernel, size_t j, double x, double y)
{
    return kernel->categorical[j] ? (double)(x != y) : x - y;
}

/* r2[m]: squared scaled distances. One pass a dimension, so that the inner loop is a plain
 * sweep over contiguous numbers. */
static void squared_distances(const struct kernel *kernel, const double *x, size_t x_stride,
                              const double *points, size_t stride, size_t m, double *r2)
{
    for (size_t c = 0; c < m; c++)
        r2[c] = 0;
    for (size_t j = 0; j < kernel->dims; j++) {
        const double *p = points + j * stride;
        double xj = x[j * x_stride], weight = kernel->inverse_square[j];
        if (kernel->categorical[j]) {
            for (size_t c = 0; c < m; c++)
                r2[c] += p[c] != xj ? weight : 0;
        } else {
            for (size_t c = 0; c < m; c++)
                r2[c] += (p[c] - xj) * (p[c] - xj) * weight;
        }
    }
}

void kernel_row(const struct kernel *kernel, const double *x, size_t x_stride,
                const double *points, size_t stride, size_t m, double *covariance,
                double *slope)
{
    squared_distances(kernel, x, x_stride, points, stride, m, covariance);
    for (size_t c = 0; c < m; c++) {
        double r2 = covariance[c], t = SQRT5 * sqrt(r2);
        double e = kernel->amplitude * exp(-t);
        covariance[c] = (1 + t + 5.0 / 3.0 * r2) * e;
        if (slope)
            slope[c] = 5.0 / 3.0 * (1 + t) * e;
    }
}

void kernel_matrix(const struct kernel *kernel, const double *points, size_t stride, size_t n,
                   double noise, double *covariance, double *slope)
{
    for (size_t i = 0; i < n; i++) {
        kernel_row(kernel, points + i, stride, points, stride, i + 1, covariance + i * stride,
                   slope ? slope + i * stride : NULL);
        covariance[i * stride + i] += noise;
    }
}
