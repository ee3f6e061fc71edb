/* Points as text: what is shown of them, and what users write. */
#include "tests/search/fixture.h"

#include <math.h>

enum { POINT_MAX = 8 };

static void check_text(const struct space *space, const double *point, size_t i,
                       const char *expected)
{
    struct strbuf text = STRBUF_INIT;
    space_format(space, point, i, &text);
    assert_string_equal(strbuf_text(&text), expected);
    strbuf_free(&text);
}

static void values_are_written_as_users_write_them(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[4].text);
    const double point[] = {0.01, 1, 1, 0};
    check_text(space, point, 0, "0.01");
    check_text(space, point, 1, "gelu");
    check_text(space, point, 2, "false");
    check_text(space, point, 3, "16");
    check_text(space, (double[]){0.1 + 0.2, 0, 0, 0}, 0, "0.30000000000000004");
    check_text(space, (double[]){NAN, 0, 0, 0}, 0, "");
    check_text(space, point, 2, "false");
    check_text(space, (double[]){0.1, 0, 0, 0}, 2, "true");
    space_free(space);
}

static void check_point_mistake(const struct space *space, const char *text,
                                const char *expected)
{
    struct json *json = fixture_json(text);
    struct json_problems problems = {.source = "t.json"};
    double point[POINT_MAX];
    assert_int_equal(space_point_from_json(space, json, "enqueue[0]", point, &problems),
                     ST_INVALID);
    assert_string_equal(strbuf_text(&problems.text), expected);
    json_problems_free(&problems);
    json_free(json);
}

static void mistakes_in_points_are_named(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[5].text);
    check_point_mistake(
        space, "3", "t.json:1: enqueue[0]: expected an object of parameters, got a number\n");
    check_point_mistake(
        space, "{\"model\": \"vg\", \"optt\": 1}",
        "t.json:1: enqueue[0]: 'model' must be one of 'lenet', 'vgg', 'none', "
        "got \"vg\"\n"
        "t.json:1: enqueue[0]: 'opt' is missing: it needs one of 'sgd', 'adam'\n"
        "t.json:1: enqueue[0]: the space has no parameter 'optt', did you mean "
        "'opt'?\n");
    check_point_mistake(
        space, "{\"model\": \"none\", \"opt\": \"sgd\",\n\"depth\": 2, \"opt\": 1}",
        "t.json:2: enqueue[0]: 'depth' is not there under these conditions: leave "
        "it out\n"
        "t.json:2: enqueue[0]: 'opt' is given twice\n");
    check_point_mistake(space, "{\"model\": \"vgg\", \"opt\": \"adam\", \"depth\": 2.5}",
                        "t.json:1: enqueue[0]: 'depth' must be a whole number from 1 to 4, got "
                        "2.5\n");
    space_free(space);
    space = fixture_space(fixture_spaces[4].text);
    check_point_mistake(space, "{\"lr\": 1, \"act\": \"elu\", \"bias\": 1, \"width\": 17}",
                        "t.json:1: enqueue[0]: 'lr' must be a number from 0.001 to 0.1, got 1\n"
                        "t.json:1: enqueue[0]: 'bias' must be one of true, false, got 1\n"
                        "t.json:1: enqueue[0]: 'width' must be 16, got 17\n");
    space_free(space);
}

static void nulls_and_constants_may_be_left_out(void **state)
{
    (void)state;
    struct json_problems problems = {.source = "t.json"};
    double point[POINT_MAX];
    struct space *space = fixture_space(fixture_spaces[5].text);
    struct json *json =
        fixture_json("{\"model\": \"none\", \"opt\": \"sgd\", \"depth\": null}");
    assert_int_equal(space_point_from_json(space, json, "p", point, &problems), ST_OK);
    assert_true(isnan(point[2]));
    json_free(json);
    space_free(space);
    space = fixture_space(fixture_spaces[4].text);
    json = fixture_json("{\"lr\": 0.012345678901234567, \"act\": \"elu\", \"bias\": true}");
    assert_int_equal(space_point_from_json(space, json, "p", point, &problems), ST_OK);
    assert_near(point[0], 0.01234567890123, 0);
    assert_near(point[3], 0, 0);
    json_free(json);
    space_free(space);
    json_problems_free(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_as_users_write_them),
        cmocka_unit_test(mistakes_in_points_are_named),
        cmocka_unit_test(nulls_and_constants_may_be_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
