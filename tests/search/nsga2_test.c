/* The strategy `nsga2` through ask and tell. */
#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

enum { DIMS = 4, TRIALS = 400, WORKERS = 8 };

static char names[2][8] = {"error", "energy"};
static const struct objective lower[] = {{names[0], GOAL_MINIMIZE}, {names[1], GOAL_MINIMIZE}};
static const struct objective higher[] = {{names[0], GOAL_MAXIMIZE}, {names[1], GOAL_MAXIMIZE}};

static const char reals[] = "{\"a\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                            " \"b\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                            " \"c\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                            " \"d\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}";

static struct problem two_objectives(const struct space *space,
                                     const struct objective *objectives)
{
    struct problem problem = fixture_problem(space, 3);
    problem.objectives = objectives;
    problem.n_objectives = 2;
    problem.budget_trials = TRIALS;
    return problem;
}

/* zdt1 of Zitzler, Deb & Thiele 2000: the front is value1 = 1 - sqrt(value0). */
static void zdt1(const double *x, double *values)
{
    double g = 1;
    for (size_t i = 1; i < DIMS; i++)
        g += 9 * x[i] / (DIMS - 1);
    values[0] = x[0];
    values[1] = g * (1 - sqrt(x[0] / g));
}

/* Tell the oldest pending trial: every ninth fails and every tenth is pruned. */
static void tell_oldest(struct strategy *strategy, double sign)
{
    const struct history *history = strategy_history(strategy);
    const struct trial *trial = &history->trials[history->pending[0]];
    double values[2];
    zdt1(trial->point, values);
    for (size_t k = 0; k < 2; k++)
        values[k] *= sign;
    enum trial_state how = trial->number % 9 == 4    ? TRIAL_FAILED
                           : trial->number % 10 == 7 ? TRIAL_PRUNED
                                                     : TRIAL_COMPLETE;
    assert_int_equal(
        strategy_tell(strategy, trial->number, how,
                      &(struct trial_result){.values = how == TRIAL_COMPLETE ? values : NULL,
                                             .energy_j = NAN}),
        ST_OK);
}

/* WORKERS trials are always pending. */
static void run(struct strategy *strategy, double sign)
{
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    while (history->n < TRIALS) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        if (history->n_pending == WORKERS)
            tell_oldest(strategy, sign);
    }
    while (history->n_pending > 0)
        tell_oldest(strategy, sign);
}

/* The hypervolume of the complete trials up to (1, 10), strip by strip along the first value:
 * the height of each is what the trials to its left reach. */
static double hypervolume(const struct history *history, double sign)
{
    double volume = 0, from = 0;
    while (from < 1) {
        double next = 1, lowest = 10;
        for (size_t i = 0; i < history->n; i++) {
            const double *values = history->trials[i].values;
            if (history->trials[i].state != TRIAL_COMPLETE)
                continue;
            if (sign * values[0] <= from)
                lowest = fmin(lowest, sign * values[1]);
            else
                next = fmin(next, sign * values[0]);
        }
        volume += (next - from) * (10 - lowest);
        from = next;
    }
    return volume;
}

static double volume_of(const char *entry, const struct objective *objectives, double sign)
{
    struct space *space = fixture_space(reals);
    struct problem problem = two_objectives(space, objectives);
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    run(strategy, sign);
    double volume = hypervolume(strategy_history(strategy), sign);
    strategy_free(strategy);
    space_free(space);
    return volume;
}

/* The whole front has 9.667. */
static void fronts_are_found_with_workers_failures_and_prunings(void **state)
{
    (void)state;
    double random = volume_of("\"random\"", lower, 1);
    double found = volume_of("\"nsga2\"", lower, 1);
    assert_true(random > 7 && random < 9.2);
    assert_true(found > 9.5 && found < 9.667);
}

static void a_goal_to_maximise_is_the_same_turned_over(void **state)
{
    (void)state;
    assert_true(volume_of("\"nsga2\"", higher, -1) == volume_of("\"nsga2\"", lower, 1));
}

static void one_objective_is_minimised(void **state)
{
    (void)state;
    static const char *const entries[] = {"\"random\"", "\"nsga2\""};
    double best[2] = {INFINITY, INFINITY};
    struct space *space = fixture_space(reals);
    struct problem problem = fixture_problem(space, 4);
    for (size_t e = 0; e < 2; e++) {
        struct strategy *strategy = fixture_strategy(&problem, entries[e], NULL);
        const struct trial *trial;
        for (size_t t = 0; t < TRIALS; t++) {
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
            double value = 0;
            for (size_t i = 0; i < DIMS; i++)
                value += (trial->point[i] - 0.3) * (trial->point[i] - 0.3);
            best[e] = fmin(best[e], value);
            assert_int_equal(
                strategy_tell(strategy, trial->number, TRIAL_COMPLETE,
                              &(struct trial_result){.values = &value, .energy_j = NAN}),
                ST_OK);
        }
        strategy_free(strategy);
    }
    assert_true(best[1] < best[0] / 20);
    space_free(space);
}

/* 64 workers ask before the first result, and 64 after it: nothing has to be waited for. */
static void nobody_waits_for_a_generation(void **state)
{
    (void)state;
    struct space *space = fixture_space(reals);
    struct problem problem = two_objectives(space, lower);
    struct strategy *strategy =
        fixture_strategy(&problem, "{\"name\": \"nsga2\", \"population\": 4}", NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    for (size_t round = 0; round < 3; round++) {
        for (size_t t = 0; t < 64; t++)
            assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        tell_oldest(strategy, 1);
    }
    assert_int_equal(history->n_distinct, 3 * 64);
    strategy_free(strategy);
    space_free(space);
}

/* Where everything failed there is nothing to breed from, and the search goes on at random. */
static void failures_alone_are_no_parents(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[2].text);
    struct problem problem = two_objectives(space, lower);
    struct strategy *strategy = fixture_strategy(&problem, "\"nsga2\"", NULL);
    const struct trial *trial;
    enum ask ask;
    while ((ask = strategy_ask(strategy, &trial)) == ASK_PROPOSED)
        assert_int_equal(
            strategy_tell(strategy, trial->number, TRIAL_FAILED, &trial_result_none), ST_OK);
    assert_int_equal(ask, ASK_DONE);
    assert_int_equal(strategy_history(strategy)->n_distinct, (size_t)space_size(space));
    strategy_free(strategy);
    space_free(space);
}

static void a_restored_run_of_two_objectives_goes_on(void **state)
{
    (void)state;
    struct space *space = fixture_space(reals);
    struct problem problem = two_objectives(space, lower);
    struct strategy *first = fixture_strategy(&problem, "\"nsga2\"", NULL);
    run(first, 1);
    const struct history *past = strategy_history(first);
    struct strategy *second = fixture_strategy(&problem, "\"nsga2\"", NULL);
    for (size_t i = 0; i < past->n; i++)
        assert_int_equal(strategy_restore(second, past->trials[i].point, TRIAL_NONE), ST_OK);
    for (size_t i = 0; i < past->n_told; i++) {
        const struct trial *trial = &past->trials[past->told[i]];
        assert_int_equal(
            strategy_tell(second, trial->number, trial->state,
                          &(struct trial_result){
                              .values = trial->state == TRIAL_COMPLETE ? trial->values : NULL,
                              .energy_j = NAN}),
            ST_OK);
    }
    const struct trial *a, *b;
    assert_int_equal(strategy_ask(first, &a), ASK_PROPOSED);
    assert_int_equal(strategy_ask(second, &b), ASK_PROPOSED);
    assert_true(space_equal(space, a->point, b->point));
    strategy_free(first);
    strategy_free(second);
    space_free(space);
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const struct fixture_mistake mistakes[] = {
        {"{\"name\": \"nsga2\", \"population\": 3}", "population"},
        {"{\"name\": \"nsga2\", \"population\": 201}", "population"},
        {"{\"name\": \"nsga2\", \"crossover\": 1.5}", "crossover"},
        {"{\"name\": \"nsga2\", \"mutation\": -0.1}", "mutation"},
    };
    struct space *space = fixture_space(reals);
    fixture_check_mistakes(space, mistakes, sizeof mistakes / sizeof mistakes[0]);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fronts_are_found_with_workers_failures_and_prunings),
        cmocka_unit_test(a_goal_to_maximise_is_the_same_turned_over),
        cmocka_unit_test(one_objective_is_minimised),
        cmocka_unit_test(nobody_waits_for_a_generation),
        cmocka_unit_test(failures_alone_are_no_parents),
        cmocka_unit_test(a_restored_run_of_two_objectives_goes_on),
        cmocka_unit_test(wrong_options_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
