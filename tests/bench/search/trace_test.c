#include "tests/bench/search/trace.h"

#include "tests/check.h"

static struct measurement measured(double value, double told, double energy_j)
{
    return (struct measurement){.values = {value}, .told = {told}, .energy_j = energy_j};
}

static struct trace trace_of(const struct measurement *trials, size_t n,
                             const struct target *target)
{
    struct trace trace = {0};
    for (size_t i = 0; i < n; i++)
        assert_int_equal(trace_add(&trace, &trials[i], 0.5), ST_OK);
    assert_int_equal(trace_judge(&trace, target), ST_OK);
    return trace;
}

/* The one that looks best is not the one that is best. */
static void the_regret_is_the_true_one_of_what_looks_best(void **state)
{
    (void)state;
    const struct target target = {.n_values = 1, .minimum = 2};
    const struct measurement trials[] = {measured(102, 100, 1), measured(12, 13, 1),
                                         measured(3, 14, 1), measured(22, 11, 1)};
    struct trace trace = trace_of(trials, 4, &target);
    assert_near(trace_regret(&trace, 1), 2, 1e-12);
    assert_near(trace_regret(&trace, 2), 1, 1e-12);
    assert_near(trace_regret(&trace, 3), 1, 1e-12);
    assert_near(trace_regret(&trace, 4), log10(20), 1e-12);
    assert_near(trace_regret(&trace, 1000), log10(20), 1e-12);
    assert_true(isinf(trace_regret(&trace, 0)));
    trace_free(&trace);
}

static void failed_trials_cost_and_give_nothing(void **state)
{
    (void)state;
    const struct target target = {.n_values = 1};
    struct measurement trials[] = {measured(-9, -9, 7), measured(10, 10, 3),
                                   measured(-9, -9, NAN)};
    trials[0].failed = trials[2].failed = true;
    struct trace trace = trace_of(trials, 3, &target);
    assert_true(isinf(trace_regret(&trace, 1)));
    assert_near(trace_regret(&trace, 3), 1, 1e-12);
    assert_near(trace_energy_j(&trace, 3), 10, 0);
    assert_near(trace_time_s(&trace), 1.5, 0);
    trace_free(&trace);
}

static void what_is_nearer_than_a_millionth_is_found(void **state)
{
    (void)state;
    const struct target target = {.n_values = 1, .minimum = 1};
    const struct measurement trials[] = {measured(1 + 1e-9, 1, 1), measured(1, 0, 1)};
    struct trace trace = trace_of(trials, 2, &target);
    assert_near(trace_regret(&trace, 1), -6, 0);
    assert_near(trace_regret(&trace, 2), -6, 0);
    trace_free(&trace);
}

static void joules_are_counted_up_to_the_regret(void **state)
{
    (void)state;
    const struct target target = {.n_values = 1};
    const struct measurement trials[] = {measured(100, 100, 5), measured(10, 10, 20),
                                         measured(1, 1, 100)};
    struct trace trace = trace_of(trials, 3, &target);
    assert_near(trace_energy_to_j(&trace, 2), 5, 0);
    assert_near(trace_energy_to_j(&trace, 1.5), 25, 0);
    assert_near(trace_energy_to_j(&trace, 0), 125, 0);
    assert_true(isinf(trace_energy_to_j(&trace, -1)));
    assert_true(isinf(trace_regret_at(&trace, 4.9)));
    assert_near(trace_regret_at(&trace, 5), 2, 1e-12);
    assert_near(trace_regret_at(&trace, 124), 1, 1e-12);
    assert_near(trace_regret_at(&trace, 125), 0, 1e-12);
    trace_free(&trace);
}

static void with_two_values_it_is_the_missing_part_of_the_front(void **state)
{
    (void)state;
    const struct target target = {.n_values = 2, .reference = {4, 4}, .volume = 10};
    const struct measurement trials[] = {
        {.values = {3, 3}}, {.values = {2, 2}, .failed = true}, {.values = {1, 1}}};
    struct trace trace = trace_of(trials, 3, &target);
    assert_near(trace_regret(&trace, 1), log10(0.9), 1e-12);
    assert_near(trace_regret(&trace, 2), log10(0.9), 1e-12);
    assert_near(trace_regret(&trace, 3), log10(0.1), 1e-12);
    assert_near(trace.volume, 9, 0);
    assert_near(trace.front_points, 1, 0);
    trace_free(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_regret_is_the_true_one_of_what_looks_best),
        cmocka_unit_test(failed_trials_cost_and_give_nothing),
        cmocka_unit_test(what_is_nearer_than_a_millionth_is_found),
        cmocka_unit_test(joules_are_counted_up_to_the_regret),
        cmocka_unit_test(with_two_values_it_is_the_missing_part_of_the_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
