/* gp_kernel.h - the Matern 5/2 covariance with a length scale for each dimension.
 *
 *     k(x, x') = a (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r),   r^2 = sum_j (delta_j / l_j)^2
 *
 * where delta_j is x_j - x'_j, or for a categorical dimension the Hamming distance: 0 for equal
 * coordinates and 1 for different ones. Source: Rasmussen & Williams 2006, eq. 4.17.
 * Threading: no shared state. */
#ifndef SEARCH_GP_KERNEL_H
#define SEARCH_GP_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

struct kernel {
    size_t dims;
    const bool *categorical;      /* [dims] */
    const double *inverse_square; /* [dims]: 1 / l_j^2 */
    double amplitude;             /* a: the variance far from all data */
};

/* Covariances of a point (coordinate j is x[j * x_stride]) with m points held one dimension
 * after the other: coordinate j of point c is points[j * stride + c]. covariance[m]; slope[m]
 * (NULL when not wanted) gets slope = 5/3 a (1 + sqrt5 r) exp(-sqrt5 r), from which all
 * derivatives follow: dk/d ln l_j = slope (delta_j / l_j)^2 and dk/dx_j = -slope delta_j /
 * l_j^2. */
void kernel_row(const struct kernel *kernel, const double *x, size_t x_stride,
                const double *points, size_t stride, size_t m, double *covariance,
                double *slope);

/* Lower triangle of the covariance matrix of n points with themselves, row-major with rows of
 * `stride`: covariance[i * stride + c], c <= i. Points and slopes as above, with the same
 * stride. `noise` is added to the diagonal. */
void kernel_matrix(const struct kernel *kernel, const double *points, size_t stride, size_t n,
                   double noise, double *covariance, double *slope);

/* The difference of two coordinates of dimension j, as the distance counts it: x - y, or 0 or 1
 * for categories. */
double kernel_delta(const struct kernel *kernel, size_t j, double x, double y);

#endif
