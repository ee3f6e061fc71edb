#include "search/maximise.h"

#include "base/rng.h"
#include "search/cells.h"
#include "search/history.h"
#include "search/moves.h"
#include "tests/check.h"
#include "tests/search/fixture.h"

#include <stdlib.h>
#include <string.h>

static const struct effort thorough = {0, 256, 128, 8, 40, 20};

/* A smooth score with one peak at `peak`, and a tilt that depends on all coordinates. */
struct hill {
    size_t dims;
    double peak[16];
    size_t evaluated;
};

static void climb(void *context, const double *u, size_t m, double *values, double *slopes)
{
    struct hill *hill = context;
    hill->evaluated += m;
    for (size_t k = 0; k < m; k++) {
        double sum = 0;
        for (size_t d = 0; d < hill->dims; d++)
            sum += u[k * hill->dims + d] - hill->peak[d];
        values[k] = -sum * sum;
        for (size_t d = 0; d < hill->dims; d++) {
            double away = u[k * hill->dims + d] - hill->peak[d];
            values[k] -= (double)(d + 1) * away * away;
            if (slopes)
                slopes[k * hill->dims + d] = -2 * sum - 2 * (double)(d + 1) * away;
        }
    }
}

static struct hill draw_hill(const struct space *space, struct rng *rng)
{
    struct hill hill = {.dims = space_dims(space)};
    for (size_t d = 0; d < hill.dims; d++)
        hill.peak[d] = rng_uniform(rng);
    return hill;
}

static double score_at(struct hill *hill, const struct space *space, const double *point)
{
    double u[16], value;
    space_to_unit(space, point, u);
    climb(hill, u, 1, &value, NULL);
    return value;
}

/* The best of all points by enumeration, leaving out those of the history. */
static double best_of_all(struct hill *hill, const struct space *space,
                          const struct history *history)
{
    struct cells *cells;
    double best = -INFINITY, point[16];
    assert_int_equal(cells_create(&cells, space, CELLS_ALL, NULL), ST_OK);
    for (double k = 0; k < cells_count(cells); k++) {
        cells_point(cells, (uint64_t)k, point);
        if (!history_contains(history, point))
            best = fmax(best, score_at(hill, space, point));
    }
    cells_free(cells);
    return best;
}

/* In finite spaces both the search through all points and the local search find the best point
 * that is left, again and again until none is. */
static void the_best_lattice_point_is_found(void **state)
{
    (void)state;
    static const char *const names[] = {"lattice", "uneven", "conditions"};
    struct rng rng;
    size_t compared = 0;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < fixture_n_spaces; i++) {
        bool finite = false;
        for (size_t k = 0; k < 3; k++)
            finite = finite || strcmp(fixture_spaces[i].name, names[k]) == 0;
        if (!finite)
            continue;
        for (int exhaustive = 0; exhaustive < 2; exhaustive++) {
            struct space *space = fixture_space(fixture_spaces[i].text);
            struct problem problem = fixture_problem(space, 1);
            struct maximiser *maximiser;
            struct history history;
            struct hill hill = draw_hill(space, &rng);
            struct score score = {climb, &hill};
            struct effort effort = thorough;
            double point[16];
            effort.exhaustive = exhaustive ? 1000 : 0;
            history_init(&history, &(struct problem){.space = space, .n_objectives = 1});
            assert_int_equal(maximiser_create(&maximiser, &problem), ST_OK);
            for (uint64_t t = 0; t < 8; t++) {
                assert_int_equal(
                    maximise(maximiser, &score, &history, NULL, 0, t, &effort, point), ST_OK);
                assert_near(score_at(&hill, space, point), best_of_all(&hill, space, &history),
                            0);
                assert_false(history_contains(&history, point));
                assert_int_equal(
                    history_append(&history, &(struct proposal){point, TRIAL_NONE}), ST_OK);
                compared++;
            }
            maximiser_free(maximiser);
            history_free(&history);
            space_free(space);
        }
    }
    assert_int_equal(compared, 3 * 2 * 8);
}

static void an_exhausted_space_has_no_best_point(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"a\": {\"type\": \"integer\", \"low\": 1, \"high\": 3}}");
    struct problem problem = fixture_problem(space, 1);
    struct maximiser *maximiser;
    struct history history;
    struct hill hill = {.dims = 1, .peak = {0.2}};
    struct score score = {climb, &hill};
    struct effort effort = thorough;
    double point;
    history_init(&history, &(struct problem){.space = space, .n_objectives = 1});
    assert_int_equal(maximiser_create(&maximiser, &problem), ST_OK);
    for (int t = 0; t < 3; t++) {
        assert_int_equal(maximise(maximiser, &score, &history, NULL, 0, 1, &effort, &point),
                         ST_OK);
        assert_int_equal(history_append(&history, &(struct proposal){&point, TRIAL_NONE}),
                         ST_OK);
    }
    for (effort.exhaustive = 0; effort.exhaustive < 20; effort.exhaustive += 10)
        assert_int_equal(maximise(maximiser, &score, &history, NULL, 0, 1, &effort, &point),
                         ST_NOTFOUND);
    problem.allow_duplicates = true;
    assert_int_equal(maximise(maximiser, &score, &history, NULL, 0, 1, &effort, &point), ST_OK);
    assert_near(point, 1, 0);
    maximiser_free(maximiser);
    history_free(&history);
    space_free(space);
}

/* Mixed and conditional spaces with real parameters: the answer is a lattice point, and no
 * better one is near it or among many random ones. */
static void no_better_point_is_known_in_mixed_spaces(void **state)
{
    (void)state;
    static const char *const text =
        "{\"opt\": {\"type\": \"categorical\", \"values\": [\"sgd\", \"adam\", \"rms\"]},"
        " \"momentum\": {\"type\": \"real\", \"low\": 0, \"high\": 1,"
        "   \"when\": {\"opt\": \"sgd\"}},"
        " \"beta\": {\"type\": \"real\", \"low\": 0.001, \"high\": 1, \"scale\": \"log\","
        "   \"when\": {\"opt\": [\"adam\", \"rms\"]}},"
        " \"width\": {\"type\": \"integer\", \"low\": 1, \"high\": 1000, \"scale\": \"log\"},"
        " \"depth\": {\"type\": \"integer\", \"low\": 1, \"high\": 9},"
        " \"batch\": {\"type\": \"ordinal\", \"values\": [16, 32, 64]}}";
    struct space *space = fixture_space(text);
    struct problem problem = fixture_problem(space, 1);
    struct maximiser *maximiser;
    struct history history;
    struct rng rng;
    rng_seed(&rng, 3);
    history_init(&history, &(struct problem){.space = space, .n_objectives = 1});
    assert_int_equal(maximiser_create(&maximiser, &problem), ST_OK);
    for (uint64_t round = 0; round < 10; round++) {
        struct hill hill = draw_hill(space, &rng);
        struct score score = {climb, &hill};
        double point[6], other[6], u[6], scratch[12];
        assert_int_equal(
            maximise(maximiser, &score, &history, NULL, 0, round, &thorough, point), ST_OK);
        double found = score_at(&hill, space, point);
        memcpy(other, point, sizeof point);
        space_repair(space, other);
        assert_true(space_equal(space, point, other));
        for (int i = 0; i < 2000; i++) {
            if (i % 2) {
                move_randomly(space, &rng, point, pow(10, -1 - i % 4), scratch, other);
            } else {
                for (size_t d = 0; d < 6; d++)
                    u[d] = rng_uniform(&rng);
                space_sample(space, u, other);
            }
            assert_true(score_at(&hill, space, other) <= found + 1e-4);
        }
        assert_true(hill.evaluated < 20000);
    }
    maximiser_free(maximiser);
    history_free(&history);
    space_free(space);
}

/* A needle that the sweep cannot hit is found next to a point known to be good. */
static void good_points_are_looked_near(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
                      " \"c\": {\"type\": \"integer\", \"low\": 1, \"high\": 1000000}}");
    struct problem problem = fixture_problem(space, 1);
    struct maximiser *maximiser;
    struct history history;
    struct hill hill = {.dims = 2, .peak = {0.31, 0.62}};
    struct score score = {climb, &hill};
    struct effort none = {0, 1, 64, 2, 0, 0};
    double good[2] = {0.3103, 620100}, point[2];
    history_init(&history, &(struct problem){.space = space, .n_objectives = 1});
    space_repair(space, good);
    assert_int_equal(maximiser_create(&maximiser, &problem), ST_OK);
    assert_int_equal(history_append(&history, &(struct proposal){good, TRIAL_NONE}), ST_OK);
    assert_int_equal(maximise(maximiser, &score, &history, good, 1, 7, &none, point), ST_OK);
    assert_false(space_equal(space, point, good));
    assert_true(score_at(&hill, space, point) > -0.002);
    maximiser_free(maximiser);
    maximiser_free(NULL);
    history_free(&history);
    space_free(space);
}

static void moves_are_lattice_points_that_differ(void **state)
{
    (void)state;
    struct rng rng;
    size_t total = 0;
    rng_seed(&rng, 5);
    for (size_t i = 0; i < fixture_n_spaces; i++) {
        struct space *space = fixture_space(fixture_spaces[i].text);
        size_t count = space_count(space), most = moves_most(space);
        double *moves = malloc((most + 1) * count * sizeof *moves);
        double u[16], point[16], copy[16];
        assert_non_null(moves);
        for (int round = 0; round < 20; round++) {
            for (size_t d = 0; d < space_dims(space); d++)
                u[d] = rng_uniform(&rng);
            space_sample(space, u, point);
            size_t n = moves_from(space, point, moves);
            assert_true(n <= most);
            for (size_t k = 0; k < n; k++, total++) {
                memcpy(copy, moves + k * count, count * sizeof *copy);
                assert_false(space_equal(space, copy, point));
                space_repair(space, copy);
                assert_true(space_equal(space, copy, moves + k * count));
                for (size_t j = 0; j < k; j++)
                    assert_false(space_equal(space, copy, moves + j * count));
            }
        }
        free(moves);
        space_free(space);
    }
    assert_true(total > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_lattice_point_is_found),
        cmocka_unit_test(an_exhausted_space_has_no_best_point),
        cmocka_unit_test(no_better_point_is_known_in_mixed_spaces),
        cmocka_unit_test(good_points_are_looked_near),
        cmocka_unit_test(moves_are_lattice_points_that_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
