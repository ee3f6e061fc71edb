/* stats.h - means and medians of samples, and how well they are known. Threading: no state. */
#ifndef RESULTS_STATS_H
#define RESULTS_STATS_H

#include <stddef.h>

/* Of n values; NaN where there are too few: a mean takes one, all else two. */
struct stats_mean {
    size_t n;
    double mean, deviation; /* of the sample: divided by n - 1 */
    double low, high; /* 95 % confidence interval of the mean, by Student's distribution */
    /* Between them lie 95 % of the values, if these are normal: 1.96 deviations from the mean.
     * Of differences they are the limits of agreement of Bland & Altman 1986. */
    double limit_low, limit_high;
};

struct stats_mean stats_mean(const double *values, size_t n);

/* The same of positive factors: the geometric mean, and the others by their logarithms. The
 * deviation is that of the logarithms. */
struct stats_mean stats_geometric_mean(const double *values, size_t n);

/* Student's distribution with so many degrees of freedom: 95 % of it lie within this distance
 * of 0. */
double stats_student(double freedom);

/* The median, and its 95 % confidence interval by order statistics, which holds for any
 * distribution (Hahn & Meeker 1991, section 5.2): the values of rank l and n + 1 - l, with the
 * largest l for which fewer than l of n fair coins show heads in at most 2.5 % of all cases.
 * Below six values there is none. NaN where there are too few. */
struct stats_median {
    size_t n;
    double median, low, high;
};

/* Sorts the values. They may be infinite, but not NaN. */
struct stats_median stats_median(double *values, size_t n);

#endif
