#include "results/stats.h"

#include <gsl/gsl_cdf.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

double stats_student(double freedom)
{
    return gsl_cdf_tdist_Pinv(0.975, freedom);
}

/* Of the value or of its logarithm. */
static double value_at(const double *values, size_t i, int geometric)
{
    return geometric ? log(values[i]) : values[i];
}

/* In two passes, so that a small scatter about a large mean is not lost. */
static struct stats_mean mean_of(const double *values, size_t n, int geometric)
{
    struct stats_mean stats = {.n = n,
                               .mean = (double)NAN,
                               .deviation = (double)NAN,
                               .low = (double)NAN,
                               .high = (double)NAN,
                               .limit_low = (double)NAN,
                               .limit_high = (double)NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += value_at(values, i, geometric);
    if (n > 0)
        stats.mean = sum / (double)n;
    if (n < 2)
        return stats;
    for (size_t i = 0; i < n; i++)
        squares += pow(value_at(values, i, geometric) - stats.mean, 2);
    stats.deviation = sqrt(squares / (double)(n - 1));
    double half = stats_student((double)(n - 1)) * stats.deviation / sqrt((double)n);
    stats.low = stats.mean - half;
    stats.high = stats.mean + half;
    stats.limit_low = stats.mean - 1.96 * stats.deviation;
    stats.limit_high = stats.mean + 1.96 * stats.deviation;
    return stats;
}

struct stats_mean stats_mean(const double *values, size_t n)
{
    return mean_of(values, n, 0);
}

struct stats_mean stats_geometric_mean(const double *values, size_t n)
{
    struct stats_mean stats = mean_of(values, n, 1);
    stats.mean = exp(stats.mean);
    stats.low = exp(stats.low);
    stats.high = exp(stats.high);
    stats.limit_low = exp(stats.limit_low);
    stats.limit_high = exp(stats.limit_high);
    return stats;
}

static int compare_numbers(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The rank, from 1, of the lower end of the interval; 0: there is none. */
static size_t lower_rank(size_t n)
{
    size_t rank = 0;
    while (n < UINT_MAX && gsl_cdf_binomial_P((unsigned)rank, 0.5, (unsigned)n) <= 0.025)
        rank++;
    return rank;
}

struct stats_median stats_median(double *values, size_t n)
{
    struct stats_median stats = {
        .n = n, .median = (double)NAN, .low = (double)NAN, .high = (double)NAN};
    if (n == 0)
        return stats;
    qsort(values, n, sizeof *values, compare_numbers);
    double below = values[(n - 1) / 2], above = values[n / 2];
    stats.median = below == above ? below : (below + above) / 2; /* also of two infinities */
    size_t rank = lower_rank(n);
    if (rank > 0) {
        stats.low = values[rank - 1];
        stats.high = values[n - rank];
    }
    return stats;
}
