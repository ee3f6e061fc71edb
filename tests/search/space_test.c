#include "search/cells.h"
#include "tests/search/fixture.h"

#include <stdlib.h>
#include <string.h>

/* Points drawn or, in a finite space, all of them, handed to `check`. */
static void for_each_point(const char *text,
                           void (*check)(const struct space *, const double *))
{
    struct space *space = fixture_space(text);
    struct cells *cells;
    assert_int_equal(cells_create(&cells, space, CELLS_ALL, NULL), ST_OK);
    size_t n = isfinite(space_size(space)) ? (size_t)space_size(space) : 2000;
    double *point = calloc(space_count(space), sizeof *point);
    double *u = calloc(space_dims(space), sizeof *u);
    struct rng rng;
    rng_seed(&rng, 3);
    for (size_t k = 0; k < n; k++) {
        for (size_t d = 0; d < space_dims(space); d++)
            u[d] = rng_uniform(&rng);
        if (isfinite(space_size(space)))
            cells_point(cells, k, point);
        else
            space_from_unit(space, u, point);
        check(space, point);
    }
    free(u);
    free(point);
    cells_free(cells);
    space_free(space);
}

static void check_round_trip(const struct space *space, const double *point)
{
    double u[8], again[8];
    space_to_unit(space, point, u);
    for (size_t d = 0; d < space_dims(space); d++) {
        assert_true(u[d] >= 0 && u[d] <= 1);
        if (!space_active(space, point, space_dim_param(space, d)))
            assert_near(u[d], 0.5, 0);
    }
    space_from_unit(space, u, again);
    assert_true(space_equal(space, point, again));
    assert_true(space_hash(space, point) == space_hash(space, again));
    memcpy(again, point, space_count(space) * sizeof *point);
    space_repair(space, again);
    assert_true(space_equal(space, point, again));
}

static void every_point_comes_back_from_the_unit_cube(void **state)
{
    (void)state;
    for (size_t s = 0; s < fixture_n_spaces; s++)
        for_each_point(fixture_spaces[s].text, check_round_trip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_comes_back_from_the_unit_cube),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
