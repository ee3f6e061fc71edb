#include "results/stats.h"

#include "tests/check.h"

#include <math.h>

/* Worked out by hand; Student's quantile for 4 degrees of freedom is 2.776445. */
static void a_mean_has_its_interval_and_limits(void **state)
{
    (void)state;
    static const double values[] = {1, 2, 3, 4, 5};
    struct stats_mean stats = stats_mean(values, 5);
    assert_int_equal(stats.n, 5);
    assert_near(stats.mean, 3, 0);
    assert_near(stats.deviation, 1.5811388300841898, 1e-15);
    assert_near(stats.low, 3 - 1.9632431614775945, 1e-6);
    assert_near(stats.high, 3 + 1.9632431614775945, 1e-6);
    assert_near(stats.limit_low, 3 - 3.0990321069650118, 1e-12);
    assert_near(stats.limit_high, 3 + 3.0990321069650118, 1e-12);
}

static void factors_are_averaged_by_their_logarithms(void **state)
{
    (void)state;
    static const double values[] = {0.5, 2};
    struct stats_mean stats = stats_geometric_mean(values, 2);
    assert_near(stats.mean, 1, 1e-15);
    assert_near(stats.deviation, log(2) * sqrt(2), 1e-15);
    assert_near(stats.low * stats.high, 1, 1e-9);
    assert_near(log(stats.high), 12.706204736432095 * log(2), 1e-9);
    assert_near(log(stats.limit_high), 1.96 * log(2) * sqrt(2), 1e-12);
}

static void too_few_values_say_nothing(void **state)
{
    (void)state;
    static const double value = 7;
    struct stats_mean none = stats_mean(NULL, 0), one = stats_mean(&value, 1);
    assert_true(isnan(none.mean) && isnan(none.low));
    assert_near(one.mean, 7, 0);
    assert_near(stats_geometric_mean(&value, 1).mean, 7, 1e-12);
    assert_true(isnan(one.deviation) && isnan(one.low) && isnan(one.limit_high));
}

static void a_small_scatter_about_a_large_mean_is_kept(void **state)
{
    (void)state;
    static const double values[] = {1e9 + 1, 1e9 + 2, 1e9 + 3};
    assert_near(stats_mean(values, 3).deviation, 1, 1e-9);
}

/* The interval of the mean holds it in 95 % of samples: here of uniform numbers. */
static void the_interval_covers_as_it_says(void **state)
{
    (void)state;
    unsigned long long seed = 1;
    int held = 0;
    for (int round = 0; round < 4000; round++) {
        double values[12];
        for (int i = 0; i < 12; i++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            values[i] = (double)(seed >> 11) / 9007199254740992.0;
        }
        struct stats_mean stats = stats_mean(values, 12);
        held += stats.low <= 0.5 && 0.5 <= stats.high;
    }
    assert_near(held / 4000.0, 0.95, 0.012);
}

static void a_median_lies_in_the_middle(void **state)
{
    (void)state;
    double odd[] = {5, 1, 9}, even[] = {4, 1, 2, 8}, one[] = {7};
    double endless[] = {(double)INFINITY, 1, (double)INFINITY, (double)INFINITY};
    assert_near(stats_median(odd, 3).median, 5, 0);
    assert_near(stats_median(even, 4).median, 3, 0);
    assert_near(stats_median(one, 1).median, 7, 0);
    assert_true(isinf(stats_median(endless, 4).median));
    assert_true(isnan(stats_median(NULL, 0).median));
}

/* The ranks of Hahn & Meeker's table for 95 %: n, and l. */
static void its_interval_goes_by_ranks(void **state)
{
    (void)state;
    static const size_t ranks[][2] = {{6, 1},  {8, 1},   {9, 2},   {12, 3},
                                      {20, 6}, {50, 18}, {100, 40}};
    double values[100];
    for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
        size_t n = ranks[i][0];
        for (size_t k = 0; k < n; k++)
            values[k] = (double)(n - k); /* 1 to n, backwards */
        struct stats_median stats = stats_median(values, n);
        assert_int_equal(stats.n, n);
        assert_near(stats.low, (double)ranks[i][1], 0);
        assert_near(stats.high, (double)(n + 1 - ranks[i][1]), 0);
    }
    struct stats_median five = stats_median(values, 5);
    assert_true(isnan(five.low) && isnan(five.high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_median_lies_in_the_middle),
        cmocka_unit_test(its_interval_goes_by_ranks),
        cmocka_unit_test(a_mean_has_its_interval_and_limits),
        cmocka_unit_test(factors_are_averaged_by_their_logarithms),
        cmocka_unit_test(too_few_values_say_nothing),
        cmocka_unit_test(a_small_scatter_about_a_large_mean_is_kept),
        cmocka_unit_test(the_interval_covers_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
