#include "results/idle_policy.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

/* Two hosts; the dynamic energy is 10, 30 and 5, the idle energy 4, 4 and 1. */
static void the_policies_hand_out_idle_energy(void **state)
{
    (void)state;
    struct attempt_record attempts[4] = {
        fixture_attempt(0, 0, 1, 10000000, 4000000), fixture_attempt(0, 1, 1, 5000000, 1000000),
        fixture_attempt(0, 2, 1, 30000000, 4000000), fixture_attempt(0, 3, 1, 99, 99)};
    double joules[4];
    attempts[1].host = "node8";
    attempts[3].energy.quality = "none";
    idle_policy_apply("equal", attempts, 4, joules);
    assert_near(joules[0], 14, 1e-12);
    assert_near(joules[1], 6, 1e-12);
    assert_near(joules[2], 34, 1e-12);
    assert_true(isnan(joules[3]));
    idle_policy_apply("separate", attempts, 4, joules);
    assert_near(joules[0], 10, 1e-12);
    assert_near(joules[1], 5, 1e-12);
    assert_true(isnan(joules[3]));
    idle_policy_apply("proportional", attempts, 4, joules);
    assert_near(joules[0], 12, 1e-12);
    assert_near(joules[1], 6, 1e-12);
    assert_near(joules[2], 36, 1e-12);
    assert_true(isnan(joules[3]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_policies_hand_out_idle_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
