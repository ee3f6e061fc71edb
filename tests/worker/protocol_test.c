#include "tests/check.h"
#include "worker/protocol.h"

#include <stdio.h>
#include <string.h>

static const char *const no_objectives[] = {NULL};

static void every_prefix_of_an_event_is_refused(void **state)
{
    (void)state;
    const char *line = "{\"event\": \"report\", \"epoch\": 3, \"note\": \"a \\\"NaN\\\" {\"}";
    size_t length = strlen(line);
    for (size_t n = 0; n <= length; n++) {
        enum protocol_event event;
        struct json *object;
        struct error err;
        enum status status = protocol_read(&event, &object, line, n, &err);
        assert_int_equal(status, n == length ? ST_OK : ST_FORMAT);
        assert_true((object != NULL) == (status == ST_OK));
        json_free(object);
    }
}

static void numbers_that_json_does_not_have_are_named(void **state)
{
    (void)state;
    static const char *const tokens[] = {"NaN", "nan",  "-nan", "Infinity", "-Infinity",
                                         "inf", "-inf", "null", "1e999",    "-1e999"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "{\"event\":\"report\",\"text\":\"x\\\\\\\" NaN, \",\"loss\":%s}", tokens[i]);
        enum protocol_event event;
        struct json *object;
        struct error err;
        assert_int_equal(protocol_read(&event, &object, line, strlen(line), &err), ST_FORMAT);
        assert_string_equal(err.what, "report: 'loss' is not a finite number");
        assert_null(object);
    }
}

static void foreign_bytes_are_shown_harmlessly(void **state)
{
    (void)state;
    static const char line[] = "{\"event\": \"phase\", \"name\": \"a\"}\0\x1b[2J";
    enum protocol_event event;
    struct json *object;
    struct error err;
    assert_int_equal(protocol_read(&event, &object, line, sizeof line - 1, &err), ST_FORMAT);
    assert_string_equal(err.what, "a line on WATTUNE_FD is not JSON: "
                                  "'{\"event\": \"phase\", \"name\": \"a\"}??[2J'");
    static const char latin[] = "{\"event\": \"result\", \"pr\xe9"
                                "cision\": 1}";
    assert_int_equal(protocol_read(&event, &object, latin, sizeof latin - 1, &err), ST_FORMAT);
    assert_string_equal(err.what, "a line on WATTUNE_FD is not JSON: "
                                  "'{\"event\": \"result\", \"pr?cision\": 1}'");
}

static void metrics_are_checked_one_by_one(void **state)
{
    (void)state;
    static const struct {
        const char *result, *reason;
    } cases[] = {
        {"{\"a\": 1, \"b\": -2.5}", NULL},
        {"{\"event\": \"result\"}", NULL},
        {"{\"a\": \"1\"}", "result: 'a' must be a number, got a string"},
        {"{\"a\": true}", "result: 'a' must be a number, got a boolean"},
        {"{\"a\": [1]}", "result: 'a' must be a number, got a list"},
        {"{\"a\": 1, \"a\": 2}", "result: 'a' is given twice"},
        {"{\"\": 1}", "result: the name '' is reserved for what Wattune measures"},
        {"{\"energy_j\": 1}",
         "result: the name 'energy_j' is reserved for what Wattune measures"},
        {"{\"rate\": 1}", "result: 'rate' is the name of a parameter"},
    };
    struct json *params = json_object_create();
    json_put_number(params, "rate", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json *object;
        struct error err;
        const char *text = cases[i].result;
        assert_ok(protocol_read_output(&object, text, strlen(text), &err), err);
        struct outcome outcome = {0};
        struct protocol_terms terms = {.objectives = no_objectives, .params = params};
        double energy_j;
        enum status status = protocol_take_result(&outcome, &energy_j, object, &terms, &err);
        assert_int_equal(status, cases[i].reason ? ST_FORMAT : ST_OK);
        if (cases[i].reason)
            assert_string_equal(err.what, cases[i].reason);
        outcome_clear(&outcome);
        json_free(object);
    }
    json_free(params);
}

/* What taking a result answers; the reason, if any, is in err. */
static enum status take(const char *text, bool needs_energy, double *energy_j,
                        struct outcome *outcome, struct error *err)
{
    struct protocol_terms terms = {
        .objectives = no_objectives, .takes_energy = true, .needs_energy = needs_energy};
    struct json *object;
    assert_ok(protocol_read_output(&object, text, strlen(text), err), *err);
    enum status status = protocol_take_result(outcome, energy_j, object, &terms, err);
    json_free(object);
    return status;
}

/* Where the study's meter is the trial's own figure, it is no metric but energy. */
static void the_trials_own_joules_are_taken_where_asked(void **state)
{
    (void)state;
    static const char *const wrong[] = {"{\"energy_j\": -1}", "{\"energy_j\": 1e10}",
                                        "{\"energy_j\": \"5\"}", "{\"energy_low_j\": 1}",
                                        "{\"energy_j\": 1, \"energy_j\": 1}"};
    struct outcome outcome = {0};
    struct error err;
    double energy_j = 7;
    assert_ok(take("{\"a\": 1, \"energy_j\": 12.5}", true, &energy_j, &outcome, &err), err);
    assert_near(energy_j, 12.5, 0);
    assert_int_equal(outcome.n_metrics, 1);
    outcome_clear(&outcome);
    assert_ok(take("{\"a\": 1}", false, &energy_j, &outcome, &err), err);
    assert_true(isnan(energy_j));
    outcome_clear(&outcome);
    assert_int_equal(take("{\"a\": 1}", true, &energy_j, &outcome, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "result: 'energy_j' is missing"));
    outcome_clear(&outcome);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(take(wrong[i], false, &energy_j, &outcome, &err), ST_FORMAT);
        outcome_clear(&outcome);
    }
}

static void other_events_are_no_printed_result(void **state)
{
    (void)state;
    const char *text = "{\"event\": \"report\", \"a\": 1}";
    struct json *object;
    struct error err;
    assert_int_equal(protocol_read_output(&object, text, strlen(text), &err), ST_FORMAT);
    assert_null(object);
    text = "{\"event\": \"phase\"}";
    assert_int_equal(protocol_read_output(&object, text, strlen(text), &err), ST_FORMAT);
    assert_string_equal(err.what, "phase: 'name' must be a text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prefix_of_an_event_is_refused),
        cmocka_unit_test(numbers_that_json_does_not_have_are_named),
        cmocka_unit_test(foreign_bytes_are_shown_harmlessly),
        cmocka_unit_test(metrics_are_checked_one_by_one),
        cmocka_unit_test(the_trials_own_joules_are_taken_where_asked),
        cmocka_unit_test(other_events_are_no_printed_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
