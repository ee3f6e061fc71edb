/* stats.h - means of samples, and how well they are known. Threading: no state. */
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

#endif
