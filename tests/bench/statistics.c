#include "tests/bench/statistics.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 2000, EXACT_MAX = 50 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double sorted_quantile(const double *sorted, size_t n, double p)
{
    double place = p * (double)(n - 1);
    size_t below = (size_t)place;
    double rest = place - (double)below;
    if (rest == 0 || sorted[below] == sorted[below + 1])
        return sorted[below];
    return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
}

static double *sorted_copy(const double *values, size_t n)
{
    double *sorted = calloc(n + 1, sizeof *sorted);
    if (sorted) {
        memcpy(sorted, values, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, ascending);
    }
    return sorted;
}

double statistics_quantile(const double *values, size_t n, double p)
{
    double *sorted = sorted_copy(values, n);
    double quantile = sorted ? sorted_quantile(sorted, n, p) : (double)NAN;
    free(sorted);
    return quantile;
}

static void resample_medians(double *medians, double *drawn, const double *values, size_t n)
{
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t k = 0; k < RESAMPLES; k++) {
        for (size_t i = 0; i < n; i++)
            drawn[i] = values[rng_below(&rng, n)];
        qsort(drawn, n, sizeof *drawn, ascending);
        medians[k] = sorted_quantile(drawn, n, 0.5);
    }
}

struct statistics_median statistics_median(const double *values, size_t n)
{
    struct statistics_median result = {NAN, NAN, NAN};
    double *medians = calloc(RESAMPLES, sizeof *medians), *drawn = calloc(n, sizeof *drawn);
    if (medians && drawn) {
        resample_medians(medians, drawn, values, n);
        result.median = statistics_quantile(values, n, 0.5);
        result.low = statistics_quantile(medians, RESAMPLES, 0.025);
        result.high = statistics_quantile(medians, RESAMPLES, 0.975);
    }
    free(medians);
    free(drawn);
    return result;
}

static int by_size(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

/* Twice the ranks of n differences sorted by size (twice, so that shared ranks are whole). */
static void rank_twice(size_t *ranks, const double *sorted, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && fabs(sorted[end]) == fabs(sorted[i]);)
            end++;
        for (size_t k = i; k < end; k++)
            ranks[k] = i + 1 + end;
    }
}

/* The chance that a sum of ranks, each in or out like a coin, is at most `least` (all doubled).
 */
static double exact_tail(const size_t *ranks, size_t n, size_t least, double *chance)
{
    double sum = 0;
    size_t total = n * (n + 1);
    chance[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t s = total + 1; s-- > 0;)
            chance[s] = 0.5 * (chance[s] + (s >= ranks[i] ? chance[s - ranks[i]] : 0));
    for (size_t s = 0; s <= least; s++)
        sum += chance[s];
    return sum;
}

static double normal_tail(const size_t *ranks, size_t n, size_t least)
{
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++) {
        mean += 0.5 * (double)ranks[i];
        variance += 0.25 * (double)ranks[i] * (double)ranks[i];
    }
    return 0.5 * erfc((mean - (double)least) / sqrt(2 * variance));
}

/* Of differences sorted by size, none of them zero. */
static double two_sided(const double *sorted, size_t n)
{
    size_t total = n * (n + 1), positive = 0;
    size_t *ranks = calloc(n, sizeof *ranks);
    double *chance = calloc(n <= EXACT_MAX ? total + 1 : 1, sizeof *chance), p = NAN;
    if (ranks && chance) {
        rank_twice(ranks, sorted, n);
        for (size_t i = 0; i < n; i++)
            positive += sorted[i] > 0 ? ranks[i] : 0;
        size_t least = positive < total - positive ? positive : total - positive;
        double tail =
            n <= EXACT_MAX ? exact_tail(ranks, n, least, chance) : normal_tail(ranks, n, least);
        p = fmin(1, 2 * tail);
    }
    free(ranks);
    free(chance);
    return p;
}

double statistics_wilcoxon(const double *differences, size_t n)
{
    size_t kept = 0;
    double *sorted = calloc(n + 1, sizeof *sorted);
    if (!sorted)
        return NAN;
    for (size_t i = 0; i < n; i++)
        if (differences[i] != 0)
            sorted[kept++] = differences[i];
    double p = 1;
    if (kept > 0) {
        qsort(sorted, kept, sizeof *sorted, by_size);
        p = two_sided(sorted, kept);
    }
    free(sorted);
    return p;
}
