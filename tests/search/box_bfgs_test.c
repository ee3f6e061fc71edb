#include "search/box_bfgs.h"

#include "base/rng.h"
#include "tests/check.h"

#include <stdbool.h>

#define DIMS 6

static const struct box_bfgs_limits thorough = {2000, 0.1, 1, 1e-7, 0};

/* Chained Rosenbrock's valley in DIMS variables. */
static double rosenbrock(const double *x, double *gradient)
{
    double value = 0;
    for (int i = 0; i < DIMS; i++)
        gradient[i] = 0;
    for (int i = 0; i + 1 < DIMS; i++) {
        double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        value += 100 * a * a + b * b;
        gradient[i] += -400 * a * x[i] - 2 * b;
        gradient[i + 1] += 200 * a;
    }
    return value;
}

static void it_follows_a_curved_valley(void **state)
{
    (void)state;
    struct box_bfgs *b = NULL;
    double low[DIMS], high[DIMS], start[DIMS], gradient[DIMS];
    const double *x;
    for (int i = 0; i < DIMS; i++) {
        low[i] = -3;
        high[i] = 3;
        start[i] = -1;
    }
    assert_int_equal(box_bfgs_create(&b, DIMS), ST_OK);
    box_bfgs_start(b, start, low, high, &thorough);
    while ((x = box_bfgs_point(b)))
        box_bfgs_tell(b, rosenbrock(x, gradient), gradient);
    for (int i = 0; i < DIMS; i++)
        assert_near(box_bfgs_best(b)[i], 1, 1e-5);
    box_bfgs_free(b);
}

/* A convex quadratic in a random box: at the answer no allowed direction leads down. */
static void it_ends_where_no_allowed_direction_leads_down(void **state)
{
    (void)state;
    struct box_bfgs *b = NULL;
    struct rng rng;
    size_t held = 0;
    rng_seed(&rng, 4);
    assert_int_equal(box_bfgs_create(&b, DIMS), ST_OK);
    for (int round = 0; round < 50; round++) {
        double low[DIMS], high[DIMS], start[DIMS], centre[DIMS], mix[DIMS], gradient[DIMS];
        const double *x;
        for (int i = 0; i < DIMS; i++) {
            low[i] = rng_normal(&rng);
            high[i] = low[i] + (i == 0 ? 0 : rng_uniform(&rng));
            start[i] = rng_normal(&rng);
            centre[i] = rng_normal(&rng);
            mix[i] = rng_normal(&rng);
        }
        box_bfgs_start(b, start, low, high, &thorough);
        while ((x = box_bfgs_point(b))) {
            double along = 0, value = 0;
            for (int i = 0; i < DIMS; i++) {
                assert_true(x[i] >= low[i] && x[i] <= high[i]);
                along += mix[i] * (x[i] - centre[i]);
            }
            for (int i = 0; i < DIMS; i++) {
                double d = x[i] - centre[i];
                value += (i + 1) * d * d / 2;
                gradient[i] = (i + 1) * d + 10 * along * mix[i];
            }
            box_bfgs_tell(b, value + 5 * along * along, gradient);
        }
        const double *best = box_bfgs_best(b);
        double along = 0;
        for (int i = 0; i < DIMS; i++)
            along += mix[i] * (best[i] - centre[i]);
        for (int i = 0; i < DIMS; i++) {
            double g = (i + 1) * (best[i] - centre[i]) + 10 * along * mix[i];
            if (best[i] > low[i])
                assert_true(g <= 1e-4);
            if (best[i] < high[i])
                assert_true(g >= -1e-4);
            held += best[i] == low[i] || best[i] == high[i];
        }
    }
    assert_true(held > 60); /* bounds did matter */
    box_bfgs_free(b);
}

static void values_that_are_not_finite_are_steps_too_far(void **state)
{
    (void)state;
    struct box_bfgs *b = NULL;
    double low = -10, high = 10, start = 1, gradient;
    struct box_bfgs_limits limits = {200, 8, 10, 1e-9, 0};
    const double *x;
    size_t refused = 0;
    assert_int_equal(box_bfgs_create(&b, 1), ST_OK);
    box_bfgs_start(b, &start, &low, &high, &limits);
    while ((x = box_bfgs_point(b))) { /* 4 x - ln x is defined for x > 0 */
        bool outside = *x <= 0;
        refused += outside;
        gradient = outside ? nan("") : 4 - 1 / *x;
        box_bfgs_tell(b, outside ? nan("") : 4 * *x - log(*x), &gradient);
    }
    assert_near(*box_bfgs_best(b), 0.25, 1e-6);
    assert_true(refused > 0);

    box_bfgs_start(b, &start, &low, &high, &limits);
    box_bfgs_tell(b, INFINITY, &gradient);
    assert_null(box_bfgs_point(b));
    assert_true(isinf(box_bfgs_value(b)));
    box_bfgs_free(b);
}

static void it_keeps_to_its_evaluations(void **state)
{
    (void)state;
    struct box_bfgs *b = NULL;
    double low[DIMS], high[DIMS], start[DIMS] = {0}, gradient[DIMS];
    struct box_bfgs_limits limits = {7, 0.1, 1, 0, 0};
    const double *x;
    int told = 0;
    for (int i = 0; i < DIMS; i++) {
        low[i] = -3;
        high[i] = 3;
    }
    assert_int_equal(box_bfgs_create(&b, DIMS), ST_OK);
    assert_null(box_bfgs_point(b));
    box_bfgs_start(b, start, low, high, &limits);
    for (; (x = box_bfgs_point(b)); told++)
        box_bfgs_tell(b, rosenbrock(x, gradient), gradient);
    assert_int_equal(told, 7);
    box_bfgs_free(b);
    box_bfgs_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_a_curved_valley),
        cmocka_unit_test(it_ends_where_no_allowed_direction_leads_down),
        cmocka_unit_test(values_that_are_not_finite_are_steps_too_far),
        cmocka_unit_test(it_keeps_to_its_evaluations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
