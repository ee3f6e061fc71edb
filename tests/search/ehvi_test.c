/* The expected hypervolume improvement against simulation, a law of it, and differences. */
#include "search/ehvi.h"

#include "base/rng.h"
#include "search/acquisition.h"
#include "tests/check.h"

#include <math.h>

static const struct corner front[] = {{-1.2, 0.9}, {-0.5, 0.2}, {-0.4, 0.1}, {0.3, -0.8}};
static const struct corner reference = {1, 1.5};
enum { N = sizeof front / sizeof front[0] };

/* What the point (a, b) adds to the hypervolume. */
static double added(double a, double b)
{
    double sum = 0, low = -INFINITY;
    for (size_t i = 0; i <= N; i++) {
        double high = i < N ? front[i].a : reference.a;
        double top = i > 0 ? front[i - 1].b : reference.b;
        if (high > a && top > b)
            sum += (high - fmax(low, a)) * (top - b);
        low = high;
    }
    return sum;
}

static void check_simulation(const struct belief *beliefs)
{
    struct rng rng;
    struct belief slopes[2];
    double sum = 0, squares = 0;
    const int draws = 200000;
    rng_seed(&rng, 1);
    for (int i = 0; i < draws; i++) {
        double a = beliefs[0].mean + sqrt(beliefs[0].variance) * rng_normal(&rng);
        double b = beliefs[1].mean + sqrt(beliefs[1].variance) * rng_normal(&rng);
        double value = added(a, b);
        sum += value;
        squares += value * value;
    }
    double mean = sum / draws, error = sqrt((squares / draws - mean * mean) / draws);
    assert_true(mean > 10 * error);
    assert_near(exp(log_ehvi(front, N, reference, beliefs, slopes)), mean, 4 * error);
}

static void it_is_that_of_a_simulation(void **state)
{
    (void)state;
    check_simulation((struct belief[]){{0, 1}, {0, 1}});
    check_simulation((struct belief[]){{-0.45, 0.01}, {0.1, 0.04}});
    check_simulation((struct belief[]){{-2, 0.3}, {-1, 2}});
    check_simulation((struct belief[]){{0.6, 0.09}, {-0.5, 0.04}});
}

static void without_a_front_it_is_a_product_of_improvements(void **state)
{
    (void)state;
    const struct belief beliefs[] = {{0.4, 0.5}, {-0.3, 1.7}};
    struct belief slopes[2], by[2];
    double expected =
        log_expected_improvement(reference.a, 0.4, 0.5, &by[0].mean, &by[0].variance) +
        log_expected_improvement(reference.b, -0.3, 1.7, &by[1].mean, &by[1].variance);
    assert_near(log_ehvi(NULL, 0, reference, beliefs, slopes), expected, 1e-13);
    for (int k = 0; k < 2; k++) {
        assert_near(slopes[k].mean, by[k].mean, 1e-13);
        assert_near(slopes[k].variance, by[k].variance, 1e-13);
    }
}

/* Points of the front that lie on a line between their neighbours' strips change nothing: a
 * front that repeats a corner almost exactly gives nearly the same value. */
static void strips_of_hardly_any_width_count_for_nothing(void **state)
{
    (void)state;
    const struct corner one[] = {{0, 0}};
    const struct belief beliefs[] = {{0.5, 0.2}, {0.4, 0.3}};
    struct belief slopes[2], close_slopes[2];
    double expected = log_ehvi(one, 1, reference, beliefs, slopes);
    for (double step = 1e-3; step > 1e-14; step /= 10) {
        const struct corner two[] = {{-step, step}, {0, 0}};
        double value = log_ehvi(two, 2, reference, beliefs, close_slopes);
        assert_near(value, expected, 3 * step + 1e-13);
        assert_near(close_slopes[0].mean, slopes[0].mean, 30 * step + 1e-12);
        assert_near(close_slopes[0].variance, slopes[0].variance, 30 * step + 1e-12);
    }
    const struct corner same[] = {{0, 0}, {0, 0}};
    assert_near(log_ehvi(same, 2, reference, beliefs, slopes), expected, 1e-13);
}

static void check_slope(const struct belief *beliefs, const struct belief *slopes, size_t k,
                        bool by_variance)
{
    struct belief moved[2], unused[2];
    double h = 1e-6 * sqrt(beliefs[k].variance), value[2];
    for (int side = 0; side < 2; side++) {
        moved[0] = beliefs[0];
        moved[1] = beliefs[1];
        double *moving = by_variance ? &moved[k].variance : &moved[k].mean;
        *moving += side ? h : -h;
        value[side] = log_ehvi(front, N, reference, moved, unused);
    }
    double slope = by_variance ? slopes[k].variance : slopes[k].mean;
    assert_near((value[1] - value[0]) / (2 * h), slope, 1e-5 * (1 + fabs(slope)));
}

/* At ordinary points and where the improvement is as small as exp(-50000). */
static void gradients_are_those_of_differences(void **state)
{
    (void)state;
    static const struct belief cases[][2] = {
        {{0, 1}, {0, 1}},          {{-0.45, 0.01}, {0.1, 0.04}}, {{2, 0.01}, {1, 0.02}},
        {{5, 0.0016}, {4, 0.001}}, {{-3, 0.5}, {-4, 0.3}},       {{0.5, 1e-4}, {8, 1e-3}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct belief slopes[2];
        assert_true(isfinite(log_ehvi(front, N, reference, cases[i], slopes)));
        for (size_t k = 0; k < 2; k++) {
            check_slope(cases[i], slopes, k, false);
            check_slope(cases[i], slopes, k, true);
        }
    }
}

/* Far from the front it rises steadily towards it, where exp() of it is long zero. */
static void it_rises_towards_the_front_from_afar(void **state)
{
    (void)state;
    double previous = -INFINITY;
    for (double x = 1000; x > 1; x /= 1.1) {
        struct belief beliefs[] = {{x, 0.01}, {x, 0.01}}, slopes[2];
        double value = log_ehvi(front, N, reference, beliefs, slopes);
        assert_true(isfinite(value) && value > previous && slopes[0].mean < 0 &&
                    slopes[1].mean < 0);
        previous = value;
    }
    assert_true(previous < -30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_that_of_a_simulation),
        cmocka_unit_test(without_a_front_it_is_a_product_of_improvements),
        cmocka_unit_test(strips_of_hardly_any_width_count_for_nothing),
        cmocka_unit_test(gradients_are_those_of_differences),
        cmocka_unit_test(it_rises_towards_the_front_from_afar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
