#include "results/regression.h"
#include "tests/check.h"

/* y = 2 + 3 a - b without noise. */
static void a_plane_is_found_exactly(void **state)
{
    (void)state;
    double x[12][3], y[12];
    for (size_t i = 0; i < 12; i++) {
        x[i][0] = 1;
        x[i][1] = (double)(i % 4);
        x[i][2] = (double)(i * i % 7);
        y[i] = 2 + 3 * x[i][1] - x[i][2];
    }
    struct regression fit;
    assert_int_equal(regression_fit(&fit, &x[0][0], y, 12, 3), ST_OK);
    static const double expected[] = {2, 3, -1};
    for (size_t i = 0; i < 3; i++) {
        assert_near(fit.coefficients[i].estimate, expected[i], 1e-12);
        assert_near(fit.coefficients[i].low, expected[i], 1e-6);
        assert_near(fit.coefficients[i].high, expected[i], 1e-6);
    }
    assert_near(fit.r_squared, 1, 1e-12);
}

/* The line through (1,1), (2,3), (3,2), (4,5), by hand: slope 1.1, constant 0; the squares left
 * over are 2.7 of 8.75, so the slope's deviation is sqrt(1.35 / 5), and Student's 95 % with two
 * degrees of freedom is 4.302652729911275. */
static void intervals_are_those_of_students_distribution(void **state)
{
    (void)state;
    static const double x[] = {1, 1, 1, 2, 1, 3, 1, 4}, y[] = {1, 3, 2, 5};
    struct regression fit;
    assert_int_equal(regression_fit(&fit, x, y, 4, 2), ST_OK);
    assert_near(fit.coefficients[1].estimate, 1.1, 1e-12);
    assert_near(fit.coefficients[0].estimate, 0, 1e-12);
    double half = 4.302652729911275 * sqrt(1.35 / 5);
    assert_near(fit.coefficients[1].low, 1.1 - half, 1e-9);
    assert_near(fit.coefficients[1].high, 1.1 + half, 1e-9);
    assert_near(fit.r_squared, 1 - 2.7 / 8.75, 1e-12);
}

static void what_cannot_be_told_apart_is_an_error(void **state)
{
    (void)state;
    static const double twice[] = {1, 2, 2, 4, 3, 6}, y[] = {1, 2, 3};
    static const double nought[] = {1, 0, 1, 0, 1, 0};
    struct regression fit;
    assert_int_equal(regression_fit(&fit, twice, y, 3, 2), ST_NUMERIC);
    assert_int_equal(regression_fit(&fit, nought, y, 3, 2), ST_NUMERIC);
    assert_int_equal(regression_fit(&fit, twice, y, 2, 2), ST_INVALID);
    static const double ones[] = {1, 1, 1}, flat[] = {5, 5, 5};
    assert_int_equal(regression_fit(&fit, ones, flat, 3, 1), ST_OK);
    assert_true(isnan(fit.r_squared));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plane_is_found_exactly),
        cmocka_unit_test(intervals_are_those_of_students_distribution),
        cmocka_unit_test(what_cannot_be_told_apart_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
