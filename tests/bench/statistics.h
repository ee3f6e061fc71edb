/* statistics.h - medians, how well they are known, and whether pairs differ. NaN among the
 * values is not allowed. Threading: no state. */
#ifndef TESTS_BENCH_STATISTICS_H
#define TESTS_BENCH_STATISTICS_H

#include <stddef.h>

/* The p-quantile of n > 0 values, between neighbours by their distance (type 7 of Hyndman & Fan
 * 1996); infinities are allowed. 0.5 is the median. */
double statistics_quantile(const double *values, size_t n, double p);

/* The median with its 95 % interval by the percentile bootstrap (Efron 1979, 2,000 resamples by
 * a generator of fixed seed). NaN when out of memory. */
struct statistics_median {
    double median, low, high;
};
struct statistics_median statistics_median(const double *values, size_t n);

/* Two-sided p-value of Wilcoxon's signed-rank test that n differences are symmetric about 0
 * (Wilcoxon 1945; zeros are dropped, ties share their ranks). Exact for up to 50 differences,
 * beyond by the normal distribution with the correction for ties. 1 when all are zero; NaN when
 * out of memory. */
double statistics_wilcoxon(const double *differences, size_t n);

#endif
