#include "tests/search/fixture.h"

#include <string.h>

enum { CELLS = 27 };

static size_t run(const char *entry, const char *enqueue, uint64_t seed,
                  double points[CELLS + 2][3])
{
    struct space *space = fixture_space(fixture_spaces[1].text);
    struct problem problem = fixture_problem(space, seed);
    struct strategy *strategy = fixture_strategy(&problem, entry, enqueue);
    const struct trial *trial;
    size_t n = 0;
    for (; strategy_ask(strategy, &trial) == ASK_PROPOSED; n++) {
        assert_true(n < CELLS + 2);
        memcpy(points[n], trial->point, sizeof points[n]);
    }
    assert_true((double)n <= strategy_count(strategy));
    strategy_free(strategy);
    space_free(space);
    return n;
}

static bool same(const double *a, const double *b)
{
    return memcmp(a, b, 3 * sizeof *a) == 0;
}

static void the_plain_order_counts_up(void **state)
{
    (void)state;
    double points[CELLS + 2][3];
    static const double rates[] = {0.001, 0.01, 0.1};
    assert_int_equal(run("\"grid\"", NULL, 1, points), CELLS);
    for (size_t k = 0; k < CELLS; k++) {
        assert_near(points[k][0], (double)(k / 9), 0);
        assert_near(points[k][1], rates[k / 3 % 3], 0);
        assert_near(points[k][2], 10 + 10 * (double)(k % 3), 0);
    }
}

static void the_shuffled_order_has_the_same_cells(void **state)
{
    (void)state;
    double plain[CELLS + 2][3], first[CELLS + 2][3], second[CELLS + 2][3];
    const char *entry = "{\"name\": \"grid\", \"order\": \"shuffled\"}";
    size_t moved = 0, differ = 0;
    run("\"grid\"", NULL, 1, plain);
    assert_int_equal(run(entry, NULL, 1, first), CELLS);
    assert_int_equal(run(entry, NULL, 2, second), CELLS);
    for (size_t k = 0; k < CELLS; k++) {
        size_t found = 0;
        for (size_t j = 0; j < CELLS; j++)
            found += same(plain[k], first[j]);
        assert_int_equal(found, 1);
        moved += !same(plain[k], first[k]);
        differ += !same(second[k], first[k]);
    }
    assert_true(moved > CELLS / 2 && differ > CELLS / 2);
}

static void an_enqueued_cell_is_not_repeated(void **state)
{
    (void)state;
    double points[CELLS + 2][3];
    const char *enqueue = "[{\"batch_size\": 32, \"learning_rate\": 0.01, \"epochs\": 20}, "
                          "{\"batch_size\": 32, \"learning_rate\": 0.02, \"epochs\": 20}]";
    assert_int_equal(run("\"grid\"", enqueue, 1, points), CELLS + 1);
    assert_near(points[1][1], 0.02, 0); /* no cell, so it comes on top */
    for (size_t k = 1; k < CELLS + 1; k++)
        assert_false(same(points[0], points[k]));
}

static void the_cells_are_counted(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[1].text);
    struct problem problem = fixture_problem(space, 1);
    struct strategy *grid = fixture_strategy(&problem, "\"grid\"", NULL);
    struct strategy *random = fixture_strategy(&problem, "\"random\"", NULL);
    assert_near(strategy_count(grid), CELLS, 0);
    assert_true(isinf(strategy_count(random)));
    strategy_free(grid);
    problem.allow_duplicates = true;
    grid = fixture_strategy(&problem, "\"grid\"", NULL);
    assert_true(isinf(strategy_count(grid)));
    strategy_free(grid);
    strategy_free(random);
    space_free(space);
}

static void too_many_cells_are_refused(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"a\": {\"type\": \"integer\", \"low\": 0, \"high\": 999999999}, "
                      "\"b\": {\"type\": \"integer\", \"low\": 0, \"high\": 999999999}}");
    struct problem problem = fixture_problem(space, 1);
    struct json_problems problems = fixture_refused(&problem, "\"grid\"", NULL);
    assert_string_equal(
        strbuf_text(&problems.text),
        "t.json:1: strategies[0]: the grid has 1e+18 cells, more than can be counted: give "
        "integer parameters a \"grid\" number of levels, or search at random\n");
    json_problems_free(&problems);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_order_counts_up),
        cmocka_unit_test(the_shuffled_order_has_the_same_cells),
        cmocka_unit_test(an_enqueued_cell_is_not_repeated),
        cmocka_unit_test(the_cells_are_counted),
        cmocka_unit_test(too_many_cells_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
