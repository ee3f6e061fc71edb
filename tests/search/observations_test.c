#include "search/observations.h"

#include "search/history.h"
#include "tests/check.h"
#include "tests/search/fixture.h"

static void add(struct history *history, double x, enum trial_state state, double value)
{
    assert_int_equal(history_append(history, &(struct proposal){&x, TRIAL_NONE}), ST_OK);
    history_conclude(history, 0, state,
                     &(struct trial_result){.values = state == TRIAL_COMPLETE ? &value : NULL,
                                            .energy_j = NAN});
}

static void check(enum goal goal, const double *expected)
{
    static char metric[] = "m";
    struct objective objective = {metric, goal};
    struct space *space =
        fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 10}}");
    struct problem problem = fixture_problem(space, 1);
    struct history history;
    struct observations observations;
    double y[6], sorted[6];
    problem.objectives = &objective;
    history_init(&history, &(struct problem){.space = space, .n_objectives = 1});
    observations_init(&observations, &problem, (struct output){OUTPUT_OBJECTIVE, 0});
    add(&history, 1, TRIAL_FAILED, 0);
    add(&history, 2, TRIAL_COMPLETE, 5);
    add(&history, 3, TRIAL_CANCELLED, 0);
    add(&history, 4, TRIAL_COMPLETE, 7);
    assert_int_equal(observations_update(&observations, &history), ST_OK);
    assert_int_equal(observations.n, 3); /* a cancelled trial tells nothing */
    add(&history, 5, TRIAL_PRUNED, 0);
    add(&history, 6, TRIAL_COMPLETE, 1e300);
    add(&history, 7, TRIAL_FAILED, 0);
    assert_int_equal(observations_update(&observations, &history), ST_OK);
    assert_int_equal(observations.n, 6);
    assert_int_equal(observations_complete(&observations, 6), 3);
    assert_int_equal(observations_complete(&observations, 1), 0);
    observations_targets(&observations, 6, y, sorted);
    static const double u[] = {0.1, 0.2, 0.4, 0.5, 0.6, 0.7};
    for (size_t i = 0; i < 6; i++) {
        assert_near(observations.u[i], u[i], 1e-12);
        assert_near(y[i], expected[i], 0);
    }
    observations_free(&observations);
    history_free(&history);
    space_free(space);
}

/* Failed trials get the worst complete target, pruned ones the median; the sign follows the
 * goal, and targets that would overflow are cut. */
static void targets_are_minimised_and_complete(void **state)
{
    (void)state;
    check(GOAL_MINIMIZE, (double[]){1e100, 5, 7, 7, 1e100, 1e100});
    check(GOAL_MAXIMIZE, (double[]){-5, -5, -7, -7, -1e100, -5});
}

/* The substitutes come from the rows that are asked for, not from later ones. */
static void the_first_rows_do_not_know_the_later_ones(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 10}}");
    struct problem problem = fixture_problem(space, 1);
    struct history history;
    struct observations observations;
    double y[3], sorted[3];
    history_init(&history, &(struct problem){.space = space, .n_objectives = 1});
    observations_init(&observations, &problem, (struct output){OUTPUT_OBJECTIVE, 0});
    add(&history, 1, TRIAL_COMPLETE, 3);
    add(&history, 2, TRIAL_FAILED, 0);
    add(&history, 3, TRIAL_COMPLETE, 9);
    assert_int_equal(observations_update(&observations, &history), ST_OK);
    observations_targets(&observations, 2, y, sorted);
    assert_near(y[1], 3, 0);
    observations_targets(&observations, 3, y, sorted);
    assert_near(y[1], 9, 0);
    observations_free(&observations);
    history_free(&history);
    space_free(space);
}

/* A trial that reports a value at step 1. */
static void add_reported(struct history *history, double reported, enum trial_state state,
                         double value)
{
    double x = (double)history->n;
    assert_int_equal(history_append(history, &(struct proposal){&x, TRIAL_NONE}), ST_OK);
    assert_int_equal(history_report(history, 0, (struct intermediate){1, reported}), ST_OK);
    history_conclude(history, 0, state,
                     &(struct trial_result){.values = state == TRIAL_COMPLETE ? &value : NULL,
                                            .energy_j = NAN});
}

/* Four trials that ended with half of what they reported, and pruned ones among them. */
static void a_pruned_trial_is_as_good_as_those_it_stood_with(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 10}}");
    struct problem problem = fixture_problem(space, 1);
    struct history history;
    struct observations observations;
    double y[9], sorted[9];
    static const double expected[9] = {6, 3, 4, 2, 5, 4, 6, 4, 4};
    history_init(&history, &(struct problem){.space = space, .n_objectives = 1});
    observations_init(&observations, &problem, (struct output){OUTPUT_OBJECTIVE, 0});
    add_reported(&history, 12, TRIAL_COMPLETE, 6);
    add_reported(&history, 6, TRIAL_COMPLETE, 3);
    add_reported(&history, 8, TRIAL_COMPLETE, 4);
    add_reported(&history, 4, TRIAL_COMPLETE, 2);
    add_reported(&history, 10, TRIAL_COMPLETE, 5);
    add_reported(&history, 9, TRIAL_PRUNED, 0);  /* between the third and the fourth */
    add_reported(&history, 20, TRIAL_PRUNED, 0); /* worse than all */
    add_reported(&history, 1, TRIAL_PRUNED, 0);  /* better, and yet it was stopped */
    add(&history, 8, TRIAL_PRUNED, 0);           /* without a report */
    assert_int_equal(observations_update(&observations, &history), ST_OK);
    observations_targets(&observations, 9, y, sorted);
    for (size_t i = 0; i < 9; i++)
        assert_near(y[i], expected[i], 0);
    observations_free(&observations);
    history_free(&history);
    space_free(space);
}

/* One trial of the outputs test: NAN for what is not known. */
struct figures {
    enum trial_state state;
    double accuracy, energy_j;
};

static void add_figures(struct history *history, double x, const struct figures *figures)
{
    double value = 1, constrained[] = {figures->accuracy, figures->energy_j};
    assert_int_equal(history_append(history, &(struct proposal){&x, TRIAL_NONE}), ST_OK);
    history_conclude(
        history, 0, figures->state,
        &(struct trial_result){.values = figures->state == TRIAL_COMPLETE ? &value : NULL,
                               .constrained = constrained,
                               .energy_j = figures->energy_j});
}

static void check_rows(const struct problem *problem, const struct history *history,
                       struct output output, size_t n, const double *expected)
{
    struct observations observations;
    observations_init(&observations, problem, output);
    assert_int_equal(observations_update(&observations, history), ST_OK);
    assert_int_equal(observations.n, n);
    for (size_t i = 0; i < n; i++) {
        assert_near(observations.y[i], expected[2 * i + 1], 1e-12);
        assert_int_equal(observations.past[i], (size_t)expected[2 * i]);
    }
    observations_free(&observations);
}

/* Constraints and costs have rows where the figure is known; joules are logarithmic; earlier
 * trials come first. */
static void each_output_has_the_rows_that_tell_about_it(void **state)
{
    (void)state;
    static char accuracy[] = "accuracy", energy[] = "energy_j";
    static const struct constraint constraints[] = {{accuracy, true, 0.9},
                                                    {energy, false, 100}};
    double x0 = 0, value0 = 2, constrained0[] = {0.5, 10};
    struct trial earlier = {.state = TRIAL_COMPLETE,
                            .point = &x0,
                            .values = &value0,
                            .constrained = constrained0,
                            .energy_j = 20};
    struct space *space =
        fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 10}}");
    struct problem problem = fixture_problem(space, 1);
    problem.constraints = constraints;
    problem.n_constraints = 2;
    problem.earlier = &earlier;
    problem.n_earlier = 1;
    struct history history;
    history_init(&history, &problem);
    add_figures(&history, 1, &(struct figures){TRIAL_COMPLETE, 0.8, 50});
    add_figures(&history, 2, &(struct figures){TRIAL_FAILED, NAN, 5});
    add_figures(&history, 3, &(struct figures){TRIAL_COMPLETE, INFINITY, NAN});
    add_figures(&history, 4, &(struct figures){TRIAL_CANCELLED, 0.7, 5});
    add_figures(&history, 5, &(struct figures){TRIAL_PRUNED, 0.7, 0});
    check_rows(&problem, &history, (struct output){OUTPUT_CONSTRAINT, 0}, 3,
               (double[]){0, -0.5, 1, -0.8, 5, -0.7});
    check_rows(&problem, &history, (struct output){OUTPUT_CONSTRAINT, 1}, 4,
               (double[]){0, log(10), 1, log(50), 2, log(5), 5, log(1e-9)});
    check_rows(&problem, &history, (struct output){OUTPUT_COST, 0}, 2,
               (double[]){0, log(20), 1, log(50)});
    assert_near(observations_bound(&constraints[0]), -0.9, 0);
    assert_near(observations_bound(&constraints[1]), log(100), 0);
    history_free(&history);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_minimised_and_complete),
        cmocka_unit_test(each_output_has_the_rows_that_tell_about_it),
        cmocka_unit_test(a_pruned_trial_is_as_good_as_those_it_stood_with),
        cmocka_unit_test(the_first_rows_do_not_know_the_later_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
