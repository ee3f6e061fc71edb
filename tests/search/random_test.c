#include "tests/search/fixture.h"

#include <math.h>

enum { BINS = 20 };

/* The counts of BINS bins of equal chance: with 19 degrees of freedom, chi-square is above 43.8
 * once in a thousand. */
static void assert_even(const double counts[BINS], double n)
{
    double chi_square = 0, mean = n / BINS;
    for (int b = 0; b < BINS; b++)
        chi_square += (counts[b] - mean) * (counts[b] - mean) / mean;
    assert_true(chi_square < 43.8);
}

static void draws_are_even_over_the_unit_cube(void **state)
{
    (void)state;
    enum { N = 2000 };
    struct space *space = fixture_space(fixture_spaces[0].text);
    struct problem problem = fixture_problem(space, 21);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    double counts[2][BINS] = {{0}}, covariance = 0;
    for (int k = 0; k < N; k++) {
        double u[2];
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        space_to_unit(space, trial->point, u);
        for (int d = 0; d < 2; d++)
            counts[d][(size_t)fmin(u[d] * BINS, BINS - 1)]++;
        covariance += (u[0] - 0.5) * (u[1] - 0.5) / N;
    }
    assert_even(counts[0], N);
    assert_even(counts[1], N);
    assert_near(covariance, 0,
                4 / (12 * sqrt(N))); /* four standard errors of independent ones */
    strategy_free(strategy);
    space_free(space);
}

static void seeds_give_other_draws(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[0].text);
    const struct trial *trial;
    double first[20] = {0};
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct problem problem = fixture_problem(space, seed);
        struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        first[seed] = trial->point[0];
        for (uint64_t other = 0; other < seed; other++)
            assert_true(first[other] != first[seed]);
        strategy_free(strategy);
    }
    space_free(space);
}

/* Which of the last points of a finite space comes next is as even as the first draw: of 20
 * points 15 are taken, and the next is any of the other five. */
static void the_last_points_are_drawn_evenly(void **state)
{
    (void)state;
    enum { SEEDS = 2000, LEFT = 5 };
    struct space *space =
        fixture_space("{\"i\": {\"type\": \"integer\", \"low\": 0, \"high\": 19}}");
    double counts[LEFT] = {0}, chi_square = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem problem = fixture_problem(space, seed);
        struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
        const struct trial *trial;
        for (double value = LEFT; value < 20; value++)
            assert_int_equal(strategy_restore(strategy, &value, TRIAL_NONE), ST_OK);
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_true(trial->point[0] < LEFT);
        counts[(size_t)trial->point[0]]++;
        strategy_free(strategy);
    }
    for (int k = 0; k < LEFT; k++)
        chi_square += (counts[k] - SEEDS / LEFT) * (counts[k] - SEEDS / LEFT) * LEFT / SEEDS;
    assert_true(chi_square < 18.5); /* 4 degrees of freedom, p = 0.001 */
    space_free(space);
}

/* One point of a hundred thousand is left, which no number of draws would find. */
static void the_very_last_point_is_found(void **state)
{
    (void)state;
    enum { N = 100000 };
    struct space *space =
        fixture_space("{\"i\": {\"type\": \"integer\", \"low\": 1, \"high\": 100000, "
                      "\"scale\": \"log\"}}");
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    for (double value = 1; value <= N; value++)
        if (value != 77777)
            assert_int_equal(strategy_restore(strategy, &value, TRIAL_NONE), ST_OK);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
    assert_near(trial->point[0], 77777, 0);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_DONE);
    strategy_free(strategy);
    space_free(space);
}

/* A category without parameters of its own is one point beside a branch of endlessly many. */
static void endless_spaces_repeat_nothing_either(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[6].text);
    struct problem problem = fixture_problem(space, 3);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    size_t bare = 0;
    for (int k = 0; k < 100; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        bare += trial->point[0] == 0;
    }
    assert_int_equal(bare, 1);
    assert_int_equal(strategy_history(strategy)->n_distinct, 100);
    strategy_free(strategy);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_even_over_the_unit_cube),
        cmocka_unit_test(seeds_give_other_draws),
        cmocka_unit_test(the_last_points_are_drawn_evenly),
        cmocka_unit_test(the_very_last_point_is_found),
        cmocka_unit_test(endless_spaces_repeat_nothing_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
