#include "search/nsga2_vary.h"

#include "search/history.h"
#include "tests/search/fixture.h"

#include <math.h>
#include <string.h>

enum { DRAWS = 4000, POINT_MAX = 8 };

/* Simulated binary crossover keeps the middle of the parents where no bound is near. */
static void crossover_spreads_about_the_middle(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 41);
    double mean = 0, below = 0, outside = 0;
    for (int k = 0; k < DRAWS; k++) {
        double u = nsga2_cross(&rng, 0.45, 0.55);
        assert_true(u >= 0 && u <= 1);
        mean += u / DRAWS;
        below += u < 0.5;
        outside += u < 0.45 || u > 0.55;
    }
    assert_near(mean, 0.5, 0.005);
    assert_near(below, DRAWS / 2.0, 4 * sqrt(DRAWS / 4.0));
    assert_near(outside, DRAWS / 2.0, 4 * sqrt(DRAWS / 4.0)); /* as likely as between them */
}

static void crossover_stays_within_bounds(void **state)
{
    (void)state;
    static const double ends[][2] = {{0, 1}, {0, 1e-3}, {1, 0.999}, {0.3, 0.9}, {0, 1e-12}};
    struct rng rng;
    rng_seed(&rng, 42);
    for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++) {
        for (int k = 0; k < DRAWS; k++) {
            double u = nsga2_cross(&rng, ends[e][0], ends[e][1]);
            assert_true(u >= 0 && u <= 1);
        }
    }
    assert_true(nsga2_cross(&rng, 0.7, 0.7) == 0.7);
}

static void steps_are_short_and_stay_within_bounds(void **state)
{
    (void)state;
    static const double from[] = {0, 1e-9, 0.1, 0.5, 0.99, 1};
    struct rng rng;
    rng_seed(&rng, 43);
    for (size_t f = 0; f < sizeof from / sizeof from[0]; f++) {
        double mean = 0, length = 0;
        for (int k = 0; k < DRAWS; k++) {
            double step = nsga2_step(&rng, from[f]);
            assert_true(from[f] + step >= 0 && from[f] + step <= 1);
            mean += step / DRAWS;
            length += fabs(step) / DRAWS;
        }
        assert_true(length > 0.01 && length < 0.1);
        if (from[f] == 0.5)
            assert_near(mean, 0, 0.005);
    }
}

/* Two random points of a space. */
static void draw_pair(const struct space *space, struct rng *rng, double pair[2][POINT_MAX])
{
    for (int p = 0; p < 2; p++) {
        double u[POINT_MAX];
        for (size_t d = 0; d < space_dims(space); d++)
            u[d] = rng_uniform(rng);
        space_sample(space, u, pair[p]);
    }
}

static void for_each_space(void (*check)(const struct space *space, struct rng *rng))
{
    struct rng rng;
    rng_seed(&rng, 44);
    for (size_t s = 0; s < fixture_n_spaces; s++) {
        struct space *space = fixture_space(fixture_spaces[s].text);
        assert_true(space_count(space) <= POINT_MAX);
        check(space, &rng);
        space_free(space);
    }
}

static void check_lattice(const struct space *space, struct rng *rng)
{
    static const struct chances chances[] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.9, 0.3}};
    for (int k = 0; k < 1000; k++) {
        double pair[2][POINT_MAX], scratch[3 * POINT_MAX], child[POINT_MAX],
            repaired[POINT_MAX];
        draw_pair(space, rng, pair);
        nsga2_vary(space, &chances[k % 5], rng, pair[0], pair[1], scratch, child);
        memcpy(repaired, child, sizeof child);
        space_repair(space, repaired);
        assert_true(space_equal(space, child, repaired));
        if (k % 5 == 0)
            assert_true(space_equal(space, child, pair[0])); /* nothing was to change */
    }
}

static void children_are_points_of_the_space(void **state)
{
    (void)state;
    for_each_space(check_lattice);
}

/* Without mutation a child has no level that neither parent has; and it has some of both. */
static void check_inheritance(const struct space *space, struct rng *rng)
{
    const struct chances chances = {1, 0};
    size_t of_first = 0, of_second = 0;
    for (int k = 0; k < 1000; k++) {
        double pair[2][POINT_MAX], scratch[3 * POINT_MAX], child[POINT_MAX];
        draw_pair(space, rng, pair);
        nsga2_vary(space, &chances, rng, pair[0], pair[1], scratch, child);
        for (size_t i = 0; i < space_count(space); i++) {
            double a = pair[0][i], b = pair[1][i];
            if (space_param(space, i)->n_levels == 0 || isnan(child[i]) ||
                (isnan(a) && isnan(b)))
                continue;
            assert_true(child[i] == a || child[i] == b);
            of_first += child[i] == a && a != b;
            of_second += child[i] == b && a != b;
        }
    }
    assert_true(of_first + of_second == 0 || (of_first > 100 && of_second > 100));
}

static void levels_come_from_the_parents(void **state)
{
    (void)state;
    for_each_space(check_inheritance);
}

/* Of any two points of a finite space, in a few generations. */
static void mutation_reaches_every_point(void **state)
{
    (void)state;
    enum { GENERATIONS = 20000 };
    const struct chances chances = {0.5, 0.5};
    struct rng rng;
    rng_seed(&rng, 45);
    struct space *space = fixture_space(fixture_spaces[5].text); /* with conditions */
    struct history seen;
    history_init(&seen, &(struct problem){.space = space, .n_objectives = 1});
    double pair[2][POINT_MAX], scratch[3 * POINT_MAX], child[POINT_MAX];
    draw_pair(space, &rng, pair);
    for (int k = 0; k < GENERATIONS; k++) {
        nsga2_vary(space, &chances, &rng, pair[0], pair[1], scratch, child);
        if (!history_contains(&seen, child))
            assert_int_equal(history_append(&seen, &(struct proposal){child, TRIAL_NONE}),
                             ST_OK);
        memcpy(pair[k % 2], child, sizeof child);
    }
    assert_int_equal(seen.n_distinct, (size_t)space_size(space));
    history_free(&seen);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossover_spreads_about_the_middle),
        cmocka_unit_test(crossover_stays_within_bounds),
        cmocka_unit_test(steps_are_short_and_stay_within_bounds),
        cmocka_unit_test(children_are_points_of_the_space),
        cmocka_unit_test(levels_come_from_the_parents),
        cmocka_unit_test(mutation_reaches_every_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
