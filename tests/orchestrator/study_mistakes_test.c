/* Every mistake of a study is named, with its place. */
#include "tests/check.h"
#include "tests/orchestrator/study_text.h"

#include "base/strbuf.h"

#include <string.h>
#include <unistd.h>

/* The good study with `from` replaced by `to` gives problems that contain `message`. */
struct mistake {
    const char *from, *to, *message;
};

static void expect_problem(const char *from, const char *to, const char *message)
{
    const char *at = strstr(study_good, from);
    if (!at)
        fail_msg("'%s' is not in the study", from);
    struct strbuf text = STRBUF_INIT;
    strbuf_append_bytes(&text, study_good, (size_t)(at - study_good));
    strbuf_append(&text, to);
    strbuf_append(&text, at + strlen(from));
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    assert_int_equal(study_read_text(&study, strbuf_text(&text), "toy.json", &problems, &err),
                     ST_INVALID);
    assert_null(study);
    if (!strstr(strbuf_text(&problems.text), message))
        fail_msg("expected '%s', got:\n%s", message, strbuf_text(&problems.text));
    strbuf_free(&text);
    json_problems_free(&problems);
}

static void expect_problems(const struct mistake *mistakes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_problem(mistakes[i].from, mistakes[i].to, mistakes[i].message);
}

static void mistakes_of_the_head_and_the_budget(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"\"toy\"", "\"t\\noy\"", "toy.json:2: name: expected a text without control"},
        {"\"seed\": 7", "\"seed\": 1.5", "toy.json:2: seed: expected a whole number"},
        {"\"seed\": 7", "\"sede\": 7", "toy.json:2: unknown key 'sede', did you mean 'seed'?"},
        {"\"repeats\": 2", "\"repeats\": 0",
         "toy.json:9: repeats: expected a whole number from 1"},
        {"\"trials\": 12", "\"trials\": 0", "budget.trials: expected a whole number from 1"},
        {"\"budget\": {\"trials\": 12, \"time_s\": 60}", "\"budget\": {}",
         "budget: it needs \"trials\", \"energy_j\" or \"time_s\""},
        {"\"budget\"", "\"bugdet\"", "unknown key 'bugdet', did you mean 'budget'?"},
    };
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void mistakes_of_objectives(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"\"metric\": \"value\"", "\"metric\": \"\\u001bvalue\"",
         "objectives[0].metric: expected a text without control"},
        {"\"minimize\"}]", "\"small\"}]",
         "toy.json:7: objectives[1].goal: expected 'minimize' or 'maximize', got 'small'"},
        {"\"energy_j\"", "\"value\"",
         "toy.json:7: objectives[1]: 'value' is an objective already"},
        {"\"value\"", "\"vlaue\"", "no 'vlaue', did you mean 'value'?"},
        {"\"value\"", "\"value2\"",
         "toy.json:6: objectives[0].metric: this kind of trial reports no"},
        {"\"energy_j\"", "\"host\"",
         "toy.json:7: objectives[1].metric: 'host' is a column of Wattune's own"},
        {"\"energy_j\"", "\"x\"",
         "toy.json:7: objectives[1].metric: 'x' is a parameter of the space"},
    };
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void mistakes_of_strategies(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"\"grid\", \"random\"", "\"gird\", \"random\"", "did you mean 'grid'?"},
        {"[\"grid\", \"random\", {\"name\": \"random\"}]", "[]",
         "strategies: the list is empty"},
        {"[\"grid\", \"random\", {\"name\": \"random\"}]", "\"grid\"",
         "strategies: expected a list, got a string"},
        {"{\"name\": \"random\"}", "{\"name\": \"random\", \"speed\": 1}",
         "unknown key 'speed'"},
        {"{\"name\": \"random\"}", "3", "toy.json:8: strategies[2]"},
    };
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void mistakes_of_the_energy_section(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"\"repeats\": 2", "\"energy\": {\"idle_policy\": \"same\"}",
         "energy.idle_policy: expected 'equal', 'separate' or 'proportional', got 'same'"},
        {"\"repeats\": 2", "\"energy\": {\"meters\": [\"rpal\"]}", "there is no 'rpal'"},
        {"\"repeats\": 2", "\"energy\": {\"meters\": \"rapl\"}", "expected \"auto\" or a list"},
        {"\"repeats\": 2", "\"energy\": {\"require\": \"exact\"}",
         "expected 'any', 'estimated'"},
        {"\"repeats\": 2", "\"energy\": {\"meters\": [\"model\", \"perf\", \"model\"]}",
         "energy.meters: 'model' is named twice"},
        {"\"repeats\": 2", "\"energy\": {\"meters\": [\"model\", \"auto\"]}",
         "energy.meters: \"auto\" can only stand first"},
        {"\"repeats\": 2", "\"energy\": {\"meters\": [\"reported\"]}",
         "energy.meters: 'reported' is for trials of the kind 'command'"},
        {"\"repeats\": 2", "\"energy\": {\"idle_window_s\": 0.2}",
         "energy.idle_window_s: expected 0 for none, or at least 1 second"},
        {"\"repeats\": 2", "\"energy\": {\"idle_window_s\": -1}", "energy.idle_window_s: "},
        {"\"repeats\": 2", "\"energy\": {\"idle_w\": 0}", "energy.idle_w: expected a number"},
        {"\"repeats\": 2", "\"energy\": {\"model\": {\"idle_w\": 0.3}}",
         "energy.model: it needs both \"idle_w\" and \"max_w\""},
        {"\"repeats\": 2", "\"energy\": {\"model\": {\"idle_w\": 2, \"max_w\": 1}}",
         "energy.model.max_w: 1 is less than \"idle_w\" (2)"},
    };
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void mistakes_of_constraints(void **state)
{
    (void)state;
#define WITH(text) "\"repeats\": 2", "\"constraints\": " text
    static const struct mistake mistakes[] = {
        {WITH("{}"), "toy.json:9: constraints: expected a list, got an object"},
        {WITH("[3]"), "toy.json:9: constraints[0]: expected an object, got a number"},
        {WITH("[3, {\"at_most\": 3}]"),
         "got a number\ntoy.json:9: constraints[1]: 'metric' is missing"},
        {WITH("[{\"metric\": \"value\"}]"),
         "toy.json:9: constraints[0]: it needs \"at_most\" or \"at_least\", a number"},
        {WITH("[{\"metric\": \"value\", \"atmost\": 1}]"), "did you mean 'at_most'?"},
        {WITH("[{\"metric\": \"value\", \"at_most\": \"1\"}]"),
         "constraints[0].at_most: expected a number, got a string"},
        {WITH("[{\"metric\": \"value\", \"at_most\": 1e999}]"),
         "constraints[0].at_most: expected a number from"},
        {WITH("[{\"metric\": \"value\", \"at_most\": 1, \"at_least\": 2}]"),
         "constraints[0]: no 'value' is at least 2 and at most 1"},
        {WITH("[{\"metric\": \"value\", \"at_least\": 1},"
              " {\"metric\": \"value\", \"at_most\": 0}]"),
         "constraints[1]: no 'value' is at least 1 and at most 0"},
        {WITH("[{\"metric\": \"value\", \"at_most\": 1},"
              " {\"metric\": \"value\", \"at_most\": 2}]"),
         "constraints[1].at_most: 'value' has such a bound already"},
        {WITH("[{\"metric\": \"vlaue\", \"at_most\": 1}]"),
         "toy.json:9: constraints[0].metric: this kind of trial reports no 'vlaue', did you "
         "mean 'value'?"},
        {WITH("[{\"metric\": \"host\", \"at_most\": 1}]"),
         "constraints[0].metric: 'host' is a column of Wattune's own"},
        {WITH("[{\"metric\": \"x\", \"at_most\": 1}]"),
         "constraints[0].metric: 'x' is a parameter of the space"},
    };
#undef WITH
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void mistakes_of_the_warm_start(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"\"repeats\": 2", "\"warm_start\": \"old.db\"",
         "toy.json:9: warm_start: expected a list, got a string"},
        {"\"repeats\": 2", "\"warm_start\": [1]",
         "toy.json:9: warm_start[0]: expected the path of a database that `wattune run` wrote, "
         "got a number"},
        {"\"repeats\": 2", "\"warm_start\": [\"a.db\", \"\"]",
         "warm_start[1]: expected the path of a database that `wattune run` wrote, got an "
         "empty text"},
        {"\"repeats\": 2", "\"warm_start\": [\"a.db\", \"b.db\", \"a.db\"]",
         "warm_start[2]: 'a.db' is named twice"},
        {"\"repeats\": 2", "\"warm_strat\": []", "did you mean 'warm_start'?"},
    };
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void mistakes_of_the_monitor_section(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"\"repeats\": 2", "\"monitor\": {\"interval_s\": 0.05}",
         "monitor.interval_s: expected 0 (do not watch) or at least 0.1 s"},
        {"\"repeats\": 2", "\"monitor\": {\"interval_s\": -1}", "monitor.interval_s"},
        {"\"repeats\": 2", "\"monitor\": {\"interval\": 1}", "did you mean 'interval_s'?"},
        {"\"repeats\": 2", "\"monitor\": 1", "monitor"},
    };
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void mistakes_of_the_trial_and_its_space(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"\"branin\"", "\"brainin\"", "branin"},
        {"\"branin\"", "\"hartmann6\"", "6"},
        {"\"trial\"", "\"trail\"", "'trial' is missing"},
        {"\"low\": -5", "\"low\": 50", "space.x"},
    };
    expect_problems(mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void settings_of_the_trainer_are_checked(void **state)
{
    (void)state;
    const char *text =
        "{\"trial\": {\"kind\": \"cnn\", \"model\": \"resnet9\",\n"
        "\"dataset\": {\"format\": \"synthetic\", \"path\": 1},\n"
        "\"settings\": {\"momentum\": 2, \"optimiser\": \"sgd\",\n"
        "\"epochs\": 3}},\n"
        "\"space\": {\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 4},\n"
        "\"widht\": {\"type\": \"ordinal\", \"values\": [8, 16]},\n"
        "\"learning_rate\": {\"type\": \"real\", \"low\": -1, \"high\": 1}},\n"
        "\"objectives\": [{\"metric\": \"accuracy\", \"goal\": \"maximize\"}],\n"
        "\"strategies\": [\"random\"], \"budget\": {\"trials\": 1}}";
    static const char *const messages[] = {
        "toy.json:1: trial.model: ",
        "toy.json:2: trial.dataset_path: expected a string, got a number",
        "toy.json:3: trial.momentum: ",
        "toy.json:3: trial.optimiser: ",
        "optimizer",
        "toy.json:5: space.epochs: is a fixed setting of the trial too",
        "toy.json:6: space.widht: ",
        "toy.json:7: space.learning_rate: ",
        "objectives[0].metric: this kind of trial reports no 'accuracy'",
    };
    struct json_problems problems = {0};
    struct study *study;
    assert_int_equal(study_read_text(&study, text, "toy.json", &problems, NULL), ST_INVALID);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (!strstr(strbuf_text(&problems.text), messages[i]))
            fail_msg("expected '%s', got:\n%s", messages[i], strbuf_text(&problems.text));
    json_problems_free(&problems);
}

static void files_that_are_no_studies_say_so(void **state)
{
    (void)state;
    struct json_problems problems = {0};
    struct error err;
    struct study *study;
    assert_int_equal(study_read_file(&study, "/nowhere/x.json", NULL, &problems, &err),
                     ST_NOTFOUND);
    assert_string_equal(err.what, "/nowhere/x.json: cannot open: No such file or directory");
    assert_int_equal(study_read_file(&study, "/", NULL, &problems, &err), ST_IO);
    char path[64];
    study_write_temporary(path, "{\"a\": \0 1}", 10);
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "NUL"));
    unlink(path);
    study_write_temporary(path, "{\n\"caf\xe9\": 1}", 12);
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, ":2: holds the byte 0xe9, which is not UTF-8"));
    unlink(path);
    study_write_temporary(path, "[1, 2]", 6);
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_INVALID);
    assert_non_null(strstr(strbuf_text(&problems.text), "expected an object, got a list"));
    unlink(path);
    json_problems_free(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_of_the_head_and_the_budget),
        cmocka_unit_test(mistakes_of_objectives),
        cmocka_unit_test(mistakes_of_strategies),
        cmocka_unit_test(mistakes_of_the_energy_section),
        cmocka_unit_test(mistakes_of_constraints),
        cmocka_unit_test(mistakes_of_the_warm_start),
        cmocka_unit_test(mistakes_of_the_monitor_section),
        cmocka_unit_test(mistakes_of_the_trial_and_its_space),
        cmocka_unit_test(settings_of_the_trainer_are_checked),
        cmocka_unit_test(files_that_are_no_studies_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
