#include "tests/check.h"
#include "worker/trial_spec.h"

#include <stdio.h>
#include <string.h>

static struct json *parse(const char *text)
{
    struct json *root;
    struct error err;
    assert_ok(json_parse(&root, text, strlen(text), "t.json", &err), err);
    return root;
}

/* Read a text that must be good. */
static struct trial_spec *good(const char *text)
{
    struct json *object = parse(text);
    struct json_problems problems = {.source = "t.json"};
    struct trial_spec *spec;
    if (trial_spec_read(&spec, object, "trial", "/study", &problems))
        fail_msg("%s", strbuf_text(&problems.text));
    assert_int_equal(problems.count, 0);
    json_free(object);
    json_problems_free(&problems);
    return spec;
}

static void a_command_is_read(void **state)
{
    (void)state;
    struct trial_spec *spec =
        good("{\"kind\": \"command\", \"argv\": [\"train\", \"\", \"{lr}\"],"
             "\"env\": {\"A\": \"b=c\"}, \"cwd\": \"work\", \"timeout_s\": 1.5,"
             "\"grace_s\": 2, \"retries\": 3, \"threads\": 4}");
    assert_int_equal(spec->kind, TRIAL_COMMAND);
    assert_string_equal(spec->argv[0], "train");
    assert_string_equal(spec->argv[1], "");
    assert_string_equal(spec->argv[2], "{lr}");
    assert_null(spec->argv[3]);
    assert_string_equal(spec->env[0], "A=b=c");
    assert_null(spec->env[1]);
    assert_string_equal(spec->cwd, "/study/work");
    assert_near(spec->timeout_s, 1.5, 0);
    assert_near(spec->grace_s, 2, 0);
    assert_int_equal(spec->retries, 3);
    assert_int_equal(spec->threads, 4);
    trial_spec_free(spec);
}

static void what_is_not_said_has_its_default(void **state)
{
    (void)state;
    struct trial_spec *spec = good("{\"kind\": \"command\", \"argv\": [\"a\"],"
                                   "\"cwd\": \"/abs\", \"threads\": \"auto\"}");
    assert_string_equal(spec->cwd, "/abs");
    assert_null(spec->env);
    assert_near(spec->timeout_s, 0, 0);
    assert_near(spec->grace_s, 10, 0);
    assert_int_equal(spec->retries, 0);
    assert_int_equal(spec->threads, 0);
    trial_spec_free(spec);
}

static void a_function_is_read(void **state)
{
    (void)state;
    struct trial_spec *spec = good("{\"kind\": \"function\", \"function\": \"branin\","
                                   "\"duration_s\": 0.5, \"energy_j\": 7, \"noise\": 0.1}");
    assert_int_equal(spec->kind, TRIAL_FUNCTION);
    assert_ptr_equal(spec->function, functions_find("branin"));
    assert_near(spec->duration_s, 0.5, 0);
    assert_near(spec->energy_j, 7, 0);
    assert_near(spec->noise, 0.1, 0);
    trial_spec_free(spec);
}

static void a_table_is_read(void **state)
{
    (void)state;
    struct trial_spec *spec = good("{\"kind\": \"table\", \"path\": \"t.csv\"}");
    assert_int_equal(spec->kind, TRIAL_TABLE);
    assert_string_equal(spec->table_path, "/study/t.csv");
    assert_near(spec->duration_scale, 0, 0);
    assert_string_equal(spec->fidelity, "epochs");
    assert_null(spec->table);
    trial_spec_free(spec);
    spec = good("{\"kind\": \"table\", \"path\": \"/t.csv\", \"duration_scale\": 0.5,"
                " \"fidelity\": \"steps\"}");
    assert_string_equal(spec->table_path, "/t.csv");
    assert_string_equal(spec->fidelity, "steps");
    assert_near(spec->duration_scale, 0.5, 0);
    trial_spec_free(spec);
}

static void settings_of_a_cnn_become_one_object(void **state)
{
    (void)state;
    struct trial_spec *spec =
        good("{\"kind\": \"cnn\", \"model\": \"resnet8\","
             "\"dataset\": {\"format\": \"idx\", \"path\": \"d\", \"options\": \"classes=3\","
             " \"train_limit\": 100},"
             "\"settings\": {\"momentum\": 0.5, \"batch_norm\": false}}");
    const struct json *settings = spec->settings;
    assert_int_equal(json_count(settings), 7);
    assert_string_equal(json_string(json_member(settings, "model")), "resnet8");
    assert_string_equal(json_string(json_member(settings, "dataset_format")), "idx");
    assert_string_equal(json_string(json_member(settings, "dataset_path")), "/study/d");
    assert_string_equal(json_string(json_member(settings, "dataset_options")), "classes=3");
    assert_near(json_number(json_member(settings, "train_limit")), 100, 0);
    assert_near(json_number(json_member(settings, "momentum")), 0.5, 0);
    assert_int_equal(json_kind(json_member(settings, "batch_norm")), JSON_BOOL);
    trial_spec_free(spec);
    spec = good("{\"kind\": \"cnn\", \"settings\": {\"layers\": \"net.json\"}}");
    assert_string_equal(json_string(json_member(spec->settings, "layers")), "/study/net.json");
    trial_spec_free(spec);
    spec = good("{\"kind\": \"cnn\", \"settings\": {\"layers\": \"[]\"}}");
    assert_string_equal(json_string(json_member(spec->settings, "layers")), "[]");
    trial_spec_free(spec);
    spec = good("{\"kind\": \"cnn\", \"settings\": {\"dataset_path\": \"d\"}}");
    assert_string_equal(json_string(json_member(spec->settings, "dataset_path")), "/study/d");
    trial_spec_free(spec);
}

/* Texts that are wrong, and the problems that must be noted, all of them and no other. */
static const struct {
    const char *text;
    const char *problems[5];
} wrong[] = {
    {"[]", {"trial: expected an object, got a list"}},
    {"{}", {"'kind' is missing: it needs 'cnn', 'command', 'function' or 'table'"}},
    {"{\"kind\": \"comand\"}", {"unknown kind 'comand', did you mean 'command'?"}},
    {"{\"kind\": \"python\"}",
     {"expected 'cnn', 'command', 'function' or 'table', got python"}},
    {"{\"kind\": 7}", {"expected 'cnn', 'command', 'function' or 'table', got a number"}},
    {"{\"kind\": \"command\"}", {"'argv' is missing"}},
    {"{\"kind\": \"command\", \"argv\": []}", {"got an empty list"}},
    {"{\"kind\": \"command\", \"argv\": \"a b\"}", {"as a list of texts, got a string"}},
    {"{\"kind\": \"command\", \"argv\": [\"\"]}", {"the program's name is empty"}},
    {"{\"kind\": \"command\", \"argv\": [\"a\", 1]}",
     {"item 2: expected a text, got a number"}},
    {"{\"kind\": \"command\", \"argv\": [\"a\"], \"env\": []}",
     {"expected an object of texts, got a list"}},
    {"{\"kind\": \"command\", \"argv\": [\"a\"], \"env\": {\"A\": 1, \"B=\": \"\","
     "\"WATTUNE_FD\": \"\"}}",
     {"'A': expected a text, got a number", "'B=' cannot name a variable",
      "'WATTUNE_FD': names that begin with WATTUNE_ are Wattune's own"}},
    {"{\"kind\": \"command\", \"argv\": [\"a\"], \"tiemout_s\": 3}",
     {"unknown key 'tiemout_s', did you mean 'timeout_s'?"}},
    {"{\"kind\": \"command\", \"argv\": [\"a\"], \"timeout_s\": -1, \"grace_s\": \"x\","
     "\"retries\": 1.5, \"threads\": 0}",
     {"trial.timeout_s: expected a number from 0", "trial.grace_s: expected a number, got",
      "trial.retries: expected a whole number", "trial.threads: expected a whole number"}},
    {"{\"kind\": \"command\", \"argv\": [\"a\"], \"threads\": \"all\"}",
     {"expected \"auto\" or a whole number, got 'all'"}},
    {"{\"kind\": \"function\"}", {"'function' is missing"}},
    {"{\"kind\": \"function\", \"function\": \"hartman\"}",
     {"expected branin, camel, hartmann3, hartmann6, "}},
    {"{\"kind\": \"function\", \"function\": 1, \"noise\": -1}",
     {"got a number", "trial.noise: expected"}},
    {"{\"kind\": \"table\"}", {"'path' is missing: it needs a CSV file of recorded trials"}},
    {"{\"kind\": \"table\", \"path\": 1, \"duration_scale\": -1}",
     {"trial.path: expected", "trial.duration_scale: expected a number from 0"}},
    {"{\"kind\": \"cnn\", \"settings\": {\"model\": \"vgg\"}, \"model\": \"vgg\"}",
     {"trial.settings.model: the trainer's 'model' is given twice"}},
    {"{\"kind\": \"cnn\", \"dataset\": {\"path\": \"a\", \"dataset_path\": \"b\"}}",
     {"trial.dataset.dataset_path: the trainer's 'dataset_path' is given twice"}},
    {"{\"kind\": \"cnn\", \"dataset\": \"cifar10\"}",
     {"trial.dataset: expected an object, got a string"}},
};

static void every_mistake_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct json *object = parse(wrong[i].text);
        struct json_problems problems = {.source = "t.json"};
        struct trial_spec *spec;
        assert_int_equal(trial_spec_read(&spec, object, "trial", "", &problems), ST_INVALID);
        assert_null(spec);
        size_t n = 0;
        for (; n < 5 && wrong[i].problems[n]; n++)
            if (!strstr(strbuf_text(&problems.text), wrong[i].problems[n]))
                fail_msg("'%s' is not among: %s", wrong[i].problems[n],
                         strbuf_text(&problems.text));
        if (problems.count != n)
            fail_msg("%zu problems of %zu: %s", problems.count, n, strbuf_text(&problems.text));
        json_free(object);
        json_problems_free(&problems);
    }
}

/* Check a good text against a space; answers the problems' text, which the caller frees. */
static struct json_problems check(const char *text, const char *const *names, size_t n)
{
    struct json *object = parse(text);
    struct trial_spec *spec = good(text);
    struct json_problems problems = {.source = "t.json"};
    struct trial_params params = {.names = names, .n = n, .n_numeric = n};
    assert_int_equal(trial_spec_fit(spec, &params, object, "trial", &problems), ST_OK);
    trial_spec_free(spec);
    json_free(object);
    return problems;
}

static void braces_must_name_parameters(void **state)
{
    (void)state;
    static const char *const names[] = {"learning_rate", "epochs"};
    struct json_problems problems =
        check("{\"kind\": \"command\", \"argv\": [\"a\",\n \"--lr={learning_rate},{epochs}\",\n"
              "\"{{x}} }\", \"{learnin_rate}\",\n \"{\", \"{}\"]}",
              names, 2);
    assert_int_equal(problems.count, 3);
    assert_string_equal(
        strbuf_text(&problems.text),
        "t.json:3: trial.argv: '{learnin_rate}' names no parameter, did you mean "
        "'{learning_rate}'?\n"
        "t.json:4: trial.argv: '{' has no closing brace; write '{{' for a brace\n"
        "t.json:4: trial.argv: '{}' names no parameter of the space; write '{{' for a brace\n");
    json_problems_free(&problems);
}

static void a_function_wants_its_dimensions(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t n;
        const char *problem;
    } cases[] = {
        {"branin", 2, NULL},
        {"branin", 3, "branin takes 2 numeric parameters, the space has 3"},
        {"hartmann6", 5, "hartmann6 takes 6 numeric parameters, the space has 5"},
        {"sphere", 9, NULL},
        {"rosenbrock", 1, "rosenbrock takes at least 2 numeric parameters, the space has 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[80];
        snprintf(text, sizeof text, "{\"kind\": \"function\", \"function\": \"%s\"}",
                 cases[i].name);
        struct json_problems problems = check(text, NULL, cases[i].n);
        assert_int_equal(problems.count, cases[i].problem != NULL);
        if (cases[i].problem)
            assert_non_null(strstr(strbuf_text(&problems.text), cases[i].problem));
        json_problems_free(&problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_read),
        cmocka_unit_test(what_is_not_said_has_its_default),
        cmocka_unit_test(a_function_is_read),
        cmocka_unit_test(a_table_is_read),
        cmocka_unit_test(settings_of_a_cnn_become_one_object),
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(braces_must_name_parameters),
        cmocka_unit_test(a_function_wants_its_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
