#include "base/rng.h"
#include "base/strbuf.h"
#include "orchestrator/study.h"
#include "results/idle_policy.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const good =
    "{\n"
    " \"name\": \"toy\", \"seed\": 7,\n"
    " \"trial\": {\"kind\": \"function\", \"function\": \"branin\"},\n"
    " \"space\": {\"x\": {\"type\": \"real\", \"low\": -5, \"high\": 10, \"grid\": 4},\n"
    "           \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 15, \"grid\": 4}},\n"
    " \"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"},\n"
    "                  {\"metric\": \"energy_j\", \"goal\": \"minimize\"}],\n"
    " \"strategies\": [\"grid\", \"random\", {\"name\": \"random\"}],\n"
    " \"budget\": {\"trials\": 12, \"time_s\": 60}, \"repeats\": 2\n"
    "}\n";

/* Read a text as if it stood in the file `path`; fails the test on a mistake. */
static struct study *read_good(const char *text, const char *path)
{
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    if (study_read_text(&study, text, path, &problems, &err))
        fail_msg("%s\n%s", err.what, strbuf_text(&problems.text));
    json_problems_free(&problems);
    return study;
}

static void a_study_is_read_whole(void **state)
{
    (void)state;
    struct study *study = read_good(good, "/somewhere/toy-study.json");
    assert_string_equal(study->name, "toy");
    assert_int_equal(study->seed, 7);
    assert_string_equal(study->base_dir, "/somewhere");
    assert_string_equal(study->json, good);
    assert_int_equal(space_count(study->space), 2);
    assert_int_equal(study->n_objectives, 2);
    assert_string_equal(study->objectives[1].metric, "energy_j");
    assert_int_equal(study->budget.trials, 12);
    assert_near(study->budget.time_s, 60, 0);
    assert_near(study->budget.energy_j, 0, 0);
    assert_int_equal(study->energy.require, ENERGY_NONE);
    assert_string_equal(study->energy.idle_policy, "equal");
    assert_near(study->monitor.interval_s, 1, 0);
    study_free(study);
}

static void trials_can_go_unwatched(void **state)
{
    (void)state;
    static const double intervals_s[] = {0, 0.1, 60};
    for (size_t i = 0; i < 3; i++) {
        struct strbuf text = STRBUF_INIT;
        strbuf_printf(&text, "{\"monitor\": {\"interval_s\": %g}, %s", intervals_s[i],
                      good + 1);
        struct study *study = read_good(strbuf_text(&text), "/s/toy.json");
        assert_near(study->monitor.interval_s, intervals_s[i], 0);
        study_free(study);
        strbuf_free(&text);
    }
}

static void arms_are_strategies_times_repeats(void **state)
{
    (void)state;
    struct study *study = read_good(good, "/s/toy.json");
    assert_int_equal(study->n_arms, 6);
    assert_string_equal(study->strategies[2].label, "random-2");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(study->arms[i].strategy, i % 3);
        assert_int_equal(study->arms[i].repeat, i / 3);
        for (size_t j = 0; j < i; j++)
            assert_true(study->arms[i].seed != study->arms[j].seed);
    }
    assert_true(study->arms[3].seed == rng_derive(7, "grid", 1, 0));
    study_free(study);
}

static void an_unnamed_study_has_its_files_name(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "{");
    strbuf_append(&text, strstr(good, "\"seed\""));
    struct study *study = read_good(strbuf_text(&text), "/somewhere/other.json");
    assert_string_equal(study->name, "other");
    study_free(study);
    strbuf_free(&text);
}

/* The good study with `from` replaced by `to` gives problems that contain `message`. */
static void expect_problem(const char *from, const char *to, const char *message)
{
    const char *at = strstr(good, from);
    if (!at)
        fail_msg("'%s' is not in the study", from);
    struct strbuf text = STRBUF_INIT;
    strbuf_append_bytes(&text, good, (size_t)(at - good));
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

static void every_mistake_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } cases[] = {
        {"\"toy\"", "\"t\\noy\"", "toy.json:2: name: expected a text without control"},
        {"\"metric\": \"value\"", "\"metric\": \"\\u001bvalue\"",
         "objectives[0].metric: expected a text without control"},
        {"\"seed\": 7", "\"seed\": 1.5", "toy.json:2: seed: expected a whole number"},
        {"\"seed\": 7", "\"sede\": 7", "toy.json:2: unknown key 'sede', did you mean 'seed'?"},
        {"\"repeats\": 2", "\"repeats\": 0",
         "toy.json:9: repeats: expected a whole number from 1"},
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
        {"\"repeats\": 2", "\"energy\": {\"idle_policy\": \"same\"}",
         "energy.idle_policy: expected 'equal', 'separate' or 'proportional', got 'same'"},
        {"\"grid\", \"random\"", "\"gird\", \"random\"", "did you mean 'grid'?"},
        {"[\"grid\", \"random\", {\"name\": \"random\"}]", "[]",
         "strategies: the list is empty"},
        {"[\"grid\", \"random\", {\"name\": \"random\"}]", "\"grid\"",
         "strategies: expected a list, got a string"},
        {"{\"name\": \"random\"}", "{\"name\": \"random\", \"speed\": 1}",
         "unknown key 'speed'"},
        {"{\"name\": \"random\"}", "3", "toy.json:8: strategies[2]"},
        {"\"trials\": 12", "\"trials\": 0", "budget.trials: expected a whole number from 1"},
        {"\"budget\": {\"trials\": 12, \"time_s\": 60}", "\"budget\": {}",
         "budget: it needs \"trials\", \"energy_j\" or \"time_s\""},
        {"\"budget\"", "\"bugdet\"", "unknown key 'bugdet', did you mean 'budget'?"},
        {"\"repeats\": 2", "\"energy\": {\"meters\": [\"rpal\"]}", "there is no 'rpal'"},
        {"\"repeats\": 2", "\"energy\": {\"meters\": \"rapl\"}", "expected \"auto\" or a list"},
        {"\"repeats\": 2", "\"monitor\": {\"interval_s\": 0.05}",
         "monitor.interval_s: expected 0 (do not watch) or at least 0.1 s"},
        {"\"repeats\": 2", "\"monitor\": {\"interval_s\": -1}", "monitor.interval_s"},
        {"\"repeats\": 2", "\"monitor\": {\"interval\": 1}", "did you mean 'interval_s'?"},
        {"\"repeats\": 2", "\"monitor\": 1", "monitor"},
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
        {"\"branin\"", "\"brainin\"", "branin"},
        {"\"branin\"", "\"hartmann6\"", "6"},
        {"\"trial\"", "\"trail\"", "'trial' is missing"},
        {"\"low\": -5", "\"low\": 50", "space.x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_problem(cases[i].from, cases[i].to, cases[i].message);
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

/* A file in the temporary folder, with its path in `path`. */
static void write_temporary(char path[64], const char *text, size_t length)
{
    snprintf(path, 64, "/tmp/wattune-study-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), length);
    close(fd);
}

static void overrides_are_part_of_the_stored_text(void **state)
{
    (void)state;
    char path[64];
    write_temporary(path, good, strlen(good));
    struct study_overrides overrides = {
        .strategies = "random-2,sobol", .seed = 99, .trials = 5, .energy_j = 100};
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    assert_ok(study_read_file(&study, path, &overrides, &problems, &err), err);
    for (int pass = 0; pass < 2; pass++) {
        assert_string_equal(study->name, "toy");
        assert_int_equal(study->n_strategies, 2);
        assert_string_equal(study->strategies[0].label, "random");
        assert_string_equal(study->strategies[1].label, "sobol");
        assert_int_equal(study->seed, 99);
        assert_int_equal(study->budget.trials, 5);
        assert_near(study->budget.energy_j, 100, 0);
        assert_near(study->budget.time_s, 60, 0);
        assert_int_equal(study->repeats, 2);
        struct study *again = read_good(study->json, path); /* what a resume does */
        study_free(study);
        study = again;
    }
    study_free(study);
    struct study_overrides wrong = {.strategies = "grid,,magic", .seed = -1};
    assert_int_equal(study_read_file(&study, path, &wrong, &problems, &err), ST_INVALID);
    assert_non_null(strstr(strbuf_text(&problems.text), "magic"));
    json_problems_free(&problems);
    unlink(path);
}

/* What the command line says is not missing in the file. */
static void a_budget_may_come_from_the_command_line(void **state)
{
    (void)state;
    static const char budget[] = "\"budget\": {\"trials\": 12, \"time_s\": 60}, ";
    const char *at = strstr(good, budget);
    struct strbuf text = STRBUF_INIT;
    strbuf_append_bytes(&text, good, (size_t)(at - good));
    strbuf_append(&text, at + strlen(budget));
    char path[64];
    write_temporary(path, strbuf_text(&text), text.length);
    struct study_overrides overrides = {.seed = -1, .time_s = 3};
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_INVALID);
    json_problems_free(&problems);
    assert_ok(study_read_file(&study, path, &overrides, &problems, &err), err);
    assert_near(study->budget.time_s, 3, 0);
    assert_int_equal(study->budget.trials, 0);
    study_free(study);
    strbuf_free(&text);
    json_problems_free(&problems);
    unlink(path);
}

/* A grid ends by itself, whatever varies in it; the others do not where a real varies. */
static void a_grid_needs_no_budget(void **state)
{
    (void)state;
    static const char text[] =
        "{\"trial\": {\"kind\": \"function\", \"function\": \"sphere\"},"
        "\"space\": {\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"grid\": 4}},"
        "\"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"}],"
        "\"strategies\": [\"grid\"], \"enqueue\": [{\"x\": 0.1}]}";
    struct study *study = read_good(text, "/s/toy.json");
    assert_near(study->strategies[0].count, 5, 0);
    study_free(study);
}

static void all_idle_policies_are_known(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < IDLE_POLICIES; i++) {
        strbuf_clear(&text);
        strbuf_printf(&text, "{\"energy\": {\"idle_policy\": \"%s\"}, %s", idle_policy_names[i],
                      good + 1);
        struct study *study = read_good(strbuf_text(&text), "/s/toy.json");
        assert_string_equal(study->energy.idle_policy, idle_policy_names[i]);
        study_free(study);
    }
    strbuf_free(&text);
}

static struct study *read_with_energy(const char *energy)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "{\"energy\": {%s}, %s", energy, good + 1);
    struct study *study = read_good(strbuf_text(&text), "/s/toy.json");
    strbuf_free(&text);
    return study;
}

static void the_idle_window_is_two_seconds_unless_told(void **state)
{
    (void)state;
    struct study *study = read_with_energy("");
    assert_near(study->energy.idle_window_s, 2, 0);
    assert_near(study->energy.idle_w, 0, 0);
    assert_near(study->energy.model_idle_w + study->energy.model_max_w, 0, 0);
    study_free(study);
    study = read_with_energy("\"idle_window_s\": 0");
    assert_near(study->energy.idle_window_s, 0, 0);
    study_free(study);
}

static void a_site_gives_its_watts(void **state)
{
    (void)state;
    struct study *study = read_with_energy("\"idle_window_s\": 30, \"idle_w\": 85.5,"
                                           "\"model\": {\"max_w\": 1.7, \"idle_w\": 0.31}");
    assert_near(study->energy.idle_window_s, 30, 0);
    assert_near(study->energy.idle_w, 85.5, 0);
    assert_near(study->energy.model_idle_w, 0.31, 0);
    assert_near(study->energy.model_max_w, 1.7, 0);
    study_free(study);
}

static void meters_are_named_in_their_order(void **state)
{
    (void)state;
    struct study *study = read_with_energy("\"meters\": [\"auto\", \"model\", \"perf\"]");
    assert_int_equal(study->energy.n_meters, 3);
    assert_string_equal(study->energy.meters[0], "auto");
    assert_string_equal(study->energy.meters[2], "perf");
    study_free(study);
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
    write_temporary(path, "{\"a\": \0 1}", 10);
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "NUL"));
    unlink(path);
    write_temporary(path, "{\n\"caf\xe9\": 1}", 12);
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, ":2: holds the byte 0xe9, which is not UTF-8"));
    unlink(path);
    write_temporary(path, "[1, 2]", 6);
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_INVALID);
    assert_non_null(strstr(strbuf_text(&problems.text), "expected an object, got a list"));
    unlink(path);
    json_problems_free(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_is_read_whole),
        cmocka_unit_test(trials_can_go_unwatched),
        cmocka_unit_test(arms_are_strategies_times_repeats),
        cmocka_unit_test(an_unnamed_study_has_its_files_name),
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(settings_of_the_trainer_are_checked),
        cmocka_unit_test(overrides_are_part_of_the_stored_text),
        cmocka_unit_test(a_budget_may_come_from_the_command_line),
        cmocka_unit_test(a_grid_needs_no_budget),
        cmocka_unit_test(all_idle_policies_are_known),
        cmocka_unit_test(the_idle_window_is_two_seconds_unless_told),
        cmocka_unit_test(a_site_gives_its_watts),
        cmocka_unit_test(meters_are_named_in_their_order),
        cmocka_unit_test(files_that_are_no_studies_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
