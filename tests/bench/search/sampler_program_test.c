/* Programs as samplers: drivers of a few lines of sh, good and bad. */
#include "tests/bench/program.h"
#include "tests/bench/search/run.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define READY "echo '{\"ready\": \"a driver of sh\"}';"
#define ON_ASK(answer)                                                                         \
    READY "while read -r line; do case $line in *ask*) echo '" answer "';; esac; done"
#define POINT "{\"point\": {\"x1\": 4, \"x2\": 0.5}, \"cpu_s\": 0.25}"

static enum status open_program(struct sampler *sampler, struct sampler_choice *choice,
                                const char *command, struct error *err)
{
    *choice = (struct sampler_choice){.label = "driver", .command = strdup(command)};
    assert_non_null(choice->command);
    enum status status = sampler_open(sampler, choice, err);
    if (status)
        free(choice->command);
    return status;
}

/* Run the command on branin. */
static enum status race_program(struct trace *trace, const char *command, struct error *err)
{
    struct sampler sampler;
    struct sampler_choice choice;
    struct target target;
    const struct run_plan plan = {1, 3, 2, false};
    *trace = (struct trace){0};
    assert_ok(open_program(&sampler, &choice, command, err), *err);
    assert_ok(target_open(&target, bench_problem_find("branin"), err), *err);
    enum status status = run(trace, &sampler, &target, &plan, err);
    target_close(&target);
    sampler_close(&sampler);
    free(choice.command);
    return status;
}

static void a_driver_is_asked_and_told(void **state)
{
    (void)state;
    struct trace trace;
    struct error err;
    assert_ok(race_program(&trace, ON_ASK(POINT), &err), err);
    assert_int_equal(trace.n, 3);
    assert_near(trace_time_s(&trace), 0.75, 1e-12);
    assert_near(trace.steps[2].measured.values[0], trace.steps[0].measured.values[0], 0);
    assert_true(isfinite(trace.steps[0].regret));
    trace_free(&trace);
}

/* What the driver reads, line by line, is what README.md says. */
static void a_driver_hears_of_the_run_and_of_each_trial(void **state)
{
    (void)state;
    struct trace trace;
    struct error err;
    static const char command[] = READY
        "read -r line; case $line in '{\"begin\":{\"problem\":\"branin\",\"space\":{\"x1\":"
        "{\"type\":\"real\",\"low\":-5,\"high\":10},\"x2\":{\"type\":\"real\",\"low\":0,"
        "\"high\":15}},\"objectives\":1,\"noisy\":false,\"seed\":1,\"trials\":3}}') ;; *)"
        " echo '{\"error\": \"begin\"}';; esac;"
        "read -r line; [ \"$line\" = '{\"ask\":0}' ] && echo '" POINT "';"
        "read -r line; [ \"$line\" = '{\"ask\":1}' ] && echo '" POINT "';"
        "read -r line; case $line in"
        " '{\"tell\":0,\"values\":['*'],\"energy_j\":'*'}') ;; *)"
        " echo '{\"error\": \"tell\"}';; esac;"
        "read -r line; [ \"$line\" = '{\"ask\":2}' ] && echo '{\"done\": true}';"
        "read -r line";
    assert_ok(race_program(&trace, command, &err), err);
    assert_int_equal(trace.n, 2);
    trace_free(&trace);
}

/* What is wrong is said with the driver's label. */
static void wrong_answers_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *command, *what;
    } wrong[] = {
        {ON_ASK("{\"point\": {\"x1\": 4}}"), "x2"},
        {ON_ASK("{\"point\": {\"x1\": 4, \"x2\": 99}}"), "x2"},
        {ON_ASK("{\"cpu_s\": 3}"), "point"},
        {ON_ASK("nonsense"), "its answer"},
        {ON_ASK("{\"error\": \"out of ideas\"}"), "out of ideas"},
        {READY "read -r line; exit 0", "ended"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct trace trace;
        struct error err = {0};
        assert_int_not_equal(race_program(&trace, wrong[i].command, &err), ST_OK);
        assert_int_equal(trace.n, 0);
        if (!strstr(err.what, wrong[i].what) || !strstr(err.what, "driver"))
            fail_msg("%s: %s", wrong[i].command, err.what);
    }
}

static void drivers_that_cannot_work_are_not_opened(void **state)
{
    (void)state;
    static const struct {
        const char *command, *what;
        enum status status;
    } refused[] = {
        {"echo '{\"error\": \"torch is not installed\"}'", "torch", ST_UNAVAILABLE},
        {"echo '{\"hello\": 1}'", "ready", ST_FORMAT},
        {"true", "ended", ST_IO},
        {"exec /nowhere/driver 2>/dev/null", "ended", ST_IO},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct sampler sampler;
        struct sampler_choice choice;
        struct error err = {0};
        assert_int_equal(open_program(&sampler, &choice, refused[i].command, &err),
                         refused[i].status);
        if (!strstr(err.what, refused[i].what))
            fail_msg("%s: %s", refused[i].command, err.what);
        sampler_close(&sampler);
    }
}

static void lines_come_one_by_one_however_they_are_written(void **state)
{
    (void)state;
    struct program program;
    struct strbuf line = STRBUF_INIT;
    struct error err;
    assert_ok(program_start(&program, "printf 'a\\nb\\n\\nc'; echo d; cat", &err), err);
    const char *expected[] = {"a", "b", "", "cd", "e"};
    assert_ok(program_send(&program, "e", &err), err);
    for (int i = 0; i < 5; i++) {
        assert_ok(program_receive(&program, &line, 60, &err), err);
        assert_string_equal(strbuf_text(&line), expected[i]);
    }
    assert_int_equal(program_receive(&program, &line, 0.001, &err), ST_TIMEOUT);
    program_end(&program);
    program_end(&program);
    strbuf_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driver_is_asked_and_told),
        cmocka_unit_test(a_driver_hears_of_the_run_and_of_each_trial),
        cmocka_unit_test(wrong_answers_are_named),
        cmocka_unit_test(drivers_that_cannot_work_are_not_opened),
        cmocka_unit_test(lines_come_one_by_one_however_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
