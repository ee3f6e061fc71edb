#include "tests/check.h"
#include "worker/functions.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static double value_at(const char *name, const double *x, size_t n)
{
    const struct test_function *function = functions_find(name);
    assert_non_null(function);
    assert_in_range(n, function->dims_min, function->dims_max);
    double values[FUNCTION_VALUES_MAX] = {NAN, NAN};
    function->evaluate(values, x, n);
    return values[0];
}

static void minima_of_fixed_dimension_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t n;
        double x[6];
    } optima[] = {
        {"branin", 2, {-3.14159265358979, 12.275}},
        {"branin", 2, {3.14159265358979, 2.275}},
        {"branin", 2, {9.42477796076938, 2.475}},
        {"camel", 2, {0.0898420131, -0.7126564030}},
        {"camel", 2, {-0.0898420131, 0.7126564030}},
        {"hartmann3", 3, {0.114614, 0.555649, 0.852547}},
        {"hartmann6", 6, {0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573}},
    };
    for (size_t i = 0; i < sizeof optima / sizeof optima[0]; i++) {
        double value = value_at(optima[i].name, optima[i].x, optima[i].n);
        assert_near(value, functions_find(optima[i].name)->minimum, 1e-5);
    }
}

static void minima_of_any_dimension_are_zero(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double at;
    } optima[] = {
        {"rosenbrock", 1}, {"sphere", 0}, {"rastrigin", 0}, {"ackley", 0}, {"levy", 1}};
    for (size_t i = 0; i < sizeof optima / sizeof optima[0]; i++)
        for (size_t n = 2; n <= 8; n++) {
            double x[8];
            for (size_t j = 0; j < n; j++)
                x[j] = optima[i].at;
            assert_near(value_at(optima[i].name, x, n), 0, 1e-12);
        }
}

static void nothing_near_a_minimum_is_lower(void **state)
{
    (void)state;
    static const double branin[] = {9.42477796076938, 2.475};
    static const double hartmann[] = {0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573};
    for (int turn = 0; turn < 64; turn++) {
        double x[6];
        for (size_t j = 0; j < 6; j++)
            x[j] = hartmann[j] + (turn >> j & 1 ? 0.01 : -0.01);
        assert_true(value_at("hartmann6", x, 6) > functions_find("hartmann6")->minimum);
        x[0] = branin[0] + 0.1 * cos(turn);
        x[1] = branin[1] + 0.1 * sin(turn);
        assert_true(value_at("branin", x, 2) > functions_find("branin")->minimum);
    }
}

static void fronts_have_their_shapes(void **state)
{
    (void)state;
    for (int i = 0; i <= 10; i++) {
        double x[5] = {i / 10.0, 0, 0, 0, 0}, v[2];
        functions_find("zdt1")->evaluate(v, x, 5);
        assert_near(v[0], x[0], 0);
        assert_near(v[1], 1 - sqrt(x[0]), 1e-15);
        functions_find("zdt2")->evaluate(v, x, 5);
        assert_near(v[1], 1 - x[0] * x[0], 1e-15);
        functions_find("zdt3")->evaluate(v, x, 5);
        assert_near(v[1], 1 - sqrt(x[0]) - x[0] * sin(10 * acos(-1.0) * x[0]), 1e-13);
        x[3] = 0.5; /* away from the front the second value grows */
        double away[2];
        functions_find("zdt2")->evaluate(away, x, 5);
        assert_true(away[1] > 1 - x[0] * x[0]);
    }
}

static void every_row_is_whole_and_found_by_its_name(void **state)
{
    (void)state;
    size_t n;
    const struct test_function *table = functions_table(&n);
    assert_true(n >= 9);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(functions_find(table[i].name), &table[i]);
        assert_true(strlen(table[i].summary) > 0);
        assert_in_range(table[i].n_values, 1, FUNCTION_VALUES_MAX);
        assert_in_range(table[i].dims_min, 1, table[i].dims_max);
        double x[6] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5}, values[2] = {0, 0};
        table[i].evaluate(values, x, table[i].dims_min);
        for (size_t v = 0; v < table[i].n_values; v++)
            assert_true(isfinite(values[v]));
    }
    assert_null(functions_find("brain"));
    assert_string_equal(functions_closest("brainin"), "branin");
    assert_null(functions_closest("something else"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minima_of_fixed_dimension_are_the_published_ones),
        cmocka_unit_test(minima_of_any_dimension_are_zero),
        cmocka_unit_test(nothing_near_a_minimum_is_lower),
        cmocka_unit_test(fronts_have_their_shapes),
        cmocka_unit_test(every_row_is_whole_and_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
