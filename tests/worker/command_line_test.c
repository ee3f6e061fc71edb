#include "tests/check.h"
#include "worker/command_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void braces_become_values(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *argument;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"--lr={lr}", "--lr=0.01"},
        {"{n}{n}-{name}", "3232-sgd"},
        {"{flag}", "true"},
        {"{absent}x", "x"},
        {"{{lr}}", "{lr}"},
        {"{{{lr}}}", "{0.01}"},
        {"a}b", "a}b"},
        {"{{\"lr\": {lr}}}", "{\"lr\": 0.01}"},
    };
    struct json *params = json_object_create();
    json_put_number(params, "lr", 0.01);
    json_put_number(params, "n", 32);
    json_put_string(params, "name", "sgd");
    json_put_bool(params, "flag", true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *pattern[] = {strdup("program"), strdup(cases[i].pattern), NULL};
        char **argv;
        assert_int_equal(command_line_create(&argv, pattern, params), ST_OK);
        assert_string_equal(argv[0], "program");
        assert_string_equal(argv[1], cases[i].argument);
        assert_null(argv[2]);
        strings_free(argv);
        free(pattern[0]);
        free(pattern[1]);
    }
    json_free(params);
}

static void numbers_keep_every_bit(void **state)
{
    (void)state;
    static const double values[] = {0.1, 1.0 / 3, 1e-300, 6.02214076e23, -0.0, 5e-324};
    char pattern_text[] = "{x}";
    char *pattern[] = {pattern_text, NULL};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct json *params = json_object_create();
        json_put_number(params, "x", values[i]);
        char **argv;
        assert_int_equal(command_line_create(&argv, pattern, params), ST_OK);
        assert_near(strtod(argv[0], NULL), values[i], 0);
        strings_free(argv);
        json_free(params);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(braces_become_values),
        cmocka_unit_test(numbers_keep_every_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
