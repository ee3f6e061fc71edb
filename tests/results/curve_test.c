#include "results/curve.h"

#include "tests/check.h"

static void minimising_turns_better_around(void **state)
{
    (void)state;
    const struct curve_step steps[] = {{10, 5, 1, 0}, {20, 3, 4, 7}};
    struct curve_step copy[2] = {steps[0], steps[1]};
    struct curve curve = {.steps = copy, .n = 2, .total_j = 40};
    assert_int_equal(curve_reach(&curve, GOAL_MINIMIZE, 3)->trials, 4);
    assert_int_equal(curve_reach(&curve, GOAL_MINIMIZE, 5)->trials, 1);
    assert_null(curve_reach(&curve, GOAL_MINIMIZE, 2));
    assert_null(curve_reach(&curve, GOAL_MINIMIZE, (double)NAN));
    assert_near(curve_mean(&curve, 10, 40), (10 * 5 + 20 * 3) / 30.0, 1e-12);
    assert_near(curve_mean(&curve, 15, 25), 4, 1e-12);
    assert_true(isnan(curve_mean(&curve, 5, 40)));
    assert_true(isnan(curve_mean(&curve, 20, 20)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimising_turns_better_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
