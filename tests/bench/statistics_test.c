#include "tests/bench/statistics.h"

#include "base/rng.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>

static void quantiles_lie_between_neighbours(void **state)
{
    (void)state;
    const double values[] = {4, 1, 3, 2};
    assert_near(statistics_quantile(values, 4, 0), 1, 0);
    assert_near(statistics_quantile(values, 4, 1), 4, 0);
    assert_near(statistics_quantile(values, 4, 0.5), 2.5, 0);
    assert_near(statistics_quantile(values, 4, 0.25), 1.75, 1e-15);
    assert_near(statistics_quantile(values, 1, 0.5), 4, 0);
}

static void infinities_are_values_like_others(void **state)
{
    (void)state;
    const double values[] = {INFINITY, 1, INFINITY, 2};
    assert_near(statistics_quantile(values, 3, 0), 1, 0);
    assert_true(isinf(statistics_quantile(values, 4, 0.75)));
    assert_true(isinf(statistics_quantile(values, 3, 0.5)));
    assert_near(statistics_quantile(values, 4, 1 / 3.0), 2, 1e-12);
}

static void the_interval_holds_the_median(void **state)
{
    (void)state;
    enum { N = 25 };
    double values[N];
    struct rng rng;
    rng_seed(&rng, 8);
    for (int i = 0; i < N; i++)
        values[i] = rng_normal(&rng);
    struct statistics_median median = statistics_median(values, N);
    assert_true(median.low < median.median && median.median < median.high);
    assert_true(median.high - median.low < 2);
    const double same[] = {3, 3, 3};
    median = statistics_median(same, 3);
    assert_near(median.low, 3, 0);
    assert_near(median.high, 3, 0);
}

/* In 95 of 100 samples, give or take, the interval of the median covers the true one. */
static void the_interval_covers_the_truth_as_often_as_it_says(void **state)
{
    (void)state;
    enum { N = 15, SAMPLES = 100 };
    int covered = 0;
    struct rng rng;
    rng_seed(&rng, 15);
    for (int k = 0; k < SAMPLES; k++) {
        double values[N];
        for (int i = 0; i < N; i++)
            values[i] = rng_normal(&rng);
        struct statistics_median median = statistics_median(values, N);
        covered += median.low <= 0 && 0 <= median.high;
    }
    assert_in_range(covered, 88, 100);
}

static void wilcoxon_of_few_differences(void **state)
{
    (void)state;
    const double up[] = {1, 2, 3, 4, 5}, mixed[] = {-1, 2, 3, 4, 5, 6}, none[] = {0, 0};
    assert_near(statistics_wilcoxon(up, 5), 2 / 32.0, 1e-12);
    assert_near(statistics_wilcoxon(mixed, 6), 4 / 64.0, 1e-12);
    assert_near(statistics_wilcoxon(none, 2), 1, 0);
    assert_near(statistics_wilcoxon(none, 0), 1, 0);
}

/* Twice the sum of the ranks of the positive differences, where equal sizes share ranks. */
static int positive_ranks(const double *sizes, unsigned signs, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        if (!(signs >> i & 1))
            continue;
        for (int k = 0; k < n; k++)
            sum += 2 * (sizes[k] < sizes[i]) + (sizes[k] == sizes[i]);
        sum += 1;
    }
    return sum;
}

/* By the definition: of all ways to choose the signs, the part that is as far from the middle.
 */
static double by_enumeration(const double *sizes, unsigned signs, int n)
{
    int middle = n * (n + 1) / 2, count = 0;
    int away = abs(positive_ranks(sizes, signs, n) - middle);
    for (unsigned other = 0; other < 1U << n; other++)
        count += abs(positive_ranks(sizes, other, n) - middle) >= away;
    return (double)count / (double)(1U << n);
}

static void wilcoxon_agrees_with_enumeration(void **state)
{
    (void)state;
    enum { N = 9 };
    struct rng rng;
    rng_seed(&rng, 2);
    for (int round = 0; round < 40; round++) {
        double sizes[N], differences[N + 1] = {0};
        unsigned signs = (unsigned)rng_below(&rng, 1U << N);
        for (int i = 0; i < N; i++) {
            sizes[i] = 1 + (double)rng_below(&rng, round % 2 ? 5 : 1000);
            differences[i] = signs >> i & 1 ? sizes[i] : -sizes[i];
        }
        assert_near(statistics_wilcoxon(differences, N + 1), by_enumeration(sizes, signs, N),
                    1e-12);
    }
}

/* Too many for enumeration: the part of random signs that is as far from the middle. */
static double by_drawing(int n, int away, int draws)
{
    struct rng rng;
    int count = 0, middle = n * (n + 1) / 2;
    rng_seed(&rng, 60);
    for (int k = 0; k < draws; k++) {
        int sum = 0;
        for (int i = 0; i < n; i++)
            sum += rng_next(&rng) >> 63 ? 2 * (i + 1) : 0;
        count += abs(sum - middle) >= away;
    }
    return (double)count / draws;
}

/* Sizes in ascending order, so that rank i + 1 is that of place i. */
static void the_normal_form_agrees_with_drawing(void **state)
{
    (void)state;
    enum { N = 60, DRAWS = 20000 };
    double differences[N];
    int sum = 0;
    for (int i = 0; i < N; i++) {
        double size = 1 + 0.1 * i;
        differences[i] = i % 8 < 5 ? size : -size;
        sum += differences[i] > 0 ? 2 * (i + 1) : 0;
    }
    double drawn = by_drawing(N, abs(sum - N * (N + 1) / 2), DRAWS);
    assert_true(drawn > 0.02 && drawn < 0.5);
    assert_near(statistics_wilcoxon(differences, N), drawn, 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_lie_between_neighbours),
        cmocka_unit_test(infinities_are_values_like_others),
        cmocka_unit_test(the_interval_holds_the_median),
        cmocka_unit_test(the_interval_covers_the_truth_as_often_as_it_says),
        cmocka_unit_test(wilcoxon_of_few_differences),
        cmocka_unit_test(wilcoxon_agrees_with_enumeration),
        cmocka_unit_test(the_normal_form_agrees_with_drawing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
