#include "search/nsga2_population.h"

#include "search/history.h"
#include "tests/search/fixture.h"

#include <math.h>

enum { TRIALS = 120, SIZE = 12 };

static char names[2][4] = {"a", "b"};
static const struct objective objectives[] = {{names[0], GOAL_MINIMIZE},
                                              {names[1], GOAL_MAXIMIZE}};

/* A history of n told trials with random values: every fifth failed, every seventh pruned,
 * every eleventh cancelled. */
static void fill(struct history *history, const struct space *space, size_t n)
{
    struct rng rng;
    rng_seed(&rng, 51);
    history_init(history, &(struct problem){.space = space, .n_objectives = 2});
    for (size_t i = 0; i < n; i++) {
        double u[2] = {rng_uniform(&rng), rng_uniform(&rng)}, point[2];
        enum trial_state how = i % 5 == 2    ? TRIAL_FAILED
                               : i % 7 == 3  ? TRIAL_PRUNED
                               : i % 11 == 4 ? TRIAL_CANCELLED
                                             : TRIAL_COMPLETE;
        double values[2] = {round(40 * rng_uniform(&rng)),
                            (i % 6 ? 1 : 1e150) * rng_normal(&rng)};
        space_from_unit(space, u, point);
        assert_int_equal(history_append(history, &(struct proposal){point, TRIAL_NONE}), ST_OK);
        history_conclude(history, 0, how,
                         &(struct trial_result){.values = how == TRIAL_COMPLETE ? values : NULL,
                                                .energy_j = 1});
    }
}

static struct problem problem_of(const struct space *space, size_t n_objectives)
{
    struct problem problem = fixture_problem(space, 1);
    problem.objectives = objectives;
    problem.n_objectives = n_objectives;
    return problem;
}

static enum trial_state state_of(const struct population *population,
                                 const struct history *history, size_t member)
{
    return history->trials[population->trial[member]].state;
}

/* With one objective those that stay are the best of all. */
static void one_objective_keeps_the_best(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[0].text);
    struct problem problem = problem_of(space, 1);
    struct population population;
    struct history history;
    fill(&history, space, TRIALS);
    assert_int_equal(population_init(&population, &problem, SIZE), ST_OK);
    population_update(&population, &history);
    assert_int_equal(population.n, SIZE);
    double worst = -INFINITY;
    for (size_t i = 0; i < SIZE; i++)
        worst = fmax(worst, history.trials[population.trial[i]].values[0]);
    size_t better = 0, as_good = 0;
    for (size_t i = 0; i < history.n; i++) {
        better += history.trials[i].values[0] < worst;
        as_good += history.trials[i].values[0] <= worst;
    }
    assert_true(better < SIZE && as_good >= SIZE);
    population_free(&population);
    history_free(&history);
    space_free(space);
}

static void pruned_trials_rank_behind_complete_ones_and_failed_last(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[0].text);
    struct problem problem = problem_of(space, 2);
    for (size_t n = 1; n <= TRIALS; n++) {
        struct population population;
        struct history history;
        size_t count[TRIAL_CANCELLED + 1] = {0}, complete = 0;
        fill(&history, space, n);
        assert_int_equal(population_init(&population, &problem, SIZE), ST_OK);
        population_update(&population, &history);
        for (size_t i = 0; i < population.n; i++) {
            count[state_of(&population, &history, i)]++;
            for (size_t j = 0; j < population.n; j++)
                if (state_of(&population, &history, i) < state_of(&population, &history, j))
                    assert_true(population.front[i] < population.front[j]);
        }
        for (size_t i = 0; i < n; i++)
            complete += history.trials[i].state == TRIAL_COMPLETE;
        assert_int_equal(count[TRIAL_CANCELLED], 0);
        assert_int_equal(count[TRIAL_COMPLETE], complete < SIZE ? complete : SIZE);
        assert_int_equal(population.n_complete, count[TRIAL_COMPLETE]);
        population_free(&population);
        history_free(&history);
    }
    space_free(space);
}

static void members_do_not_depend_on_when_they_were_taken_in(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[0].text);
    struct problem problem = problem_of(space, 2);
    struct population stepwise, at_once;
    assert_int_equal(population_init(&stepwise, &problem, SIZE), ST_OK);
    for (size_t n = 1; n <= TRIALS; n++) {
        struct history history;
        fill(&history, space, n);
        assert_int_equal(population_init(&at_once, &problem, SIZE), ST_OK);
        population_update(&stepwise, &history);
        population_update(&at_once, &history);
        assert_int_equal(stepwise.n, at_once.n);
        for (size_t i = 0; i < stepwise.n; i++) {
            assert_int_equal(stepwise.trial[i], at_once.trial[i]);
            assert_int_equal(stepwise.front[i], at_once.front[i]);
            assert_true(stepwise.crowding[i] == at_once.crowding[i]);
        }
        population_free(&at_once);
        history_free(&history);
    }
    population_free(&stepwise);
    space_free(space);
}

/* Rank r of n wins when it is drawn with one that is worse: 2 (n - 1 - r) of n (n - 1) pairs.
 */
static void tournaments_favour_the_better(void **state)
{
    (void)state;
    enum { DRAWS = 20000, N = 6, EXCLUDED = 2 };
    struct space *space = fixture_space(fixture_spaces[0].text);
    struct problem problem = problem_of(space, 1);
    struct population population;
    struct rng rng;
    size_t wins[N] = {0}, others[N] = {0};
    rng_seed(&rng, 52);
    assert_int_equal(population_init(&population, &problem, N), ST_OK);
    population.n = N;
    for (size_t i = 0; i < N; i++)
        population.front[i] = i;
    for (int k = 0; k < DRAWS; k++) {
        wins[population_tournament(&population, &rng, SIZE_MAX)]++;
        others[population_tournament(&population, &rng, EXCLUDED)]++;
    }
    for (size_t r = 0; r < N; r++) {
        double share = 2.0 * (N - 1 - (double)r) / (N * (N - 1));
        assert_near((double)wins[r] / DRAWS, share, 4 * sqrt(share * (1 - share) / DRAWS));
    }
    assert_int_equal(others[EXCLUDED], 0);
    assert_int_equal(others[N - 1], 0); /* the worst never wins */
    assert_true(others[0] > others[1] && others[1] > others[3]);
    population.n = 2;
    assert_int_equal(population_tournament(&population, &rng, 0), 1);
    assert_int_equal(population_tournament(&population, &rng, 1), 0);
    population_free(&population);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_objective_keeps_the_best),
        cmocka_unit_test(pruned_trials_rank_behind_complete_ones_and_failed_last),
        cmocka_unit_test(members_do_not_depend_on_when_they_were_taken_in),
        cmocka_unit_test(tournaments_favour_the_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
