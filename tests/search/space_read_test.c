/* What space_read() says about every mistake, and what it makes of a good space. */
#include "tests/search/fixture.h"

#include <string.h>

static const struct {
    const char *text, *problems;
} mistakes[] = {
    {"[1]", "t.json:1: space: expected an object of parameters, got a list\n"},
    {"{}", "t.json:1: space: no parameter varies: give at least one of them several values\n"},
    {"{\"width\": 16}",
     "t.json:1: space: no parameter varies: give at least one of them several values\n"},
    {"{\"x\": [1, 2]}",
     "t.json:1: space.x: expected an object with a \"type\", or a plain value "
     "for a constant, got a list\n"},
    {"{\"x\": {\"low\": 1}}",
     "t.json:1: space.x: 'type' is missing: it needs 'real', 'integer', 'ordinal', "
     "'categorical' or 'constant'\n"},
    {"{\"x\": {\"type\": \"float\"}}",
     "t.json:1: space.x.type: unknown type 'float', did you mean 'real'? The types are 'real', "
     "'integer', 'ordinal', 'categorical' or 'constant'\n"},
    {"{\"x\": {\"type\": \"catgorical\"}}",
     "t.json:1: space.x.type: unknown type 'catgorical', did you mean 'categorical'? The types "
     "are 'real', 'integer', 'ordinal', 'categorical' or 'constant'\n"},
    {"{\"x\": {\"type\": \"banana\"}}",
     "t.json:1: space.x.type: unknown type 'banana'. The types are 'real', 'integer', "
     "'ordinal', 'categorical' or 'constant'\n"},
    {"{\"x\": {\"type\": 3}}", "t.json:1: space.x.type: expected a text, got a number\n"},
    /* real */
    {"{\"x\": {\"type\": \"real\", \"low\": \"a\"}}",
     "t.json:1: space.x.low: expected a number from -1e100 to 1e100, got a string\n"
     "t.json:1: space.x: 'high' is missing: it needs a number\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": -1e200, \"high\": 1}}",
     "t.json:1: space.x.low: expected a number from -1e100 to 1e100, got a larger one\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": 2, \"high\": 1}}",
     "t.json:1: space.x.high: must be above low, which is 2\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": 0.1, \"high\": 0.1}}",
     "t.json:1: space.x.high: is the same as low: a parameter that does not vary is written as "
     "its plain value, 0.1\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"scale\": \"log\"}}",
     "t.json:1: space.x.low: a log scale needs low above 0, got 0\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": 1e-200, \"high\": 1, \"scale\": \"log\"}}",
     "t.json:1: space.x.low: a log scale starts at 1e-100 or above\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": 1, \"high\": 1.00000000001}}",
     "t.json:1: space.x.high: is too close to low to vary in between\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"scale\": \"ln\", \"grid\": 0}}",
     "t.json:1: space.x.scale: expected 'linear' or 'log', got 'ln'\n"
     "t.json:1: space.x.grid: expected a whole number from 1 to 1000000, got 0\n"},
    {"{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"step\": 0.1}}",
     "t.json:1: space.x: unknown key 'step'\n"},
    /* integer */
    {"{\"x\": {\"type\": \"integer\", \"low\": 1.5, \"high\": 4}}",
     "t.json:1: space.x.low: expected a whole number from -9007199254740992 to "
     "9007199254740992, got 1.5\n"},
    {"{\"x\": {\"type\": \"integer\", \"high\": 4}}",
     "t.json:1: space.x: 'low' is missing: it needs a whole number\n"},
    {"{\"x\": {\"type\": \"integer\", \"low\": 1, \"high\": 4, \"step\": 5}}",
     "t.json:1: space.x.step: is wider than the range of 3: only low is left\n"},
    {"{\"x\": {\"type\": \"integer\", \"low\": 1, \"high\": 4, \"grid\": 9}}",
     "t.json:1: space.x.grid: asks for 9 levels of a parameter that has 4 values\n"},
    {"{\"x\": {\"type\": \"integer\", \"low\": 0, \"high\": 4000000000000}}",
     "t.json:1: space.x.high: 4000000000001 values are too many for a whole number: use type "
     "'real'\n"},
    /* lists */
    {"{\"x\": {\"type\": \"ordinal\"}}",
     "t.json:1: space.x: 'values' is missing: it needs a list such as [32, 64, 128]\n"},
    {"{\"x\": {\"type\": \"ordinal\", \"values\": 3}}",
     "t.json:1: space.x.values: expected a list, got a number\n"},
    {"{\"x\": {\"type\": \"categorical\", \"values\": []}}",
     "t.json:1: space.x.values: the list is empty\n"},
    {"{\"x\": {\"type\": \"categorical\", \"values\": [\"a\", null, [1], \"a\", true, true]}}",
     "t.json:1: space.x.values: expected numbers, strings or booleans, got null\n"
     "t.json:1: space.x.values: expected numbers, strings or booleans, got a list\n"
     "t.json:1: space.x.values: \"a\" is listed twice\n"
     "t.json:1: space.x.values: true is listed twice\n"},
    {"{\"x\": {\"type\": \"ordinal\", \"values\": [1, \"b\"]}}",
     "t.json:1: space.x.values: an ordinal has either numbers or strings; for values without "
     "an "
     "order use type 'categorical'\n"},
    {"{\"x\": {\"type\": \"ordinal\", \"values\": [1, 3, 2]}}",
     "t.json:1: space.x.values: the numbers of an ordinal must rise or fall; for values "
     "without "
     "an order use type 'categorical'\n"},
    {"{\"x\": {\"type\": \"constant\", \"value\": [1]}}",
     "t.json:1: space.x.value: expected a number, a string or a boolean, got a list\n"},
    {"{\"x\": {\"type\": \"constant\"}}",
     "t.json:1: space.x: 'value' is missing: it needs a number, a string or a boolean\n"},
    /* names */
    {"{\"energy_j\": 1}", "t.json:1: space.energy_j: 'energy_j' is a column of every trial's "
                          "results: choose another name\n"},
    {"{\"a b\": 1}", "t.json:1: space.a b: a parameter's name has 1 to 63 letters, digits and "
                     "_ - . /\n"},
    {"{\"\": 1}",
     "t.json:1: space.: a parameter's name has 1 to 63 letters, digits and _ - . /\n"},
    {"{\"x\": 1, \"x\": 2}", "t.json:1: space.x: the parameter is given twice\n"},
    /* conditions */
    {"{\"m\": {\"type\": \"ordinal\", \"values\": [1, 2]},\n"
     "\"x\": {\"type\": \"constant\", \"value\": 1, \"when\": 3}}",
     "t.json:2: space.x.when: expected an object such as {\"optimizer\": \"sgd\"}, got a "
     "number\n"},
    {"{\"m\": {\"type\": \"ordinal\", \"values\": [1, 2]},\n"
     "\"x\": {\"type\": \"constant\", \"value\": 1, \"when\": {}}}",
     "t.json:2: space.x.when: expected an object such as {\"optimizer\": \"sgd\"}, got an "
     "empty "
     "one\n"},
    {"{\"mode\": {\"type\": \"ordinal\", \"values\": [1, 2]},\n"
     "\"x\": {\"type\": \"constant\", \"value\": 1,\n\"when\": {\"mod\": 1, \"qqq\": 2, "
     "\"mode\": []}}}",
     "t.json:3: space.x.when: the space has no parameter 'mod', did you mean 'mode'?\n"
     "t.json:3: space.x.when: the space has no parameter 'qqq'\n"
     "t.json:3: space.x.when: the list of values of 'mode' is empty\n"},
    {"{\"m\": {\"type\": \"ordinal\", \"values\": [\"a\", \"b\"]},\n"
     "\"n\": {\"type\": \"integer\", \"low\": 2, \"high\": 8, \"step\": 2},\n"
     "\"x\": {\"type\": \"constant\", \"value\": 1,\n"
     "\"when\": {\"m\": [\"a\",\n\"c\"], \"n\": 5}}}",
     "t.json:5: space.x.when: 'm' is one of 'a', 'b', never \"c\"\n"
     "t.json:5: space.x.when: 'n' is a whole number from 2 to 8 in steps of 2, never 5\n"},
    {"{\"r\": {\"type\": \"real\", \"low\": 0, \"high\": 1},\n"
     "\"x\": {\"type\": \"constant\", \"value\": 1, \"when\": {\"r\": 0.5, \"x\": 1}}}",
     "t.json:2: space.x.when: 'r' is real, and a condition needs a parameter of distinct "
     "values\n"
     "t.json:2: space.x.when: 'x' cannot depend on itself\n"},
    {"{\"x\": {\"type\": \"constant\", \"value\": 1, \"when\": {\"m\": 1}},\n"
     "\"m\": {\"type\": \"ordinal\", \"values\": [1, 2]}}",
     "t.json:1: space.x.when: 'm' comes later in the space: put it before 'x'\n"},
    {"{\"a\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"c\": 1}},\n"
     "\"b\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"a\": 1}},\n"
     "\"c\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"b\": 1}}}",
     "t.json:1: space.a.when: 'a' and 'c' depend on each other\n"},
    {"{\"q\": {\"type\": \"ordinal\", \"values\": [1, 2]},\n"
     "\"a\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"q\": 1}},\n"
     "\"b\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"q\": 2}},\n"
     "\"c\": {\"type\": \"ordinal\", \"values\": [1, 2], \"when\": {\"a\": 1, \"b\": 1}}}",
     "t.json:4: space.c.when: can never hold: it needs different values of 'q' at once\n"},
    /* A condition on a parameter that is wrong itself is not held against it; and all at once.
     */
    {"{\"m\": {\"type\": \"ordinal\", \"values\": []},\n"
     "\"x\": {\"type\": \"integer\", \"low\": 3, \"high\": 1, \"when\": {\"m\": 1}},\n"
     "\"y\": {\"type\": \"real\", \"low\": 3, \"hihg\": 1}}",
     "t.json:1: space.m.values: the list is empty\n"
     "t.json:2: space.x.high: must be above low, which is 3\n"
     "t.json:3: space.y: 'high' is missing: it needs a number\n"
     "t.json:3: space.y: unknown key 'hihg', did you mean 'high'?\n"},
};

static void every_mistake_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct json *json = fixture_json(mistakes[i].text);
        struct json_problems problems = {.source = "t.json"};
        struct space *space;
        assert_int_equal(space_read(&space, json, &problems), ST_INVALID);
        assert_null(space);
        assert_string_equal(strbuf_text(&problems.text), mistakes[i].problems);
        json_problems_free(&problems);
        json_free(json);
    }
}

static void endless_lists_are_refused_at_once(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "{\"x\": {\"type\": \"ordinal\", \"values\": [0");
    for (int i = 1; i < 100000; i++)
        strbuf_printf(&text, ",%d", i);
    strbuf_append(&text, "]}}");
    struct json *object;
    struct error err;
    assert_ok(json_parse(&object, strbuf_text(&text), text.length, "t.json", &err), err);
    struct json_problems problems = {.source = "t.json"};
    struct space *space;
    assert_int_equal(space_read(&space, object, &problems), ST_INVALID);
    assert_non_null(strstr(strbuf_text(&problems.text), "at most 10000 values are possible"));
    json_problems_free(&problems);
    json_free(object);
    strbuf_free(&text);
}

static void parameters_are_read_in_their_order(void **state)
{
    (void)state;
    struct space *space = fixture_space(
        "{\"lr\": {\"type\": \"real\", \"low\": 1e-3, \"high\": 1, \"scale\": \"log\", "
        "\"grid\": 4}, \"layers\": {\"type\": \"integer\", \"low\": 1, \"high\": 10, "
        "\"step\": 4}, \"width\": 16, \"bias\": {\"type\": \"constant\", \"value\": false}, "
        "\"act\": {\"type\": \"categorical\", \"values\": [\"relu\", 2, true], "
        "\"when\": {\"layers\": [5, 9]}}, \"only\": {\"type\": \"ordinal\", \"values\": [7]}}");
    assert_int_equal(space_count(space), 6);
    const struct param *lr = space_param(space, 0), *layers = space_param(space, 1);
    assert_true(lr->kind == PARAM_REAL && lr->log && lr->low == 1e-3 && lr->high == 1);
    assert_int_equal(lr->grid, 4);
    assert_true(layers->kind == PARAM_INTEGER && !layers->log && layers->step == 4);
    assert_near(layers->high, 9, 0); /* 13 would be the next */
    assert_true(isinf(param_count(lr)));
    assert_near(param_count(layers), 3, 0);
    assert_near(param_value(layers, 2), 9, 0);
    assert_int_equal(space_param(space, 2)->kind, PARAM_CONSTANT);
    assert_int_equal(space_param(space, 3)->levels[0].kind, LEVEL_BOOL);
    const struct param *act = space_param(space, 4);
    assert_int_equal(act->n_levels, 3);
    assert_int_equal(act->n_when, 1);
    assert_int_equal(act->when[0].param, 1);
    assert_int_equal(act->when[0].n_values, 2);
    assert_int_equal(space_find(space, "act"), 4);
    assert_int_equal(space_find(space, "ACT"), 6);
    /* Constants and lists of one value have no coordinate. */
    assert_int_equal(space_dims(space), 3);
    assert_int_equal(space_dim_param(space, 2), 4);
    space_free(space);
    space_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(endless_lists_are_refused_at_once),
        cmocka_unit_test(parameters_are_read_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
