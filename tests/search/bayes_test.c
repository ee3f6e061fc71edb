/* The strategy `bayes` through ask and tell. */
#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

static const char lattice[] =
    "{\"a\": {\"type\": \"integer\", \"low\": 0, \"high\": 4},"
    " \"b\": {\"type\": \"ordinal\", \"values\": [1, 2, 4, 8]},"
    " \"c\": {\"type\": \"categorical\", \"values\": [\"p\", \"q\"]}}";

static double constant(const double *p)
{
    (void)p;
    return 3;
}

static double steps(const double *p)
{
    return (p[0] - 3) * (p[0] - 3) + fabs(p[1] - 2) + 2 * p[2];
}

/* Regrets of three seeds, multiplied: bayes must be ahead of random by far. */
static void check_advantage(const char *text, fixture_function *f, double minimum, int trials,
                            double factor)
{
    struct space *space = fixture_space(text);
    double bayes = 1, chance = 1;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct problem problem = fixture_problem(space, seed);
        problem.budget_trials = (size_t)trials;
        bayes *= fixture_best_of(&problem, "\"bayes\"", f, trials) - minimum + 1e-12;
        chance *= fixture_best_of(&problem, "\"random\"", f, trials) - minimum + 1e-12;
    }
    assert_true(cbrt(bayes) * factor < cbrt(chance));
    space_free(space);
}

static void it_is_far_better_than_chance(void **state)
{
    (void)state;
    check_advantage(fixture_unit2, fixture_branin, 0.39788735772973816, 30, 20);
    check_advantage(fixture_mixed, fixture_training, 0, 40, 10);
}

static void a_finite_space_is_used_up_without_duplicates(void **state)
{
    (void)state;
    struct space *space = fixture_space(lattice);
    struct problem problem = fixture_problem(space, 5);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *trial;
    int found = 40;
    for (int t = 0; t < 40; t++)
        if (fixture_step(strategy, steps) == 0 && t < found)
            found = t;
    assert_true(found < 24);
    assert_int_equal(strategy_history(strategy)->n_distinct, 40);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_DONE);
    strategy_free(strategy);
    space_free(space);
}

/* Maximising f proposes what minimising -f does. */
static double negative_branin(const double *p)
{
    return -fixture_branin(p);
}

static void the_goal_turns_the_sign(void **state)
{
    (void)state;
    static char metric[] = "accuracy";
    static const struct objective maximize = {metric, GOAL_MAXIMIZE};
    struct space *space = fixture_space(fixture_unit2);
    struct problem down = fixture_problem(space, 2), up = fixture_problem(space, 2);
    up.objectives = &maximize;
    struct strategy *a = fixture_strategy(&down, "\"bayes\"", NULL);
    struct strategy *b = fixture_strategy(&up, "\"bayes\"", NULL);
    for (int t = 0; t < 25; t++)
        assert_near(fixture_step(a, fixture_branin), -fixture_step(b, negative_branin), 0);
    strategy_free(a);
    strategy_free(b);
    space_free(space);
}

static void seeds_make_different_runs(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    double points[2][2];
    for (uint64_t seed = 0; seed < 2; seed++) {
        struct problem problem = fixture_problem(space, seed);
        struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
        for (int t = 0; t < 12; t++)
            fixture_step(strategy, fixture_branin);
        memcpy(points[seed], strategy_history(strategy)->trials[11].point, sizeof points[0]);
        strategy_free(strategy);
    }
    assert_true(points[0][0] != points[1][0]);
    space_free(space);
}

/* Pending trials. */

static double distance(const double *a, const double *b)
{
    return hypot(a[0] - b[0], a[1] - b[1]);
}

/* Sixteen workers ask at once: their points are apart from one another and from what is known,
 * and some of them are better than anything before. */
static void sixteen_pending_trials_are_sixteen_useful_points(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *trial;
    double before = INFINITY, after = INFINITY;
    for (int t = 0; t < 16; t++)
        before = fmin(before, fixture_step(strategy, fixture_branin));
    for (int t = 0; t < 16; t++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    const struct history *history = strategy_history(strategy);
    for (size_t i = 16; i < 32; i++) {
        after = fmin(after, fixture_branin(history->trials[i].point));
        for (size_t j = 0; j < i; j++)
            assert_true(distance(history->trials[i].point, history->trials[j].point) > 0.001);
    }
    assert_true(after < before);
    strategy_free(strategy);
    space_free(space);
}

/* Odd results. */

static void only_pending_or_failed_trials_still_give_points(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_mixed);
    struct problem problem = fixture_problem(space, 4);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *trial;
    for (int t = 0; t < 40; t++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    for (uint64_t t = 0; t < 40; t++)
        assert_int_equal(strategy_tell(strategy, t, TRIAL_FAILED, &trial_result_none), ST_OK);
    for (int t = 0; t < 5; t++)
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_int_equal(strategy_history(strategy)->n_distinct, 45);
    strategy_free(strategy);
    space_free(space);
}

/* Every trial with x < 0.5 fails: after a while few are proposed there, although the function
 * would be best there. */
static void regions_that_fail_are_avoided(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 6);
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    int failed = 0;
    for (int t = 0; t < 40; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        bool fails = trial->point[0] < 0.5;
        double value = trial->point[0] + trial->point[1];
        assert_int_equal(strategy_tell(strategy, trial->number,
                                       fails ? TRIAL_FAILED : TRIAL_COMPLETE,
                                       &(struct trial_result){.values = fails ? NULL : &value,
                                                              .energy_j = NAN}),
                         ST_OK);
        failed += t >= 20 && fails;
    }
    assert_true(failed <= 10);
    strategy_free(strategy);
    space_free(space);
}

static void equal_and_extreme_targets_are_survived(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 7);
    struct strategy *flat = fixture_strategy(&problem, "\"bayes\"", NULL);
    struct strategy *wild = fixture_strategy(&problem, "\"bayes\"", NULL);
    static const double values[] = {1e308, -1e308, 0, 1e-308, 1e100, 5};
    for (int t = 0; t < 30; t++) {
        const struct trial *trial;
        fixture_step(flat, constant);
        assert_int_equal(strategy_ask(wild, &trial), ASK_PROPOSED);
        assert_true(trial->point[0] >= 0 && trial->point[0] <= 1);
        assert_int_equal(
            strategy_tell(wild, trial->number, TRIAL_COMPLETE,
                          &(struct trial_result){.values = &values[t % 6], .energy_j = NAN}),
            ST_OK);
    }
    assert_int_equal(strategy_history(flat)->n_distinct, 30);
    assert_int_equal(strategy_history(wild)->n_distinct, 30);
    strategy_free(flat);
    strategy_free(wild);
    space_free(space);
}

/* Options. */

static void enqueued_points_come_first_and_count_as_start(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 1);
    struct strategy *strategy = fixture_strategy(
        &problem, "{\"name\": \"bayes\", \"start\": 4}", "[{\"x\": 0.25, \"y\": 0.5}]");
    for (int t = 0; t < 6; t++)
        fixture_step(strategy, fixture_branin);
    assert_near(strategy_history(strategy)->trials[0].point[0], 0.25, 0);
    strategy_free(strategy);
    space_free(space);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const struct fixture_mistake mistakes[] = {
        {"{\"name\": \"bayes\", \"acquisition\": \"ucb\"}", "acquisition"},
        {"{\"name\": \"bayes\", \"start\": 0}", "start"},
        {"{\"name\": \"bayes\", \"start\": 2.5}", "start"},
        {"{\"name\": \"bayes\", \"strat\": 5}", "start"},
    };
    struct space *space = fixture_space(fixture_unit2);
    fixture_check_mistakes(space, mistakes, sizeof mistakes / sizeof mistakes[0]);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_far_better_than_chance),
        cmocka_unit_test(a_finite_space_is_used_up_without_duplicates),
        cmocka_unit_test(the_goal_turns_the_sign),
        cmocka_unit_test(seeds_make_different_runs),
        cmocka_unit_test(sixteen_pending_trials_are_sixteen_useful_points),
        cmocka_unit_test(only_pending_or_failed_trials_still_give_points),
        cmocka_unit_test(regions_that_fail_are_avoided),
        cmocka_unit_test(equal_and_extreme_targets_are_survived),
        cmocka_unit_test(enqueued_points_come_first_and_count_as_start),
        cmocka_unit_test(wrong_options_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
