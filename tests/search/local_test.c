/* The choice of trials for local models, and `bayes` with more trials than it looks at. */
#include "search/local.h"

#include "base/rng.h"
#include "search/history.h"
#include "search/surrogate.h"
#include "tests/search/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRIALS = 3000 };

static char first[] = "first", second[] = "second", third[] = "third";
static const struct objective objectives[] = {{first, GOAL_MINIMIZE}, {second, GOAL_MAXIMIZE}};
static const struct constraint constraint = {third, false, 0.9};

static double bowl(const double *p)
{
    return hypot(p[0] - 0.3, p[1] - 0.6);
}

/* Random trials; every 50th fails, and what is beyond x = 0.9 breaks the constraint. */
static void fill(struct history *history, size_t n)
{
    struct rng rng;
    rng_seed(&rng, 4);
    for (size_t i = 0; i < n; i++) {
        double point[] = {rng_uniform(&rng), rng_uniform(&rng)};
        double values[] = {bowl(point), -hypot(point[0] - 0.8, point[1] - 0.6)};
        assert_int_equal(history_append(history, &(struct proposal){point, TRIAL_NONE}), ST_OK);
        bool failed = i % 50 == 7;
        history_conclude(history, 0, failed ? TRIAL_FAILED : TRIAL_COMPLETE,
                         &(struct trial_result){.values = failed ? NULL : values,
                                                .constrained = &point[0],
                                                .energy_j = NAN});
    }
}

struct made {
    struct space *space;
    struct problem problem;
    struct history history;
    bool chosen[TRIALS];
};

static void make(struct made *made, size_t n_objectives)
{
    made->space = fixture_space(fixture_unit2);
    made->problem = fixture_problem(made->space, 1);
    made->problem.objectives = objectives;
    made->problem.n_objectives = n_objectives;
    made->problem.constraints = &constraint;
    made->problem.n_constraints = 1;
    history_init(&made->history, &made->problem);
    fill(&made->history, TRIALS);
    assert_int_equal(
        local_choose(&made->problem, &made->history, TRIALS, n_objectives, made->chosen),
        ST_OK);
}

static void unmake(struct made *made)
{
    history_free(&made->history);
    space_free(made->space);
}

static void the_best_and_a_spread_of_the_rest_are_chosen(void **state)
{
    (void)state;
    struct made made;
    size_t n = 0, far = 0, near = 0, near_chosen = 0, infeasible = 0;
    make(&made, 1);
    for (size_t i = 0; i < TRIALS; i++) {
        const struct trial *trial = &made.history.trials[i];
        bool complete = trial->state == TRIAL_COMPLETE;
        n += made.chosen[i];
        near += complete && bowl(trial->point) < 0.15;
        near_chosen += complete && bowl(trial->point) < 0.15 && made.chosen[i];
        far += bowl(trial->point) > 0.5 && made.chosen[i];
        infeasible += trial->point[0] > 0.9 && made.chosen[i];
    }
    assert_true(n <= LOCAL_CHOSEN && n > LOCAL_CHOSEN - 10);
    assert_true(near > 100 && near_chosen == near);
    assert_true(far > 80);
    assert_true(infeasible > 10);
    unmake(&made);
}

/* The front lies on the line from (0.3, 0.6) to (0.8, 0.6). */
static void the_whole_front_of_two_objectives_is_chosen(void **state)
{
    (void)state;
    struct made made;
    size_t on_front = 0;
    make(&made, 2);
    for (size_t i = 0; i < TRIALS; i++) {
        const struct trial *trial = &made.history.trials[i];
        if (trial->state != TRIAL_COMPLETE || fabs(trial->point[1] - 0.6) > 0.005 ||
            trial->point[0] < 0.3 || trial->point[0] > 0.8)
            continue;
        assert_true(made.chosen[i]);
        on_front++;
    }
    assert_true(on_front > 5);
    unmake(&made);
}

/* Nothing to choose by: equal values, and not one that is complete. */
static void equal_and_failed_trials_are_chosen_evenly(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 1);
    static bool chosen[TRIALS];
    for (int complete = 0; complete < 2; complete++) {
        struct history history;
        size_t n = 0;
        history_init(&history, &problem);
        for (size_t i = 0; i < TRIALS; i++) {
            double point[] = {(double)i / TRIALS, 0.5}, value = 1;
            assert_int_equal(history_append(&history, &(struct proposal){point, TRIAL_NONE}),
                             ST_OK);
            history_conclude(&history, 0, complete ? TRIAL_COMPLETE : TRIAL_FAILED,
                             &(struct trial_result){.values = &value, .energy_j = NAN});
        }
        assert_int_equal(local_choose(&problem, &history, TRIALS, 1, chosen), ST_OK);
        for (size_t i = 0; i < TRIALS; i++)
            n += chosen[i];
        assert_true(n > LOCAL_CHOSEN / 3 && n <= LOCAL_CHOSEN);
        history_free(&history);
    }
    space_free(space);
}

static void tell(struct strategy *strategy, const double *point)
{
    double value = bowl(point);
    uint64_t number = strategy_history(strategy)->n;
    assert_int_equal(strategy_restore(strategy, point, TRIAL_NONE), ST_OK);
    assert_int_equal(strategy_tell(strategy, number, TRIAL_COMPLETE,
                                   &(struct trial_result){.values = &value, .energy_j = NAN}),
                     ST_OK);
}

/* Points are appended until there are too many. */
static void a_process_is_never_given_more(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 3);
    struct history history;
    struct surrogate *surrogate;
    struct output output = {OUTPUT_OBJECTIVE, 0};
    struct rng rng;
    size_t most = 0;
    history_init(&history, &problem);
    assert_int_equal(surrogate_create(&surrogate, &problem, output, 1, LOCAL_MOST - 100),
                     ST_OK);
    rng_seed(&rng, 9);
    for (size_t n = 1; n <= LOCAL_MOST + 300; n++) {
        double point[] = {rng_uniform(&rng), rng_uniform(&rng)}, value = bowl(point);
        assert_int_equal(history_append(&history, &(struct proposal){point, TRIAL_NONE}),
                         ST_OK);
        history_conclude(&history, 0, TRIAL_COMPLETE,
                         &(struct trial_result){.values = &value, .energy_j = NAN});
        if (n < LOCAL_MOST - 100)
            continue;
        assert_int_equal(surrogate_learn(surrogate, &history), ST_OK);
        size_t given = gp_count(surrogate_gp(surrogate));
        if (n == LOCAL_MOST + 1)
            assert_int_equal(given, LOCAL_CHOSEN);
        most = given > most ? given : most;
    }
    assert_int_equal(most, LOCAL_MOST);
    surrogate_free(surrogate);
    history_free(&history);
    space_free(space);
}

/* A strategy that is asked now and then on its way proposes in the end what one does that is
 * asked for the first time, bit by bit. */
static void a_local_model_is_a_function_of_the_history(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_unit2);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *steady = fixture_strategy(&problem, "\"bayes\"", NULL);
    struct strategy *late = fixture_strategy(&problem, "\"bayes\"", NULL);
    const struct trial *a, *b;
    struct rng rng;
    rng_seed(&rng, 9);
    for (int t = 0; t < LOCAL_MOST + 120; t++) {
        double point[] = {rng_uniform(&rng), rng_uniform(&rng)};
        if (t % 250 == 249) {
            assert_int_equal(strategy_ask(steady, &a), ASK_PROPOSED);
            memcpy(point, a->point, sizeof point);
            double value = bowl(point);
            assert_int_equal(
                strategy_tell(steady, a->number, TRIAL_COMPLETE,
                              &(struct trial_result){.values = &value, .energy_j = NAN}),
                ST_OK);
        } else {
            tell(steady, point);
        }
        tell(late, point);
    }
    assert_int_equal(strategy_ask(steady, &a), ASK_PROPOSED);
    assert_int_equal(strategy_ask(late, &b), ASK_PROPOSED);
    assert_memory_equal(a->point, b->point, 2 * sizeof *a->point);
    assert_true(bowl(a->point) < 0.05);
    strategy_free(steady);
    strategy_free(late);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_and_a_spread_of_the_rest_are_chosen),
        cmocka_unit_test(the_whole_front_of_two_objectives_is_chosen),
        cmocka_unit_test(equal_and_failed_trials_are_chosen_evenly),
        cmocka_unit_test(a_process_is_never_given_more),
        cmocka_unit_test(a_local_model_is_a_function_of_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
