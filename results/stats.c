#include "results/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

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
    double half =
        gsl_cdf_tdist_Pinv(0.975, (double)(n - 1)) * stats.deviation / sqrt((double)n);
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
