#include "search/spending.h"

#include "tests/check.h"

#include <math.h>

enum { TOLD = 4 };

/* Four told trials of 10 J each, the second of unknown joules; n asked for. */
static double thrift(size_t n, size_t budget_trials, double budget_energy_j)
{
    struct trial trials[TOLD];
    size_t told[TOLD];
    for (size_t i = 0; i < TOLD; i++) {
        trials[i] = (struct trial){.number = i, .energy_j = i == 1 ? NAN : 10};
        told[i] = i;
    }
    struct history history = {.trials = trials, .n = n, .told = told, .n_told = TOLD};
    struct problem problem = {.budget_trials = budget_trials,
                              .budget_energy_j = budget_energy_j};
    assert_near(spending_joules(&history), 30, 0);
    return spending_thrift(&problem, &history, 3);
}

static void thrift_falls_as_either_budget_is_spent(void **state)
{
    (void)state;
    assert_near(thrift(10, 40, 0), 0.75, 1e-15);
    assert_near(thrift(10, 0, 120), 0.75, 1e-15);
    assert_near(thrift(10, 40, 60), 0.5, 1e-15);
    assert_near(thrift(30, 40, 120), 0.25, 1e-15);
    assert_near(thrift(50, 40, 0), 0, 0);
    assert_near(thrift(5, 0, 20), 0, 0);
}

static void without_a_budget_it_falls_with_the_number_of_trials(void **state)
{
    (void)state;
    assert_near(thrift(2, 0, 0), 1, 0);
    assert_near(thrift(3, 0, 0), 1, 0);
    assert_near(thrift(30, 0, 0), 0.1, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thrift_falls_as_either_budget_is_spent),
        cmocka_unit_test(without_a_budget_it_falls_with_the_number_of_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
