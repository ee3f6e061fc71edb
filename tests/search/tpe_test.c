/* The strategy `tpe` through ask and tell. */
#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

static const char lattice[] =
    "{\"a\": {\"type\": \"integer\", \"low\": 0, \"high\": 9},"
    " \"b\": {\"type\": \"ordinal\", \"values\": [1, 2, 4, 8]},"
    " \"c\": {\"type\": \"categorical\", \"values\": [\"p\", \"q\", \"r\"]}}";

static double bowl(const double *p)
{
    return (p[0] - 0.8) * (p[0] - 0.8) + (p[1] - 0.3) * (p[1] - 0.3);
}

static double steps(const double *p)
{
    return (p[0] - 7) * (p[0] - 7) + fabs(p[1] - 2) + 2 * p[2];
}

/* Geometric means of the regrets of five seeds. */
static void check_advantage(const char *text, fixture_function *f, int trials, double factor)
{
    struct space *space = fixture_space(text);
    double tpe = 0, chance = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct problem problem = fixture_problem(space, seed);
        tpe += log(fixture_best_of(&problem, "\"tpe\"", f, trials) + 1e-12) / 5;
        chance += log(fixture_best_of(&problem, "\"random\"", f, trials) + 1e-12) / 5;
    }
    assert_true(exp(tpe) * factor < exp(chance));
    space_free(space);
}

static void it_is_better_than_chance(void **state)
{
    (void)state;
    check_advantage(fixture_unit2, bowl, 80, 10);
    check_advantage(fixture_mixed, fixture_training, 100, 5);
}

static void a_finite_space_is_used_up_and_its_best_found_early(void **state)
{
    (void)state;
    struct space *space = fixture_space(lattice);
    struct problem problem = fixture_problem(space, 5);
    struct strategy *strategy = fixture_strategy(&problem, "\"tpe\"", NULL);
    const struct trial *trial;
    int found = 120;
    for (int t = 0; t < 120; t++)
        if (fixture_step(strategy, steps) == 0)
            found = t;
    assert_true(found < 45);
    assert_int_equal(strategy_history(strategy)->n_distinct, 120);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_DONE);
    strategy_free(strategy);
    space_free(space);
}

static void sixty_four_pending_trials_are_different_points(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_mixed);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"tpe\"", NULL);
    const struct trial *trial;
    for (int t = 0; t < 30; t++)
        fixture_step(strategy, fixture_training);
    for (int t = 0; t < 64; t++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(strategy_history(strategy)->n_pending, 64);
    assert_int_equal(strategy_history(strategy)->n_distinct, 94);
    strategy_free(strategy);
    space_free(space);
}

/* A trial that is pending counts as a bad one: the next proposal differs from what it would be
 * without. */
static void a_pending_trial_changes_the_next_proposal(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 3);
    double points[2][2];
    for (int cancelled = 0; cancelled < 2; cancelled++) {
        struct strategy *strategy = fixture_strategy(&problem, "\"tpe\"", NULL);
        const struct trial *trial;
        for (int t = 0; t < 30; t++)
            fixture_step(strategy, bowl);
        for (int t = 0; t < 10; t++) {
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            if (cancelled)
                assert_int_equal(
                    strategy_tell(strategy, trial->number, TRIAL_CANCELLED, &trial_result_none),
                    ST_OK);
        }
        memcpy(points[cancelled], trial->point, sizeof points[0]);
        strategy_free(strategy);
    }
    assert_true(points[0][0] != points[1][0]);
    space_free(space);
}

/* Every trial with x > 0.5 fails: after a while few are proposed there. */
static void regions_that_fail_are_avoided(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 6);
    struct strategy *strategy = fixture_strategy(&problem, "\"tpe\"", NULL);
    int failed = 0;
    for (int t = 0; t < 80; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        bool fails = trial->point[0] > 0.5;
        double value = fabs(trial->point[1] - 0.3);
        assert_int_equal(strategy_tell(strategy, trial->number,
                                       fails ? TRIAL_FAILED : TRIAL_COMPLETE,
                                       &(struct trial_result){.values = fails ? NULL : &value,
                                                              .energy_j = NAN}),
                         ST_OK);
        failed += t >= 40 && fails;
    }
    assert_true(failed <= 8);
    strategy_free(strategy);
    space_free(space);
}

static void only_failed_trials_still_give_points(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_mixed);
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"tpe\"", NULL);
    const struct trial *trial;
    for (uint64_t t = 0; t < 40; t++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_int_equal(strategy_tell(strategy, t, TRIAL_FAILED, &trial_result_none), ST_OK);
    }
    assert_int_equal(strategy_history(strategy)->n_distinct, 40);
    strategy_free(strategy);
    space_free(space);
}

static void equal_and_extreme_targets_are_survived(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 7);
    static const double values[2][6] = {{1e308, -1e308, 0, 1e-308, 1e100, 5},
                                        {3, 3, 3, 3, 3, 3}};
    for (int k = 0; k < 2; k++) {
        struct strategy *strategy = fixture_strategy(&problem, "\"tpe\"", NULL);
        for (int t = 0; t < 60; t++) {
            const struct trial *trial;
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            assert_true(trial->point[0] >= 0 && trial->point[0] <= 1);
            assert_int_equal(strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                                           &(struct trial_result){.values = &values[k][t % 6],
                                                                  .energy_j = NAN}),
                             ST_OK);
        }
        assert_int_equal(strategy_history(strategy)->n_distinct, 60);
        strategy_free(strategy);
    }
    space_free(space);
}

/* Several objectives. */

/* With f1 = x^2 + y and f2 = (1 - x)^2 + y the front is y = 0, x anywhere. Answers the mean y
 * of the later trials, and how far their x spread. */
static double mean_y(const struct problem *problem, const char *entry, double *low,
                     double *high)
{
    struct strategy *strategy = fixture_strategy(problem, entry, NULL);
    double sum = 0;
    *low = 1;
    *high = 0;
    for (int t = 0; t < 120; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        double x = trial->point[0], y = trial->point[1];
        double values[] = {x * x + y, (1 - x) * (1 - x) + y};
        assert_int_equal(
            strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                          &(struct trial_result){.values = values, .energy_j = NAN}),
            ST_OK);
        if (t < 60)
            continue;
        sum += y / 60;
        *low = fmin(*low, x);
        *high = fmax(*high, x);
    }
    strategy_free(strategy);
    return sum;
}

static void two_objectives_lead_to_all_of_the_front(void **state)
{
    (void)state;
    static char first[] = "f1", second[] = "f2";
    static const struct objective objectives[] = {{first, GOAL_MINIMIZE},
                                                  {second, GOAL_MINIMIZE}};
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 2);
    double low, high;
    problem.objectives = objectives;
    problem.n_objectives = 2;
    assert_true(mean_y(&problem, "\"tpe\"", &low, &high) < 0.15);
    assert_true(low < 0.2 && high > 0.8);
    assert_true(mean_y(&problem, "\"random\"", &low, &high) > 0.4);
    space_free(space);
}

/* Options. */

static void options_change_the_run(void **state)
{
    (void)state;
    static const char *const entries[] = {"\"tpe\"", "{\"name\": \"tpe\", \"start\": 20}",
                                          "{\"name\": \"tpe\", \"gamma\": 0.3}",
                                          "{\"name\": \"tpe\", \"candidates\": 2}"};
    double last[4];
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 1);
    for (size_t i = 0; i < 4; i++) {
        struct strategy *strategy = fixture_strategy(&problem, entries[i], NULL);
        for (int t = 0; t < 20; t++)
            fixture_step(strategy, bowl);
        last[i] = strategy_history(strategy)->trials[19].point[0];
        for (size_t j = 0; j < i; j++)
            assert_true(last[i] != last[j]);
        strategy_free(strategy);
    }
    space_free(space);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const struct fixture_mistake mistakes[] = {
        {"{\"name\": \"tpe\", \"gamma\": 0.9}", "gamma"},
        {"{\"name\": \"tpe\", \"gamma\": \"few\"}", "gamma"},
        {"{\"name\": \"tpe\", \"start\": 0}", "start"},
        {"{\"name\": \"tpe\", \"candidates\": 0}", "candidates"},
        {"{\"name\": \"tpe\", \"candidate\": 5}", "candidates"},
    };
    struct space *space = fixture_space(fixture_unit2);
    fixture_check_mistakes(space, mistakes, sizeof mistakes / sizeof mistakes[0]);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_better_than_chance),
        cmocka_unit_test(a_finite_space_is_used_up_and_its_best_found_early),
        cmocka_unit_test(sixty_four_pending_trials_are_different_points),
        cmocka_unit_test(a_pending_trial_changes_the_next_proposal),
        cmocka_unit_test(regions_that_fail_are_avoided),
        cmocka_unit_test(only_failed_trials_still_give_points),
        cmocka_unit_test(equal_and_extreme_targets_are_survived),
        cmocka_unit_test(two_objectives_lead_to_all_of_the_front),
        cmocka_unit_test(options_change_the_run),
        cmocka_unit_test(wrong_options_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
