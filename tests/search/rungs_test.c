/* Which parameter is the fidelity, and which of its values are rungs. */
#include "search/rungs.h"
#include "tests/search/fixture.h"

#include <string.h>

#define INTEGER(low, high)                                                                     \
    "{\"epochs\": {\"type\": \"integer\", \"low\": " #low ", \"high\": " #high "}}"
#define ORDINAL(values) "{\"epochs\": {\"type\": \"ordinal\", \"values\": " values "}}"

static enum status read_rungs(struct rungs *rungs, const struct problem *problem,
                              const char *options, struct json_problems *problems)
{
    struct json *json = fixture_json(options);
    struct json_reader reader;
    *problems = (struct json_problems){.source = "t.json"};
    json_reader_open(&reader, json, "s", problems);
    enum status status = rungs_read(rungs, problem, &reader);
    json_reader_close(&reader);
    json_free(json);
    return status;
}

static const struct {
    const char *space, *options;
    size_t budget, n;
    double amounts[8];
} cases[] = {
    {INTEGER(1, 27), "{}", 0, 4, {1, 3, 9, 27}},
    {INTEGER(1, 10), "{}", 0, 3, {1, 3, 10}},
    {INTEGER(10, 30), "{}", 0, 2, {10, 30}},
    {INTEGER(1, 2), "{}", 0, 2, {1, 2}},
    {INTEGER(1, 2), "{\"eta\": 50}", 0, 2, {1, 2}},
    {INTEGER(1, 100), "{}", 0, 5, {1, 4, 11, 33, 100}},
    {INTEGER(1, 100), "{\"eta\": 4, \"min\": 6}", 0, 3, {6, 25, 100}},
    {INTEGER(1, 100), "{\"min\": 50}", 0, 2, {50, 100}},
    {INTEGER(1, 27), "{\"eta\": 2}", 0, 6, {1, 2, 3, 7, 14, 27}},
    {ORDINAL("[1, 3, 9, 27]"), "{}", 0, 4, {1, 3, 9, 27}},
    {ORDINAL("[50, 20, 6, 5]"), "{}", 0, 3, {6, 20, 50}},
    {ORDINAL("[0.5, 1, 2]"), "{\"eta\": 2}", 0, 3, {0.5, 1, 2}},
    {ORDINAL("[10, 20, 1000]"), "{}", 0, 3, {10, 20, 1000}},
    /* a budget that would leave the top empty */
    {INTEGER(1, 27), "{}", 100, 4, {1, 3, 9, 27}},
    {INTEGER(1, 27), "{}", 60, 3, {3, 9, 27}},
    {INTEGER(1, 27), "{}", 5, 2, {9, 27}},
    {INTEGER(1, 27), "{\"min\": 1}", 5, 4, {1, 3, 9, 27}},
};

static void levels_fall_by_the_factor_from_the_largest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct space *space = fixture_space(cases[i].space);
        struct problem problem = fixture_problem(space, 1);
        problem.budget_trials = cases[i].budget;
        struct json_problems problems;
        struct rungs rungs;
        assert_int_equal(read_rungs(&rungs, &problem, cases[i].options, &problems), ST_OK);
        assert_int_equal(problems.count, 0);
        assert_int_equal(rungs.n, cases[i].n);
        for (size_t k = 0; k < rungs.n; k++) {
            double point = rungs_value(&rungs, k);
            assert_near(fidelity_amount(&rungs.fidelity, rungs.place[k]), cases[i].amounts[k],
                        0);
            assert_near(fidelity_of(&rungs.fidelity, &point), cases[i].amounts[k], 0);
            assert_int_equal(rungs_of(&rungs, &point), k);
        }
        json_problems_free(&problems);
        space_free(space);
    }
}

static void a_point_between_belongs_to_the_rung_below(void **state)
{
    (void)state;
    struct space *space = fixture_space(INTEGER(1, 27));
    struct problem problem = fixture_problem(space, 1);
    struct json_problems problems;
    struct rungs rungs;
    static const size_t rung[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1};
    assert_int_equal(read_rungs(&rungs, &problem, "{\"min\": 3}", &problems), ST_OK);
    for (size_t epochs = 1; epochs < 12; epochs++)
        assert_int_equal(rungs_of(&rungs, &(double){(double)epochs}), rung[epochs]);
    assert_int_equal(rungs_of(&rungs, &(double){26}), 1);
    assert_int_equal(rungs_of(&rungs, &(double){27}), 2);
    space_free(space);
}

static const struct {
    const char *space, *options, *problem;
} mistakes[] = {
    {"{\"lr\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}", "{}",
     "s.fidelity: the space has no 'epochs': name the integer or ordinal"},
    {"{\"lr\": {\"type\": \"real\", \"low\": 0, \"high\": 1}}", "{\"fidelity\": \"lr\"}",
     "s.fidelity: 'lr' must be an integer or an ordinal of numbers"},
    {ORDINAL("[\"few\", \"many\"]"), "{}", "s.fidelity: 'epochs' must be an integer or"},
    {"{\"epochs\": 30, \"o\": {\"type\": \"ordinal\", \"values\": [1, 2]}}", "{\"min\": 3}",
     "s.fidelity: 'epochs' must be an integer or"},
    {INTEGER(1, 1e12), "{}", "s.fidelity: 'epochs' must be an integer or"},
    {"{\"epochs\": {\"type\": \"ordinal\", \"values\": [5]}, \"o\": {\"type\": \"ordinal\", "
     "\"values\": [1, 2]}}",
     "{}", "s.fidelity: 'epochs' has one value only: give it a range"},
    {INTEGER(0, 5), "{}", "s.fidelity: the values of 'epochs' must be above 0"},
    {ORDINAL("[5, 0]"), "{}", "s.fidelity: the values of 'epochs' must be above 0"},
    {"{\"o\": {\"type\": \"ordinal\", \"values\": [1, 2]}, \"epochs\": {\"type\": \"integer\", "
     "\"low\": 1, \"high\": 9, \"when\": {\"o\": 1}}}",
     "{}", "s.fidelity: 'epochs' has a condition, but every trial needs it"},
    {"{\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 9}, \"o\": {\"type\": "
     "\"ordinal\", \"values\": [1, 2], \"when\": {\"epochs\": 9}}}",
     "{}", "s.fidelity: 'o' depends on 'epochs', but a longer trial must have the same"},
    {INTEGER(1, 9), "{\"eta\": 1}", "s.eta: expected a number from 2 to 100"},
    {INTEGER(1, 9), "{\"min\": 9}", "s.min: expected a number from 1 to 8"},
    {INTEGER(1, 9), "{\"mim\": 3}", "s: unknown key 'mim', did you mean 'min'?"},
};

static void what_cannot_be_a_fidelity_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct space *space = fixture_space(mistakes[i].space);
        struct problem problem = fixture_problem(space, 1);
        struct json_problems problems;
        struct rungs rungs;
        read_rungs(&rungs, &problem, mistakes[i].options, &problems);
        assert_int_equal(problems.count, 1);
        if (!strstr(strbuf_text(&problems.text), mistakes[i].problem))
            fail_msg("expected %s, got %s", mistakes[i].problem, strbuf_text(&problems.text));
        json_problems_free(&problems);
        space_free(space);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_fall_by_the_factor_from_the_largest),
        cmocka_unit_test(a_point_between_belongs_to_the_rung_below),
        cmocka_unit_test(what_cannot_be_a_fidelity_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
