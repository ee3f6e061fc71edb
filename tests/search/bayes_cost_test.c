/* The strategy `bayes` where trials take joules: costs, energy budgets, constraints. */
#include "tests/search/fixture.h"

#include <math.h>

static char loss[] = "loss", accuracy[] = "accuracy", energy[] = "energy_j";

/* Joules grow with x over two decades. */
static double joules(const double *point)
{
    return 10 * exp(4.6 * point[0]);
}

/* The joules that a run takes to come below 0.6 of Branin's function, whose three minima of 0.4
 * are at x = 0.12, 0.54 and 0.96. */
static double joules_to_target(const struct problem *problem, const char *entry)
{
    struct strategy *strategy = fixture_strategy(problem, entry, NULL);
    double spent = 0, value = INFINITY;
    for (int t = 0; t < 60 && value > 0.6; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        value = fixture_branin(trial->point);
        spent += joules(trial->point);
        /* Every fifth one's joules are not known. */
        double known = t % 5 == 4 ? (double)NAN : joules(trial->point);
        assert_int_equal(
            strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                          &(struct trial_result){.values = &value, .energy_j = known}),
            ST_OK);
    }
    assert_true(value < 0.6);
    strategy_free(strategy);
    return spent;
}

static void a_target_is_reached_with_fewer_joules(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    double plain = 0, thrifty = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct problem problem = fixture_problem(space, seed);
        problem.budget_trials = 60;
        plain += joules_to_target(&problem, "\"bayes\"");
        thrifty += joules_to_target(&problem, "{\"name\": \"bayes\", \"cost\": \"energy_j\"}");
    }
    assert_true(thrifty < 0.7 * plain);
    space_free(space);
}

/* As long as the space has a point that fits into what is left, one is proposed that is
 * expected to, and the joules are easy to expect here. */
static void what_is_left_of_the_joules_is_not_overdrawn(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 2);
    problem.budget_energy_j = 3000;
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    double left = problem.budget_energy_j;
    int checked = 0;
    for (int t = 0; t < 200 && left > 12; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        double value = 1 - trial->point[0], energy_j = joules(trial->point);
        if (left < 1000) { /* what the best points take */
            assert_true(energy_j < 1.05 * left);
            checked++;
        }
        left -= energy_j;
        assert_int_equal(
            strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                          &(struct trial_result){.values = &value, .energy_j = energy_j}),
            ST_OK);
    }
    assert_true(checked > 0);
    strategy_free(strategy);
    space_free(space);
}

/* Workers that ask once more than the joules are enough for are given the cheapest points. */
static void what_cannot_be_paid_for_is_cheap_at_least(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 2);
    problem.budget_energy_j = 500;
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *trial;
    for (int t = 0; t < 40; t++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        if (t >= 30)
            assert_true(joules(trial->point) < 15);
        double value = 1 - trial->point[0], energy_j = joules(trial->point);
        if (t < 8)
            assert_int_equal(
                strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                              &(struct trial_result){.values = &value, .energy_j = energy_j}),
                ST_OK);
    }
    strategy_free(strategy);
    space_free(space);
}

/* Constraints: accuracy at least 0.6, which x + y / 2 is, and at most 200 J. */

static const struct constraint constraints[] = {{accuracy, true, 0.6}, {energy, false, 200}};

static bool tell_constrained(struct strategy *strategy, const struct trial *trial)
{
    const double *p = trial->point;
    double value = p[0] + 2 * (p[1] - 0.3) * (p[1] - 0.3);
    double constrained[] = {p[0] + p[1] / 2, joules(p)};
    bool feasible = constrained[0] >= 0.6 && constrained[1] <= 200;
    bool failed = trial->number % 9 == 4;
    if (trial->number % 6 == 5)
        constrained[0] = NAN; /* not reported */
    assert_int_equal(strategy_tell(strategy, trial->number,
                                   failed ? TRIAL_FAILED : TRIAL_COMPLETE,
                                   &(struct trial_result){.values = failed ? NULL : &value,
                                                          .constrained = constrained,
                                                          .energy_j = constrained[1]}),
                     ST_OK);
    return feasible && !failed;
}

/* The best feasible point is x = 0.425, y = 0.35: 0.43. */
static void the_best_feasible_point_is_found(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct problem problem = fixture_problem(space, seed);
        problem.constraints = constraints;
        problem.n_constraints = 2;
        struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
        const struct history *history = strategy_history(strategy);
        double best = INFINITY;
        for (int t = 0; t < 30; t++) {
            const struct trial *trial;
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            uint64_t number = trial->number;
            if (tell_constrained(strategy, trial))
                best = fmin(best, history->trials[number].values[0]);
        }
        assert_true(best < 0.45);
        strategy_free(strategy);
    }
    space_free(space);
}

/* Feasible is only a small disc, which no trial of the start is in; the lowest value in it is
 * 1.609. */
static void a_small_feasible_region_is_found(void **state)
{
    (void)state;
    static const struct constraint near = {loss, false, 0.1};
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 1);
    problem.constraints = &near;
    problem.n_constraints = 1;
    struct strategy *strategy = fixture_strategy(&problem, "\"bayes\"", NULL);
    double before = INFINITY, after = INFINITY;
    for (int t = 0; t < 30; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        double distance = hypot(trial->point[0] - 0.9, trial->point[1] - 0.85);
        double value = trial->point[0] + trial->point[1];
        double *best = t < 8 ? &before : &after;
        if (distance <= 0.1)
            *best = fmin(*best, value);
        assert_int_equal(strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                                       &(struct trial_result){.values = &value,
                                                              .constrained = &distance,
                                                              .energy_j = NAN}),
                         ST_OK);
    }
    assert_true(isinf(before));
    assert_true(after < 1.62);
    strategy_free(strategy);
    space_free(space);
}

static char first[] = "first", second[] = "second";

/* Several objectives with constraints and costs at once, and 8 trials pending. */
static void all_of_it_together_gives_points(void **state)
{
    (void)state;
    static const struct objective objectives[] = {{first, GOAL_MINIMIZE},
                                                  {second, GOAL_MAXIMIZE}};
    struct space *space = fixture_space(fixture_mixed);
    struct problem problem = fixture_problem(space, 3);
    problem.objectives = objectives;
    problem.n_objectives = 2;
    problem.constraints = constraints;
    problem.n_constraints = 2;
    problem.budget_energy_j = 4000;
    problem.budget_trials = 40;
    struct strategy *strategy = fixture_strategy(
        &problem, "{\"name\": \"bayes\", \"multi\": true, \"cost\": \"energy_j\"}", NULL);
    const struct history *history = strategy_history(strategy);
    for (int t = 0; t < 40; t++) {
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        if (history->n_pending < 8)
            continue;
        uint64_t number = history->pending[0];
        double value = fixture_training(history->trials[number].point);
        assert_int_equal(
            strategy_tell(strategy, number, TRIAL_COMPLETE,
                          &(struct trial_result){.values = (double[]){value, 1 / (1 + value)},
                                                 .constrained = (double[]){value, 50 + value},
                                                 .energy_j = 50 + value}),
            ST_OK);
    }
    assert_int_equal(history->n_distinct, 40);
    strategy_free(strategy);
    space_free(space);
}

/* Figures of every output that tell nothing, or too much: in turn for the values, the
 * constraint and the joules. */
static double odd(size_t kind, size_t t)
{
    static const double ends[] = {1e-12, 1e12, 1, 1e300, 1e-300};
    return kind == 0 ? 3 : kind == 1 ? ends[t % 5] : 1 + 1e-14 * (double)t;
}

static void odd_figures_of_every_output_are_survived(void **state)
{
    (void)state;
    static const struct objective objectives[] = {{first, GOAL_MINIMIZE},
                                                  {second, GOAL_MAXIMIZE}};
    struct strbuf text = STRBUF_INIT;
    for (int d = 0; d < 20; d++)
        strbuf_printf(&text, "%s\"x%d\": {\"type\": \"real\", \"low\": 0, \"high\": 1}",
                      d ? ", " : "{", d);
    strbuf_append(&text, "}");
    struct space *space = fixture_space(strbuf_text(&text));
    for (size_t kind = 0; kind < 27; kind++) {
        struct problem problem = fixture_problem(space, kind);
        problem.objectives = objectives;
        problem.n_objectives = 1 + kind % 2;
        problem.constraints = constraints;
        problem.n_constraints = 1;
        problem.budget_energy_j = 1e4;
        struct strategy *strategy = fixture_strategy(
            &problem, "{\"name\": \"bayes\", \"multi\": true, \"start\": 4}", NULL);
        for (size_t t = 0; t < 12; t++) {
            const struct trial *trial;
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            double values[] = {odd(kind % 3, t), odd(kind % 3, t + 1)};
            double constrained = odd(kind / 3 % 3, t);
            assert_int_equal(
                strategy_tell(strategy, t, TRIAL_COMPLETE,
                              &(struct trial_result){.values = values,
                                                     .constrained = &constrained,
                                                     .energy_j = odd(kind / 9, t + 2)}),
                ST_OK);
        }
        assert_int_equal(strategy_history(strategy)->n_distinct, 12);
        strategy_free(strategy);
    }
    space_free(space);
    strbuf_free(&text);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const struct fixture_mistake mistakes[] = {
        {"{\"name\": \"bayes\", \"cost\": \"duration_s\"}", "cost"},
        {"{\"name\": \"bayes\", \"multi\": 3}", "multi"},
    };
    struct space *space = fixture_space(fixture_unit2);
    fixture_check_mistakes(space, mistakes, sizeof mistakes / sizeof mistakes[0]);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_reached_with_fewer_joules),
        cmocka_unit_test(what_is_left_of_the_joules_is_not_overdrawn),
        cmocka_unit_test(what_cannot_be_paid_for_is_cheap_at_least),
        cmocka_unit_test(the_best_feasible_point_is_found),
        cmocka_unit_test(a_small_feasible_region_is_found),
        cmocka_unit_test(all_of_it_together_gives_points),
        cmocka_unit_test(odd_figures_of_every_output_are_survived),
        cmocka_unit_test(wrong_options_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
