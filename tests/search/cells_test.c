#include "search/cells.h"
#include "tests/search/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINT_MAX = 8 };

static struct cells *make(const struct space *space, enum cells_of what)
{
    struct cells *cells;
    struct error err = {0};
    assert_ok(cells_create(&cells, space, what, &err), err);
    return cells;
}

/* Count the combinations of an odometer over all parameters, each only where it has no
 * inactive parameter away from its first value: what a naive grid would keep. */
static size_t count_naively(const struct space *space)
{
    size_t digits[POINT_MAX] = {0}, n = space_count(space), count = 0, i = 0;
    while (i < n) {
        double point[POINT_MAX];
        bool counts = true;
        for (size_t p = 0; p < n; p++) {
            bool active = space_active(space, point, p);
            point[p] =
                active ? param_value(space_param(space, p), (double)digits[p]) : (double)NAN;
            counts = counts && (active || digits[p] == 0);
        }
        count += counts;
        for (i = 0; i < n && (double)++digits[i] == param_count(space_param(space, i)); i++)
            digits[i] = 0;
    }
    return count;
}

static const char *const conditional[] = {
    "{\"a\": {\"type\": \"ordinal\", \"values\": [1, 2, 3]}, \"b\": {\"type\": "
    "\"categorical\", "
    "\"values\": [\"x\", \"y\"]}, \"c\": 5}",
    /* diamonds: d needs two others, which need the same one */
    "{\"a\": {\"type\": \"integer\", \"low\": 0, \"high\": 6}, \"b\": {\"type\": \"ordinal\", "
    "\"values\": [1, 2], \"when\": {\"a\": [1, 2, 3]}}, \"c\": {\"type\": \"ordinal\", "
    "\"values\": [1, 2, 3], \"when\": {\"a\": [3, 5]}}, \"d\": {\"type\": \"integer\", "
    "\"low\": 1, "
    "\"high\": 4, \"when\": {\"b\": 2, \"c\": [1, 3]}}, \"e\": {\"type\": \"ordinal\", "
    "\"values\": "
    "[1, 2]}}",
    /* two independent trees, interleaved */
    "{\"a\": {\"type\": \"ordinal\", \"values\": [1, 2]}, \"b\": {\"type\": \"ordinal\", "
    "\"values\": [1, 2, 3]}, \"a1\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": "
    "{\"a\": 2}}, \"b1\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"b\": [1, "
    "3]}}, "
    "\"a2\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"a1\": 1}}}",
};

/* Every index is another point, each a repaired one. */
static void check_cells(struct cells *cells, const struct space *space)
{
    size_t n = (size_t)cells_count(cells);
    double *points = calloc(n, POINT_MAX * sizeof *points);
    assert_non_null(points);
    for (size_t k = 0; k < n; k++) {
        double *point = points + k * POINT_MAX, repaired[POINT_MAX];
        cells_point(cells, k, point);
        memcpy(repaired, point, sizeof repaired);
        space_repair(space, repaired);
        assert_true(space_equal(space, point, repaired));
        for (size_t j = 0; j < k; j++)
            assert_false(space_equal(space, point, points + j * POINT_MAX));
    }
    free(points);
}

static void every_distinct_point_has_one_index(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof conditional / sizeof conditional[0]; s++) {
        struct space *space = fixture_space(conditional[s]);
        struct cells *cells = make(space, CELLS_ALL);
        assert_int_equal((size_t)cells_count(cells), count_naively(space));
        assert_near(space_size(space), cells_count(cells), 0);
        check_cells(cells, space);
        cells_free(cells);
        space_free(space);
    }
}

static void every_grid_cell_has_one_index(void **state)
{
    (void)state;
    static const size_t counts[] = {42, 27, 48, 60, 12, 23, 5, 10, 12};
    for (size_t s = 0; s < fixture_n_spaces; s++) {
        struct space *space = fixture_space(fixture_spaces[s].text);
        struct cells *cells = make(space, CELLS_GRID);
        assert_int_equal((size_t)cells_count(cells), counts[s]);
        check_cells(cells, space);
        cells_free(cells);
        space_free(space);
    }
}

static void grid_levels_go_from_low_to_high(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[1].text);
    struct cells *cells = make(space, CELLS_GRID);
    static const double rates[] = {0.001, 0.01, 0.1}, epochs[] = {10, 20, 30};
    for (size_t k = 0; k < 27; k++) {
        double point[POINT_MAX];
        cells_point(cells, k, point);
        assert_near(point[0], (double)(k / 9), 0);
        assert_near(point[1], rates[k / 3 % 3], 0);
        assert_near(point[2], epochs[k % 3], 0);
    }
    cells_free(cells);
    space_free(space);
}

static void levels_that_round_to_one_value_are_one(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"i\": {\"type\": \"integer\", \"low\": 1, \"high\": 16, \"scale\": "
                      "\"log\", \"grid\": 9}, \"m\": {\"type\": \"real\", \"low\": 1, "
                      "\"high\": 100, \"scale\": \"log\", \"grid\": 1}}");
    struct cells *cells = make(space, CELLS_GRID);
    static const double expected[] = {1, 2, 3, 4, 6, 8, 11, 16};
    assert_near(cells_count(cells), 8, 0); /* 1 and 1.41 are the same whole number */
    for (size_t k = 0; k < 8; k++) {
        double point[POINT_MAX];
        cells_point(cells, k, point);
        assert_near(point[0], expected[k], 0);
        assert_near(point[1], 10, 0);
    }
    cells_free(cells);
    space_free(space);
}

static void a_real_parameter_needs_levels(void **state)
{
    (void)state;
    struct space *space = fixture_space(
        "{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1}, \"i\": {\"type\": \"integer\", "
        "\"low\": 0, \"high\": 1}, \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}");
    struct cells *cells;
    struct error err = {0};
    assert_int_equal(cells_create(&cells, space, CELLS_GRID, &err), ST_INVALID);
    assert_null(cells);
    assert_string_equal(err.what, "a grid needs a number of levels for the real 'x', 'y'");
    assert_string_equal(err.remedy,
                        "give each of them \"grid\": 3, or another number of levels");
    cells = make(space, CELLS_ALL);
    assert_true(isinf(cells_count(cells)));
    cells_free(cells);
    cells_free(NULL);
    space_free(space);
}

static void giant_products_are_only_decoded(void **state)
{
    (void)state;
    struct space *space = fixture_space(
        "{\"a\": {\"type\": \"integer\", \"low\": 0, \"high\": 999999}, \"b\": {\"type\": "
        "\"integer\", \"low\": 0, \"high\": 999999}, \"c\": {\"type\": \"integer\", \"low\": "
        "0, "
        "\"high\": 99, \"when\": {\"b\": 999999}}}");
    struct cells *cells = make(space, CELLS_ALL);
    assert_near(cells_count(cells), 1e6 * (999999 + 100), 0);
    double point[POINT_MAX];
    cells_point(cells, (uint64_t)cells_count(cells) - 1, point);
    assert_true(point[0] == 999999 && point[1] == 999999 && point[2] == 99);
    cells_point(cells, 3 * UINT64_C(1000099) + 5, point);
    assert_true(point[0] == 3 && point[1] == 5 && isnan(point[2]));
    cells_free(cells);
    space_free(space);
}

/* 40 switches, and a parameter that needs them all: 2^40 combinations, counted without going
 * through them. */
static void many_switches_are_counted_at_once(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 40; i++)
        strbuf_printf(&text,
                      "%s\"s%d\": {\"type\": \"categorical\", \"values\": [false, true]}",
                      i == 0 ? "{" : ", ", i);
    strbuf_append(&text,
                  ", \"x\": {\"type\": \"integer\", \"low\": 1, \"high\": 9, \"when\": ");
    for (int i = 0; i < 40; i++)
        strbuf_printf(&text, "%s\"s%d\": true", i == 0 ? "{" : ", ", i);
    strbuf_append(&text, "}}}");
    struct space *space = fixture_space(strbuf_text(&text));
    assert_near(space_size(space), 0x1p40 + 8, 0);
    struct cells *cells = make(space, CELLS_ALL);
    double point[41];
    cells_point(cells, (UINT64_C(1) << 40) + 7, point);
    assert_near(point[40], 9, 0);
    cells_point(cells, (UINT64_C(1) << 40) - 2, point);
    assert_true(point[39] == 0 && point[38] == 1 && isnan(point[40]));
    cells_free(cells);
    space_free(space);
    strbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_distinct_point_has_one_index),
        cmocka_unit_test(every_grid_cell_has_one_index),
        cmocka_unit_test(grid_levels_go_from_low_to_high),
        cmocka_unit_test(levels_that_round_to_one_value_are_one),
        cmocka_unit_test(a_real_parameter_needs_levels),
        cmocka_unit_test(giant_products_are_only_decoded),
        cmocka_unit_test(many_switches_are_counted_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
