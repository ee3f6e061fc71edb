#include "tests/check.h"

#include "orchestrator/objective.h"

#include <math.h>

static const struct objective_sums none;

static struct outcome outcome_of(double seconds)
{
    return (struct outcome){.duration_s = seconds,
                            .cpu_s = 2 * seconds,
                            .peak_memory_mb = 100,
                            .epochs_done = 9,
                            .energy = {.quality = ENERGY_MEASURED,
                                       .dynamic_uj = (int64_t)(3e6 * seconds),
                                       .idle_uj = (int64_t)(1e6 * seconds),
                                       .low_uj = (int64_t)(2e6 * seconds),
                                       .high_uj = (int64_t)(5e6 * seconds)}};
}

static void a_first_trial_has_its_own_figures(void **state)
{
    (void)state;
    struct outcome outcome = outcome_of(10);
    assert_int_equal(outcome_add_metric(&outcome, "accuracy", 0.5), ST_OK);
    assert_near(objective_value(&outcome, "energy_j", &none), 40, 1e-12);
    assert_near(objective_value(&outcome, "duration_s", &none), 10, 0);
    assert_near(objective_value(&outcome, "epochs_done", &none), 9, 0);
    assert_near(objective_value(&outcome, "accuracy", &none), 0.5, 0);
    assert_true(isnan(objective_value(&outcome, "loss", &none)));
    outcome_clear(&outcome);
}

/* Joules and seconds are those of all three; what is not a sum over time is the last one's. */
static void a_chain_adds_up(void **state)
{
    (void)state;
    struct outcome parts[] = {outcome_of(10), outcome_of(20), outcome_of(5)};
    struct objective_sums first = objective_add_up(&parts[0], &none);
    struct objective_sums second = objective_add_up(&parts[1], &first);
    assert_int_equal(outcome_add_metric(&parts[2], "accuracy", 0.75), ST_OK);
    assert_near(objective_value(&parts[2], "energy_j", &second), 140, 1e-12);
    assert_near(objective_value(&parts[2], "energy_low_j", &second), 70, 1e-12);
    assert_near(objective_value(&parts[2], "energy_high_j", &second), 175, 1e-12);
    assert_near(objective_value(&parts[2], "energy_idle_j", &second), 35, 1e-12);
    assert_near(objective_value(&parts[2], "duration_s", &second), 35, 0);
    assert_near(objective_value(&parts[2], "cpu_s", &second), 70, 0);
    assert_near(objective_value(&parts[2], "peak_memory_mb", &second), 100, 0);
    assert_near(objective_value(&parts[2], "epochs_done", &second), 9, 0);
    assert_near(objective_value(&parts[2], "accuracy", &second), 0.75, 0);
    outcome_clear(&parts[2]);
}

static void an_unknown_part_makes_the_sum_unknown(void **state)
{
    (void)state;
    struct outcome first = outcome_of(10), second = outcome_of(20);
    first.energy.quality = ENERGY_NONE;
    struct objective_sums before = objective_add_up(&first, &none);
    assert_true(isnan(objective_value(&second, "energy_j", &before)));
    assert_near(objective_value(&second, "duration_s", &before), 30, 0);
}

static void measured_figures_are_known_by_name(void **state)
{
    (void)state;
    assert_true(objective_measured("cpu_s") && objective_measured("energy_idle_j"));
    assert_false(objective_measured("accuracy"));
    assert_true(objective_needs_energy("energy_j"));
    assert_false(objective_needs_energy("duration_s"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_trial_has_its_own_figures),
        cmocka_unit_test(a_chain_adds_up),
        cmocka_unit_test(an_unknown_part_makes_the_sum_unknown),
        cmocka_unit_test(measured_figures_are_known_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
