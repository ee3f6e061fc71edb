/* Which running trials the median rule stops. */
#include "search/median_rule.h"
#include "tests/search/fixture.h"

#include <math.h>
#include <stdio.h>

static struct space *space_of_two(void)
{
    return fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                         " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 4}}");
}

static struct strategy *start(const struct space *space, const char *entry, enum goal goal)
{
    static char metric[] = "loss";
    static struct objective objective;
    objective = (struct objective){metric, goal};
    struct problem problem = fixture_problem(space, 1);
    problem.objectives = &objective;
    return fixture_strategy(&problem, entry, NULL);
}

/* Ask for a trial and report values at steps 1, 2, ...: the step at which it is stopped, or 0;
 * then tell how it ended. */
static int run(struct strategy *strategy, const double *values, int n, enum trial_state state)
{
    const struct trial *trial;
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    uint64_t number = trial->number;
    int stopped = 0;
    for (int k = 0; k < n && !stopped; k++)
        if (strategy_report(strategy, number, (struct intermediate){k + 1, values[k]}))
            stopped = k + 1;
    struct trial_result result = trial_result_none;
    if (state == TRIAL_COMPLETE && !stopped)
        result.values = &values[n - 1];
    assert_int_equal(strategy_tell(strategy, number, stopped ? TRIAL_PRUNED : state, &result),
                     ST_OK);
    return stopped;
}

/* Losses of 1 to 5 at every step: the median is 3. */
static void tell_five(struct strategy *strategy, double sign)
{
    for (int k = 1; k <= 5; k++)
        assert_int_equal(run(strategy, (double[]){sign * k, sign * k}, 2, TRIAL_COMPLETE), 0);
}

static void worse_than_the_median_is_stopped(void **state)
{
    (void)state;
    static const char *const names[] = {"random", "sobol", "bayes", "tpe", "nsga2"};
    struct space *space = space_of_two();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (int sign = 1; sign >= -1; sign -= 2) {
            char entry[128];
            snprintf(entry, sizeof entry,
                     "{\"name\": \"%s\", \"prune\": {\"rule\": \"median\"}}", names[i]);
            struct strategy *strategy =
                start(space, entry, sign > 0 ? GOAL_MINIMIZE : GOAL_MAXIMIZE);
            tell_five(strategy, sign);
            assert_int_equal(run(strategy, (double[]){sign * 3.5}, 1, TRIAL_COMPLETE), 1);
            assert_int_equal(run(strategy, (double[]){sign * 3}, 1, TRIAL_COMPLETE), 0);
            strategy_free(strategy);
        }
    }
    space_free(space);
}

/* The best so far counts, of the trial and of the others: a curve that rises again is not
 * stopped for it. */
static void the_best_so_far_is_compared(void **state)
{
    (void)state;
    struct space *space = space_of_two();
    struct strategy *strategy =
        start(space, "{\"name\": \"random\", \"prune\": {\"after_trials\": 1}}", GOAL_MINIMIZE);
    assert_int_equal(run(strategy, (double[]){2, 1, 9, 9}, 4, TRIAL_COMPLETE), 0);
    assert_int_equal(run(strategy, (double[]){1, 8, 8, 8}, 4, TRIAL_COMPLETE), 0);
    assert_int_equal(run(strategy, (double[]){1.5, 1.25, 0.5, 3}, 4, TRIAL_COMPLETE), 2);
    strategy_free(strategy);
    space_free(space);
}

/* Failed trials are no measure; stopped ones are, at the steps that they came to. */
static void stopped_trials_count_and_failed_ones_do_not(void **state)
{
    (void)state;
    struct space *space = space_of_two();
    struct strategy *strategy = start(
        space, "{\"name\": \"random\", \"prune\": {\"rule\": \"median\", \"after_trials\": 3}}",
        GOAL_MINIMIZE);
    for (int k = 0; k < 4; k++)
        assert_int_equal(run(strategy, (double[]){-9, -9}, 2, TRIAL_FAILED), 0);
    for (int k = 0; k < 3; k++)
        assert_int_equal(run(strategy, (double[]){k, k}, 2, TRIAL_COMPLETE), 0);
    assert_int_equal(run(strategy, (double[]){1.5, 0}, 2, TRIAL_COMPLETE), 1);
    assert_int_equal(run(strategy, (double[]){1.5, 0}, 2, TRIAL_COMPLETE), 1);
    /* step 1: 0, 1, 1.5, 1.5, 2; step 2: 0, 1, 2 */
    assert_int_equal(run(strategy, (double[]){1.5, 1.25}, 2, TRIAL_COMPLETE), 2);
    assert_int_equal(run(strategy, (double[]){1.5, 1}, 2, TRIAL_COMPLETE), 0);
    strategy_free(strategy);
    space_free(space);
}

static void early_steps_and_early_trials_go_on(void **state)
{
    (void)state;
    struct space *space = space_of_two();
    struct strategy *strategy = start(
        space, "{\"name\": \"random\", \"prune\": {\"after_trials\": 6, \"from_step\": 2}}",
        GOAL_MINIMIZE);
    tell_five(strategy, 1);
    assert_int_equal(run(strategy, (double[]){9, 9}, 2, TRIAL_COMPLETE), 0);
    assert_int_equal(run(strategy, (double[]){9, 9}, 2, TRIAL_COMPLETE), 2);
    assert_int_equal(run(strategy, (double[]){9, 9, 9}, 3, TRIAL_COMPLETE), 2);
    strategy_free(strategy);
    space_free(space);
}

/* Nobody else has reported at that step. */
static void a_step_of_its_own_goes_on(void **state)
{
    (void)state;
    struct space *space = space_of_two();
    struct strategy *strategy =
        start(space, "{\"name\": \"random\", \"prune\": {\"after_trials\": 1}}", GOAL_MINIMIZE);
    const struct trial *trial;
    assert_int_equal(run(strategy, (double[]){0, 0}, 2, TRIAL_COMPLETE), 0);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(strategy_report(strategy, 1, (struct intermediate){1.5, 9}),
                     VERDICT_GO_ON);
    assert_int_equal(strategy_report(strategy, 1, (struct intermediate){3, 9}), VERDICT_GO_ON);
    assert_int_equal(strategy_report(strategy, 1, (struct intermediate){2, 9}), VERDICT_STOP);
    strategy_free(strategy);
    space_free(space);
}

/* Trial 1 goes on from trial 0, which had reported a 0, and counts where it reported itself. A
 * retry that reports step 3 again counts once. */
static void continued_trials_keep_their_past(void **state)
{
    (void)state;
    struct space *space = space_of_two();
    struct strategy *strategy =
        start(space, "{\"name\": \"random\", \"prune\": {\"after_trials\": 3}}", GOAL_MINIMIZE);
    double value = 1;
    struct trial_result result = {.values = &value, .energy_j = NAN};
    assert_int_equal(run(strategy, (double[]){5, 0}, 2, TRIAL_COMPLETE), 0);
    for (int k = 0; k < 2; k++) {
        double point[2] = {0.5, 4};
        uint64_t number = (uint64_t)k + 1;
        assert_int_equal(strategy_restore(strategy, point, 0), ST_OK);
        for (int again = 0; again < 2; again++)
            assert_int_equal(strategy_report(strategy, number, (struct intermediate){3, 7}),
                             VERDICT_GO_ON);
        assert_int_equal(strategy_tell(strategy, number, TRIAL_COMPLETE, &result), ST_OK);
    }
    assert_int_equal(run(strategy, (double[]){9, 9, 1}, 3, TRIAL_COMPLETE), 0);
    assert_int_equal(run(strategy, (double[]){5, 1, 1}, 3, TRIAL_COMPLETE), 3);
    strategy_free(strategy);
    space_free(space);
}

static const struct fixture_mistake mistakes[] = {
    {"{\"name\": \"random\", \"prune\": \"median\"}", "prune"},
    {"{\"name\": \"random\", \"prune\": {\"rule\": \"mean\"}}", "prune.rule"},
    {"{\"name\": \"tpe\", \"prune\": {\"after_trials\": 0}}", "prune.after_trials"},
    {"{\"name\": \"bayes\", \"prune\": {\"from_step\": -1}}", "prune.from_step"},
    {"{\"name\": \"sobol\", \"prune\": {\"steps\": 1}}", "'steps'"},
};

static void mistakes_are_named(void **state)
{
    (void)state;
    struct space *space = space_of_two();
    fixture_check_mistakes(space, mistakes, sizeof mistakes / sizeof mistakes[0]);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worse_than_the_median_is_stopped),
        cmocka_unit_test(the_best_so_far_is_compared),
        cmocka_unit_test(stopped_trials_count_and_failed_ones_do_not),
        cmocka_unit_test(early_steps_and_early_trials_go_on),
        cmocka_unit_test(a_step_of_its_own_goes_on),
        cmocka_unit_test(continued_trials_keep_their_past),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
