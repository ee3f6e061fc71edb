#include "search/trial.h"

#include "tests/check.h"

static char energy[] = "energy_j", accuracy[] = "accuracy";
static const struct constraint constraints[] = {{energy, false, 100}, {accuracy, true, 0.5}};

static enum feasibility judge(double energy_j, double reached)
{
    return constraints_judge(constraints, 2, (double[]){energy_j, reached});
}

static void the_bound_itself_is_feasible(void **state)
{
    (void)state;
    assert_int_equal(judge(100, 0.5), FEASIBLE);
    assert_int_equal(judge(-INFINITY, INFINITY), FEASIBLE);
    assert_int_equal(judge(nextafter(100, 101), 0.5), INFEASIBLE);
    assert_int_equal(judge(100, nextafter(0.5, 0)), INFEASIBLE);
}

static void a_broken_one_decides_before_an_unknown_one(void **state)
{
    (void)state;
    assert_int_equal(judge(NAN, 0.5), FEASIBILITY_UNKNOWN);
    assert_int_equal(judge(100, NAN), FEASIBILITY_UNKNOWN);
    assert_int_equal(judge(NAN, 0.4), INFEASIBLE);
    assert_int_equal(judge(101, NAN), INFEASIBLE);
    assert_int_equal(constraints_judge(constraints, 2, NULL), FEASIBILITY_UNKNOWN);
}

static void without_constraints_all_is_feasible(void **state)
{
    (void)state;
    assert_int_equal(constraints_judge(NULL, 0, NULL), FEASIBLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bound_itself_is_feasible),
        cmocka_unit_test(a_broken_one_decides_before_an_unknown_one),
        cmocka_unit_test(without_constraints_all_is_feasible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
