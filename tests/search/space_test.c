#include "search/cells.h"
#include "tests/search/fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DRAWS = 2000, POINT_MAX = 8 };

/* Spaces whose numbers are awkward to round. */
static const char *const awkward[] = {
    "{\"x\": {\"type\": \"real\", \"low\": 1e-12, \"high\": 3e7, \"scale\": \"log\"},"
    " \"y\": {\"type\": \"real\", \"low\": 0.1234567890123456, \"high\": 0.1234567990123456},"
    " \"z\": {\"type\": \"real\", \"low\": -1e30, \"high\": 1e-30}}",
    "{\"x\": {\"type\": \"real\", \"low\": 1e-30, \"high\": 3e-25},"
    " \"y\": {\"type\": \"real\", \"low\": 999999, \"high\": 1000001, \"scale\": \"log\"}}",
    "{\"i\": {\"type\": \"integer\", \"low\": 1, \"high\": 1000000000, \"scale\": \"log\"},"
    " \"r\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}",
    "{\"i\": {\"type\": \"integer\", \"low\": -549755813888, \"high\": 549755813887},"
    " \"j\": {\"type\": \"integer\", \"low\": 1000000000000, \"high\": 1000000000100,"
    " \"scale\": \"log\"}, \"r\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}",
};

typedef void point_check(const struct space *space, const double *point);

static void check_draws(const struct space *space, point_check *check)
{
    double u[POINT_MAX], point[POINT_MAX];
    struct rng rng;
    rng_seed(&rng, 3);
    for (size_t k = 0; k < DRAWS; k++) {
        for (size_t d = 0; d < space_dims(space); d++)
            u[d] = rng_uniform(&rng);
        space_from_unit(space, u, point);
        check(space, point);
        space_sample(space, u, point);
        check(space, point);
    }
}

static void check_all(const struct space *space, point_check *check)
{
    double point[POINT_MAX];
    struct cells *cells;
    assert_int_equal(cells_create(&cells, space, CELLS_ALL, NULL), ST_OK);
    for (size_t k = 0; (double)k < cells_count(cells); k++) {
        cells_point(cells, k, point);
        check(space, point);
    }
    cells_free(cells);
}

/* Draws from every space, and all the points of the finite ones. */
static void for_each_point(point_check *check)
{
    size_t n_awkward = sizeof awkward / sizeof awkward[0];
    for (size_t s = 0; s < fixture_n_spaces + n_awkward; s++) {
        struct space *space = fixture_space(
            s < fixture_n_spaces ? fixture_spaces[s].text : awkward[s - fixture_n_spaces]);
        check_draws(space, check);
        if (space_size(space) < DRAWS)
            check_all(space, check);
        space_free(space);
    }
}

static void check_round_trip(const struct space *space, const double *point)
{
    double u[POINT_MAX], again[POINT_MAX];
    space_to_unit(space, point, u);
    for (size_t d = 0; d < space_dims(space); d++) {
        assert_true(u[d] >= 0 && u[d] <= 1);
        if (!space_active(space, point, space_dim_param(space, d)))
            assert_near(u[d], 0.5, 0);
    }
    space_from_unit(space, u, again);
    assert_true(space_equal(space, point, again));
    assert_true(space_hash(space, point) == space_hash(space, again));
}

static void every_point_comes_back_from_the_unit_cube(void **state)
{
    (void)state;
    for_each_point(check_round_trip);
}

static void check_value(const struct param *param, double value)
{
    if (param->kind == PARAM_REAL || param->kind == PARAM_INTEGER)
        assert_true(value >= param->low && value <= param->high);
    else
        assert_true(value >= 0 && value < (double)param->n_levels && value == floor(value));
    if (param->kind == PARAM_INTEGER)
        assert_near(fmod(value - param->low, param->step), 0, 0);
    assert_false(value == 0 && signbit(value));
}

static void check_lattice(const struct space *space, const double *point)
{
    double repaired[POINT_MAX];
    memcpy(repaired, point, space_count(space) * sizeof *point);
    space_repair(space, repaired);
    assert_true(space_equal(space, point, repaired));
    for (size_t i = 0; i < space_count(space); i++) {
        assert_true(space_active(space, point, i) == !isnan(point[i]));
        if (!isnan(point[i]))
            check_value(space_param(space, i), point[i]);
    }
}

static void every_point_is_on_the_lattice(void **state)
{
    (void)state;
    for_each_point(check_lattice);
}

static void check_json(const struct space *space, const double *point)
{
    struct json *json = space_point_to_json(space, point);
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(json_print(json, false, &text), ST_OK);
    struct json *read = fixture_json(strbuf_text(&text));
    struct json_problems problems = {.source = "t.json"};
    double again[POINT_MAX];
    if (space_point_from_json(space, read, "point", again, &problems))
        fail_msg("%s: %s", strbuf_text(&text), strbuf_text(&problems.text));
    assert_true(space_equal(space, point, again));
    json_problems_free(&problems);
    strbuf_free(&text);
    json_free(read);
    json_free(json);
}

static void every_point_comes_back_from_json(void **state)
{
    (void)state;
    for_each_point(check_json);
}

static void any_numbers_are_repaired(void **state)
{
    (void)state;
    static const double odd[] = {-1e300, -7.7,     -0.0,      0.49, 3.5,
                                 1e300,  INFINITY, -INFINITY, NAN};
    struct rng rng;
    rng_seed(&rng, 8);
    for (size_t s = 0; s < fixture_n_spaces; s++) {
        struct space *space = fixture_space(fixture_spaces[s].text);
        for (int k = 0; k < 200; k++) {
            double point[POINT_MAX];
            for (size_t i = 0; i < POINT_MAX; i++)
                point[i] = odd[rng_below(&rng, sizeof odd / sizeof odd[0])];
            space_repair(space, point);
            check_lattice(space, point);
        }
        space_free(space);
    }
}

static void coordinates_are_clamped(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[0].text);
    double point[2];
    space_from_unit(space, (double[]){-0.5, 7}, point);
    assert_near(point[0], -5, 0);
    assert_near(point[1], 1, 0);
    space_from_unit(space, (double[]){NAN, -INFINITY}, point);
    assert_near(point[0], 2.5, 0);
    assert_near(point[1], 1e-5, 0);
    space_free(space);
}

static void check_places(const char *values, const char *type, const double *places, size_t n)
{
    char text[256];
    snprintf(text, sizeof text, "{\"o\": {\"type\": \"%s\", \"values\": %s}}", type, values);
    struct space *space = fixture_space(text);
    assert_int_equal(space_param(space, 0)->n_levels, n);
    for (size_t k = 0; k < n; k++) {
        double u;
        space_to_unit(space, &(double){(double)k}, &u);
        assert_near(u, places[k], 1e-12);
    }
    space_free(space);
}

static void ordinals_stand_by_their_logarithm(void **state)
{
    (void)state;
    const double even[] = {1.0 / 6, 0.5, 5.0 / 6};
    check_places("[32, 64, 128]", "ordinal", even, 3);
    check_places("[0.1, 0.01, 0.001]", "ordinal", even, 3);
    /* Half a gap lies beyond each end: log 2, log 8, and half of both. */
    check_places("[1, 2, 16]", "ordinal", (double[]){0.5 / 6, 1.5 / 6, 4.5 / 6}, 3);
    /* No logarithm, no distance: even. */
    check_places("[0, 1e-5, 1e-3]", "ordinal", even, 3);
    check_places("[\"s\", \"m\", \"l\"]", "ordinal", even, 3);
    check_places("[1, 2, 16]", "categorical", even, 3);
    check_places("[1, 4]", "ordinal", (double[]){0.25, 0.75}, 2);
}

static void log_scales_are_taken_first(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[1].text);
    double point[3];
    space_from_unit(space, (double[]){0.5, 0.5, 0.5}, point);
    assert_near(point[0], 1, 0);
    assert_near(point[1], 0.01, 0); /* the very double, not one beside it */
    assert_near(point[2], 20, 0);
    space_free(space);
}

static void integers_have_equal_shares(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"i\": {\"type\": \"integer\", \"low\": 3, \"high\": 9, \"step\": 2}}");
    for (int k = 0; k < 400; k++) {
        double value;
        space_from_unit(space, &(double){(k + 0.5) / 400}, &value);
        assert_near(value, 3 + 2 * (k / 100), 0);
    }
    space_free(space);
}

static void draws_give_every_level_the_same_share(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"o\": {\"type\": \"ordinal\", \"values\": [1, 2, 100]}}");
    size_t drawn[3] = {0}, nearest[3] = {0};
    for (int k = 0; k < 300; k++) {
        double u = (k + 0.5) / 300, value;
        space_sample(space, &u, &value);
        drawn[(size_t)value]++;
        space_from_unit(space, &u, &value);
        nearest[(size_t)value]++;
    }
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(drawn[k], 100);
    assert_true(nearest[2] > 150);
    space_free(space);
}

static void different_points_differ(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[5].text);
    struct cells *cells;
    assert_int_equal(cells_create(&cells, space, CELLS_ALL, NULL), ST_OK);
    size_t n = (size_t)cells_count(cells);
    assert_int_equal(n, 23);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double a[POINT_MAX], b[POINT_MAX];
            cells_point(cells, i, a);
            cells_point(cells, j, b);
            assert_true(space_equal(space, a, b) == (i == j));
            assert_true((space_hash(space, a) == space_hash(space, b)) == (i == j));
        }
    }
    cells_free(cells);
    space_free(space);
}

static void a_parameter_can_be_held(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[8].text), *held;
    assert_int_equal(space_hold(&held, space, 0), ST_OK);
    assert_int_equal(space_count(held), 3);
    assert_true(space_size(held) == 4);
    assert_int_equal(space_dims(held), 2);
    struct rng rng;
    rng_seed(&rng, 3);
    for (int k = 0; k < 100; k++) {
        double u[3] = {rng_uniform(&rng), rng_uniform(&rng), rng_uniform(&rng)};
        double point[3], other[3];
        space_sample(space, u, point);
        space_sample(held, u + 1, other);
        assert_true(other[0] == 0);
        other[0] = point[0];
        assert_true(space_equal(space, point, other));
    }
    space_free(space); /* nothing is shared */
    assert_string_equal(space_param(held, 0)->name, "epochs");
    assert_string_equal(space_param(held, 1)->levels[1].text, "adam");
    space_free(held);
}

static void sizes_are_counted(void **state)
{
    (void)state;
    static const double sizes[] = {INFINITY, INFINITY, 48,       60, INFINITY,
                                   23,       INFINITY, INFINITY, 12};
    for (size_t s = 0; s < fixture_n_spaces; s++) {
        struct space *space = fixture_space(fixture_spaces[s].text);
        assert_true(space_size(space) == sizes[s]);
        space_free(space);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_comes_back_from_the_unit_cube),
        cmocka_unit_test(every_point_is_on_the_lattice),
        cmocka_unit_test(every_point_comes_back_from_json),
        cmocka_unit_test(any_numbers_are_repaired),
        cmocka_unit_test(coordinates_are_clamped),
        cmocka_unit_test(ordinals_stand_by_their_logarithm),
        cmocka_unit_test(log_scales_are_taken_first),
        cmocka_unit_test(integers_have_equal_shares),
        cmocka_unit_test(draws_give_every_level_the_same_share),
        cmocka_unit_test(different_points_differ),
        cmocka_unit_test(a_parameter_can_be_held),
        cmocka_unit_test(sizes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
