#include "tests/bench/search/options.h"

#include "tests/check.h"

#include <string.h>

enum { ARGUMENTS_MAX = 16 };

/* Read a command line of words between blanks. */
static enum status read_line(struct options *options, char *line, struct error *err)
{
    char *argv[ARGUMENTS_MAX] = {line};
    int argc = 0;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    return options_read(options, argc, argv, err);
}

static void without_options_all_is_done(void **state)
{
    (void)state;
    struct options options;
    struct error err;
    char line[] = "search_bench";
    assert_ok(read_line(&options, line, &err), err);
    assert_true(options.race && options.times && options.joules && options.pending &&
                options.goals);
    assert_true(options.problem_wanted[0] && options.problem_wanted[bench_n_problems - 1]);
    assert_string_equal(options.samplers[0].label, "random");
    assert_string_equal(options.samplers[0].entry, "\"random\"");
    size_t n_types = 0;
    while (strategy_types[n_types])
        n_types++;
    assert_int_equal(options.n_samplers, n_types);
    options_free(&options);
}

static void problems_are_chosen_by_name_and_by_kind(void **state)
{
    (void)state;
    struct options options;
    struct error err;
    char line[] = "search_bench --problems branin,front";
    assert_ok(read_line(&options, line, &err), err);
    for (size_t i = 0; i < bench_n_problems; i++)
        assert_true(options.problem_wanted[i] ==
                    (strcmp(bench_problems[i].name, "branin") == 0 ||
                     bench_problems[i].kind == KIND_FRONT));
    options_free(&options);
}

static void samplers_of_every_kind(void **state)
{
    (void)state;
    struct options options;
    struct error err;
    char line[] =
        "search_bench --strategies random --strategy a={} --external b=run --optuna py";
    assert_ok(read_line(&options, line, &err), err);
    assert_int_equal(options.n_samplers, 6);
    assert_string_equal(options.samplers[1].entry, "{}");
    assert_string_equal(options.samplers[2].command, "run");
    assert_null(options.samplers[2].entry);
    assert_string_equal(options.samplers[3].label, "optuna-gp");
    assert_non_null(strstr(options.samplers[3].command, "'py' '"));
    options_free(&options);
}

static void the_quick_form_keeps_the_strategies(void **state)
{
    (void)state;
    struct options options;
    struct error err;
    char line[] = "search_bench --strategies tpe --quick --seeds 2";
    assert_ok(read_line(&options, line, &err), err);
    assert_int_equal(options.n_samplers, 1);
    assert_int_equal(options.seeds, 2);
    assert_true(options.trials < 60 && options.up_to < 10000);
    options_free(&options);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *line, *what;
    } wrong[] = {
        {"--seeds 0", "--seeds"},
        {"--trials 1e3", "'1e3'"},
        {"--workers -1", "--workers"},
        {"--trials 9999999", "--trials"},
        {"--trials", "--trials"},
        {"--turtles 3", "--turtles"},
        {"--parts race,tiems", "'tiems'"},
        {"--problems brainin", "'brainin'"},
        {"--problems branin,", "list"},
        {"--strategies bays", "'bays'"},
        {"--strategies tpe,tpe", "two samplers 'tpe'"},
        {"--strategy {}", "LABEL=JSON"},
        {"--strategy ={}", "label"},
        {"--external run", "LABEL=COMMAND"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct options options;
        struct error err = {0};
        char line[64] = "search_bench ";
        strcat(line, wrong[i].line);
        assert_int_equal(read_line(&options, line, &err), ST_INVALID);
        if (!strstr(err.what, wrong[i].what))
            fail_msg("%s: %s", wrong[i].line, err.what);
        options_free(&options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_all_is_done),
        cmocka_unit_test(problems_are_chosen_by_name_and_by_kind),
        cmocka_unit_test(samplers_of_every_kind),
        cmocka_unit_test(the_quick_form_keeps_the_strategies),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
