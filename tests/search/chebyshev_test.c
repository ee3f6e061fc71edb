/* The expected improvement of the scalarisation against simulation, the formula for a single
 * objective, and differences. */
#include "search/chebyshev.h"

#include "base/rng.h"
#include "search/acquisition.h"
#include "tests/check.h"

#include <math.h>

static double weights[] = {0.5, 0.3, 0.2}, ideal[] = {-1, 0, -2};
static const struct chebyshev three = {3, weights, ideal, 0.6};

static void check_simulation(const struct belief *beliefs)
{
    struct rng rng;
    struct belief slopes[3];
    double mean[3], sum = 0, squares = 0, shift = 0;
    const int draws = 200000;
    rng_seed(&rng, 1);
    for (int k = 0; k < 3; k++)
        mean[k] = beliefs[k].mean;
    for (int k = 0; k < 3; k++)
        shift += 0.05 * weights[k] * (mean[k] - ideal[k]);
    for (int i = 0; i < draws; i++) {
        double most = -INFINITY;
        for (int k = 0; k < 3; k++) {
            double f = mean[k] + sqrt(beliefs[k].variance) * rng_normal(&rng);
            most = fmax(most, weights[k] * (f - ideal[k]));
        }
        double value = fmax(0, three.best - shift - most);
        sum += value;
        squares += value * value;
    }
    double average = sum / draws, error = sqrt((squares / draws - average * average) / draws);
    assert_true(average > 10 * error);
    assert_near(exp(log_chebyshev(&three, beliefs, slopes)), average, 4 * error);
}

static void it_is_that_of_a_simulation(void **state)
{
    (void)state;
    check_simulation((struct belief[]){{0, 1}, {0.5, 0.3}, {-1, 2}});
    check_simulation((struct belief[]){{-0.5, 0.01}, {0.1, 0.04}, {-1.5, 0.01}});
    check_simulation((struct belief[]){{0.2, 0.1}, {2, 0.5}, {0, 0.5}});
}

/* From a sure improvement to one of exp(-20000). */
static void with_one_objective_it_is_the_usual_improvement(void **state)
{
    (void)state;
    double one = 1, none = 0;
    for (double best = 12; best > -200; best -= 1.7) {
        const struct chebyshev single = {1, &one, &none, best};
        const struct belief belief = {0, 1};
        struct belief by, expected;
        double value = log_chebyshev(&single, &belief, &by);
        double exact = log_expected_improvement(best, 0, 1, &expected.mean, &expected.variance);
        assert_near(value, exact, 1e-5);
        assert_near(by.mean, 1.05 * expected.mean, 1e-4 * fabs(expected.mean));
        assert_near(by.variance, expected.variance, 1e-4 * (1e-3 + fabs(expected.variance)));
    }
}

static void check_slope(const struct belief *beliefs, const struct belief *slopes, size_t k,
                        bool by_variance)
{
    struct belief moved[3] = {beliefs[0], beliefs[1], beliefs[2]}, unused[3];
    double *moving = by_variance ? &moved[k].variance : &moved[k].mean;
    double h = 1e-4 * beliefs[k].variance, at = *moving;
    *moving = at + h;
    double above = log_chebyshev(&three, moved, unused);
    *moving = at - h;
    double below = log_chebyshev(&three, moved, unused);
    double slope = by_variance ? slopes[k].variance : slopes[k].mean;
    assert_near((above - below) / (2 * h), slope, 1e-3 * (1 + fabs(slope)));
}

static void gradients_are_those_of_differences(void **state)
{
    (void)state;
    static const struct belief cases[][3] = {{{0, 1}, {0.5, 0.3}, {-1, 2}},
                                             {{5, 0.01}, {4, 0.03}, {3, 0.02}},
                                             {{-3, 0.5}, {-4, 0.3}, {0, 0.2}},
                                             {{0.5, 0.04}, {8, 0.1}, {-5, 0.1}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct belief slopes[3];
        assert_true(isfinite(log_chebyshev(&three, cases[i], slopes)));
        for (size_t k = 0; k < 3; k++) {
            check_slope(cases[i], slopes, k, false);
            check_slope(cases[i], slopes, k, true);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_that_of_a_simulation),
        cmocka_unit_test(with_one_objective_it_is_the_usual_improvement),
        cmocka_unit_test(gradients_are_those_of_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
