/* The strategy `bayes` with several objectives, through ask and tell. */
#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

static char names[3][8] = {"error", "joules", "latency"};
static const struct objective objectives[] = {
    {names[0], GOAL_MINIMIZE}, {names[1], GOAL_MAXIMIZE}, {names[2], GOAL_MINIMIZE}};

static struct problem two_objectives(const struct space *space, uint64_t seed)
{
    struct problem problem = fixture_problem(space, seed);
    problem.objectives = objectives;
    problem.n_objectives = 2;
    problem.budget_trials = 30;
    return problem;
}

/* A front from x = 0 to x = 1 at y = 0; the second is maximised. */
static void evaluate(double *values, const double *p)
{
    values[0] = p[0] + 2 * p[1];
    values[1] = -(1 - sqrt(p[0])) - 2 * p[1];
    values[2] = p[0] * p[0] + p[1];
}

/* Up to the point (3, -3). */
static double hypervolume(const struct history *history)
{
    double sum = 0, from = 0;
    /* By the first objective in small steps: the highest of the second to its left. */
    for (int step = 1; step <= 300; step++) {
        double to = step * 0.01, highest = -3;
        for (size_t i = 0; i < history->n; i++)
            if (history->trials[i].state == TRIAL_COMPLETE &&
                history->trials[i].values[0] <= from)
                highest = fmax(highest, history->trials[i].values[1]);
        sum += (to - from) * (highest + 3);
        from = to;
    }
    return sum;
}

static void tell(struct strategy *strategy, uint64_t number)
{
    double values[3];
    evaluate(values, strategy_history(strategy)->trials[number].point);
    bool failed = number % 11 == 5;
    assert_int_equal(strategy_tell(strategy, number, failed ? TRIAL_FAILED : TRIAL_COMPLETE,
                                   &(struct trial_result){.values = failed ? NULL : values,
                                                          .energy_j = NAN}),
                     ST_OK);
}

static double run(const struct problem *problem, const char *entry, size_t workers)
{
    struct strategy *strategy = fixture_strategy(problem, entry, NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    for (int t = 0; t < 30; t++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        if (history->n_pending >= workers)
            tell(strategy, history->pending[0]);
    }
    while (history->n_pending > 0)
        tell(strategy, history->pending[0]);
    double volume = hypervolume(history);
    strategy_free(strategy);
    return volume;
}

/* The whole front has 8.67 by this measure. */
static void its_fronts_are_far_better_than_those_of_chance(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct problem problem = two_objectives(space, seed);
        double chance = run(&problem, "\"random\"", 1);
        double alone = run(&problem, "{\"name\": \"bayes\", \"multi\": true}", 1);
        double eight = run(&problem, "{\"name\": \"bayes\", \"multi\": true}", 8);
        assert_true(chance < 8.1);
        assert_true(alone > 8.5);
        assert_true(eight > 8.4);
    }
    space_free(space);
}

/* Of three objectives each is brought nearer to its best than by chance. */
static void three_objectives_are_scalarised(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = two_objectives(space, 1);
    problem.n_objectives = 3;
    struct strategy *strategy =
        fixture_strategy(&problem, "{\"name\": \"bayes\", \"multi\": true}", NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    double lowest_y = INFINITY, low = INFINITY, high = -INFINITY;
    for (int t = 0; t < 30; t++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        if (history->n_pending >= 3)
            tell(strategy, history->pending[0]);
    }
    for (size_t i = 15; i < 30; i++) {
        const double *point = history->trials[i].point;
        lowest_y = fmin(lowest_y, point[1]);
        if (point[1] < 0.05) {
            low = fmin(low, point[0]);
            high = fmax(high, point[0]);
        }
    }
    assert_true(lowest_y < 0.01 && low < 0.1 && high > 0.6);
    strategy_free(strategy);
    space_free(space);
}

/* One front point only, equal values, and values at the ends of the numbers. */
static void odd_fronts_are_survived(void **state)
{
    (void)state;
    static const double odd[][2] = {{1, 1}, {1e300, -1e300}, {0, 0}, {1e-300, 5}};
    struct space *space = fixture_space(fixture_mixed);
    for (size_t last = 1; last <= 4; last++) {
        struct problem problem = two_objectives(space, last);
        struct strategy *strategy =
            fixture_strategy(&problem, "{\"name\": \"bayes\", \"multi\": true}", NULL);
        const struct trial *trial;
        for (size_t t = 0; t < 20; t++) {
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            assert_int_equal(
                strategy_tell(strategy, t, TRIAL_COMPLETE,
                              &(struct trial_result){.values = odd[t % last], .energy_j = NAN}),
                ST_OK);
        }
        assert_int_equal(strategy_history(strategy)->n_distinct, 20);
        strategy_free(strategy);
    }
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_fronts_are_far_better_than_those_of_chance),
        cmocka_unit_test(three_objectives_are_scalarised),
        cmocka_unit_test(odd_fronts_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
