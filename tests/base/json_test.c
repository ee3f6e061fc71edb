#include "base/json.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct json *parse(const char *text)
{
    struct json *root;
    struct error err = {0};
    enum status status = json_parse(&root, text, strlen(text), "t.json", &err);
    if (status)
        fail_msg("%s", err.what);
    return root;
}

static void values_know_their_kind_and_line(void **state)
{
    (void)state;
    struct json *root = parse("{\n \"a\": 1.5,\n \"b\": [true,\n  \"x\\\"\\n{\", null],\n"
                              "\"c\": {}, \"d\":\n-2e3 }");
    assert_int_equal(json_kind(root), JSON_OBJECT);
    assert_int_equal(json_line(root), 1);
    assert_near(json_number(json_member(root, "a")), 1.5, 0);
    assert_int_equal(json_line(json_member(root, "a")), 2);
    const struct json *b = json_member(root, "b");
    assert_int_equal(json_count(b), 3);
    assert_true(json_bool(json_first(b)));
    const struct json *text = json_next(json_first(b));
    assert_string_equal(json_string(text), "x\"\n{");
    assert_int_equal(json_line(text), 4);
    assert_int_equal(json_line(json_member(root, "c")), 5);
    assert_int_equal(json_line(json_member(root, "d")), 6);
    assert_string_equal(json_key(json_member(root, "d")), "d");
    assert_null(json_member(root, "A"));
    json_free(root);
}

static void a_missing_value_is_harmless(void **state)
{
    (void)state;
    assert_int_equal(json_kind(NULL), JSON_NULL);
    assert_int_equal(json_line(NULL), 0);
    assert_true(isnan(json_number(NULL)));
    assert_null(json_string(NULL));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_null(json_key(NULL));
    assert_false(json_bool(NULL));
    json_free(NULL);
}

static void broken_text_names_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\n  \"a\": nope\n}", "t.json:2:8: not valid JSON near 'nope'"},
        {"[1, 2", "t.json:1: the text ends in the middle of a value"},
        {"", "t.json:1: the text ends in the middle of a value"},
        {"{} x", "t.json:1:4: not valid JSON near 'x'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json *root;
        struct error err;
        const char *text = cases[i].text;
        assert_int_equal(json_parse(&root, text, strlen(text), "t.json", &err), ST_FORMAT);
        assert_null(root);
        assert_string_equal(err.what, cases[i].message);
    }
}

/* Whatever cJSON skips without a word must not confuse the lines. */
static void lines_are_right_after_odd_white_space(void **state)
{
    (void)state;
    struct json *root = parse("\xEF\xBB\xBF{\n\"a\":\f[1,\v\n2],\n\"b\": \"x\"\n}");
    const struct json *a = json_member(root, "a");
    assert_int_equal(json_line(root), 1);
    assert_int_equal(json_line(a), 2);
    assert_int_equal(json_line(json_next(json_first(a))), 3);
    assert_int_equal(json_line(json_member(root, "b")), 4);
    json_free(root);
}

static void every_cut_of_a_document_is_an_error(void **state)
{
    (void)state;
    const char *text = "{\"a\": [1, \"b\\u00e9\", {\"c\": true}], \"d\": null}";
    for (size_t n = 0; n < strlen(text); n++) {
        struct json *root;
        assert_int_equal(json_parse(&root, text, n, "t", NULL), ST_FORMAT);
    }
}

static void a_nul_in_a_text_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"[1,\n\"a\\u0000b\"]", "{\n\"a\\\\\\u0000\": 1}"};
    struct json *root;
    struct error err;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(json_parse(&root, wrong[i], strlen(wrong[i]), "t", &err), ST_FORMAT);
        assert_null(root);
        assert_string_equal(err.what, "t:2: \\u0000 may not stand in a text");
    }
    const char *right = "[\"a\\\\u0000\"]"; /* a backslash, and letters */
    assert_ok(json_parse(&root, right, strlen(right), "t", &err), err);
    assert_string_equal(json_string(json_first(root)), "a\\u0000");
    json_free(root);
}

static void files_that_cannot_be_read_say_why(void **state)
{
    (void)state;
    struct json *root;
    struct error err;
    assert_int_equal(json_parse_file(&root, "/nowhere/x.json", &err), ST_NOTFOUND);
    assert_string_equal(err.what, "/nowhere/x.json: cannot open: No such file or directory");
    assert_int_equal(json_parse_file(&root, "/", &err), ST_IO);
    assert_string_equal(err.what, "/: cannot read: Is a directory");
}

static void printing_keeps_every_bit(void **state)
{
    (void)state;
    double numbers[] = {0.1, 1.0 / 3, 1e-300, 9007199254740991.0, -0.0, 1e22, 3};
    struct json *object = json_object_create();
    struct json *array = json_array_create();
    for (size_t i = 0; i < 7; i++)
        json_append_number(array, numbers[i]);
    json_put_value(object, "n", array);
    json_put_number(object, "bad", NAN);
    json_put_string(object, "s", "tab\t\"quote\"");
    json_put_bool(object, "t", true);
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(json_print(object, false, &text), ST_OK);
    struct json *again = parse(strbuf_text(&text));
    const struct json *item = json_first(json_member(again, "n"));
    for (size_t i = 0; i < 7; i++, item = json_next(item))
        assert_near(json_number(item), numbers[i], 0);
    assert_int_equal(json_kind(json_member(again, "bad")), JSON_NULL);
    assert_string_equal(json_string(json_member(again, "s")), "tab\t\"quote\"");
    json_free(again);
    json_free(object);
    strbuf_free(&text);
}

static void large_whole_numbers_have_no_exponent(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{8935494393356410, "[8935494393356410]"},
                 {-4000000000000000, "[-4000000000000000]"},
                 {9007199254740992, "[9007199254740992]"},
                 {999999999999999, "[999999999999999]"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json *array = json_array_create();
        json_append_number(array, cases[i].value);
        struct strbuf text = STRBUF_INIT;
        assert_int_equal(json_print(array, false, &text), ST_OK);
        assert_string_equal(strbuf_text(&text), cases[i].text);
        strbuf_free(&text);
        json_free(array);
    }
}

static void a_failed_build_is_not_printed(void **state)
{
    (void)state;
    struct json *object = json_object_create();
    json_put_value(object, "lost", NULL); /* what an allocation that failed hands over */
    struct json *outer = json_object_create();
    json_put_value(outer, "inner", object);
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(json_print(outer, false, &text), ST_NOMEM);
    assert_int_equal(json_print(NULL, false, &text), ST_NOMEM);
    json_free(outer);
    strbuf_free(&text);
}

static void readers_collect_all_mistakes(void **state)
{
    (void)state;
    struct json *root =
        parse("{\n\"seed\": -1,\n\"nmae\": \"x\",\n\"inner\": {\n\"rate\": \"fast\",\n"
              "\"kind\": \"cnm\",\n\"on\": 1, \"on\": true },\n\"list\": 3,\n"
              "\"whole\": 1.5, \"text\": \"\"}");
    struct json_problems problems = {.source = "t.json"};
    struct json_reader reader, inner;
    static const char *const kinds[] = {"cnn", "command"};
    json_reader_open(&reader, root, "", &problems);
    assert_int_equal(json_read_integer(&reader, "seed", 7, 0, 100), 7);
    json_require(&reader, "name", "a text");
    assert_null(json_read_array(&reader, "list"));
    assert_int_equal(json_read_integer(&reader, "whole", 2, 0, 9), 2);
    assert_string_equal(json_read_string(&reader, "text", "t"), "t");
    json_reader_enter(&inner, &reader, "inner");
    assert_near(json_read_number(&inner, "rate", 0.5, 0, 1), 0.5, 0);
    assert_int_equal(json_read_choice(&inner, "kind", 1, kinds, 2), 1);
    assert_true(json_read_bool(&inner, "on", true));
    json_reader_close(&inner);
    json_reader_close(&reader);
    assert_int_equal(problems.count, 10);
    assert_string_equal(strbuf_text(&problems.text),
                        "t.json:2: seed: expected a whole number from 0 to 100, got -1\n"
                        "t.json:1: 'name' is missing: it needs a text\n"
                        "t.json:8: list: expected a list, got a number\n"
                        "t.json:9: whole: expected a whole number from 0 to 9, got 1.5\n"
                        "t.json:9: text: expected a text, got an empty one\n"
                        "t.json:5: inner.rate: expected a number, got a string\n"
                        "t.json:6: inner.kind: expected 'cnn' or 'command', got 'cnm'\n"
                        "t.json:7: inner.on: expected true or false, got a number\n"
                        "t.json:7: inner: 'on' is given twice\n"
                        "t.json:3: unknown key 'nmae', did you mean 'name'?\n");
    json_problems_free(&problems);
    json_free(root);
}

static void problems_are_one_line_each_and_steer_no_terminal(void **state)
{
    (void)state;
    struct json *root = parse("{\"a\\u001b[31m\": 1, \"b\": \"x\\ny\\u007f\"}");
    struct json_problems problems = {.source = "t.json"};
    struct json_reader reader;
    json_reader_open(&reader, root, "", &problems);
    json_reader_problem(&reader, "b", "no '%s'", json_read_string(&reader, "b", ""));
    json_reader_close(&reader);
    assert_string_equal(strbuf_text(&problems.text),
                        "t.json:1: b: no 'x?y?'\nt.json:1: unknown key 'a?[31m'\n");
    json_problems_free(&problems);
    json_free(root);
}

static void a_reader_of_no_object_gives_fallbacks(void **state)
{
    (void)state;
    struct json *root = parse("[1]");
    struct json_problems problems = {.source = "t.json"};
    struct json_reader reader;
    json_reader_open(&reader, root, "space", &problems);
    assert_near(json_read_number(&reader, "x", 4, 0, 1), 4, 0);
    json_reader_close(&reader);
    assert_string_equal(strbuf_text(&problems.text),
                        "t.json:1: space: expected an object, got a list\n");
    json_problems_free(&problems);
    json_free(root);
}

static void a_copy_is_equal_and_independent(void **state)
{
    (void)state;
    struct json *root = parse("\n\n{\"a\": [1, 2]}");
    struct json *copy = json_copy(root);
    json_free(root);
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(json_print(copy, false, &text), ST_OK);
    assert_string_equal(strbuf_text(&text), "{\"a\":[1,2]}");
    assert_int_equal(json_line(copy), 0);
    strbuf_free(&text);
    json_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_know_their_kind_and_line),
        cmocka_unit_test(a_missing_value_is_harmless),
        cmocka_unit_test(broken_text_names_line_and_column),
        cmocka_unit_test(lines_are_right_after_odd_white_space),
        cmocka_unit_test(every_cut_of_a_document_is_an_error),
        cmocka_unit_test(a_nul_in_a_text_is_refused),
        cmocka_unit_test(files_that_cannot_be_read_say_why),
        cmocka_unit_test(printing_keeps_every_bit),
        cmocka_unit_test(large_whole_numbers_have_no_exponent),
        cmocka_unit_test(a_failed_build_is_not_printed),
        cmocka_unit_test(readers_collect_all_mistakes),
        cmocka_unit_test(problems_are_one_line_each_and_steer_no_terminal),
        cmocka_unit_test(a_reader_of_no_object_gives_fallbacks),
        cmocka_unit_test(a_copy_is_equal_and_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
