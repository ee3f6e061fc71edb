#include "orchestrator/cli.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sample {
    bool keep_going;
    const char *db;
    int64_t trials;
    double energy_j;
    int progress;
    const char *look_ahead;
};

static const char *const choices[] = {"auto", "plain", NULL};

static const struct cli_option options[] = {
    {.name = "keep-going",
     .kind = CLI_FLAG,
     .help = "go on",
     .offset = offsetof(struct sample, keep_going)},
    {.name = "db",
     .letter = 'd',
     .kind = CLI_TEXT,
     .placeholder = "FILE",
     .help = "the file",
     .offset = offsetof(struct sample, db)},
    {.name = "trials",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "how many",
     .offset = offsetof(struct sample, trials),
     .low = 1,
     .high = 1e6},
    {.name = "energy",
     .kind = CLI_NUMBER,
     .placeholder = "J",
     .help = "joules",
     .offset = offsetof(struct sample, energy_j),
     .high = 1e12},
    {.name = "progress",
     .kind = CLI_CHOICE,
     .placeholder = "FORM",
     .help = "form",
     .offset = offsetof(struct sample, progress),
     .choices = choices},
    {.name = "look_ahead",
     .kind = CLI_SWITCH,
     .help = "look ahead",
     .offset = offsetof(struct sample, look_ahead),
     .section = "the steps"},
    {0},
};

static struct cli_command command = {.name = "sample",
                                     .arguments = "STUDY.json",
                                     .n_arguments = 1,
                                     .summary = "A sample.",
                                     .example = "  wattune sample x.json",
                                     .options = options};

/* Parse a line of words, with standard output and error in `printed`. */
static enum cli_outcome parse(const char *line, struct sample *sample, const char **argument,
                              char printed[2048])
{
    static char words[256];
    char *argv[16] = {NULL};
    int argc = 0;
    snprintf(words, sizeof words, "sample %s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    fflush(stdout);
    fflush(stderr);
    FILE *capture = tmpfile();
    int out = dup(STDOUT_FILENO), error = dup(STDERR_FILENO);
    dup2(fileno(capture), STDOUT_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
    enum cli_outcome outcome = cli_parse(&command, argc, argv, sample, argument);
    fflush(stdout);
    fflush(stderr);
    dup2(out, STDOUT_FILENO);
    dup2(error, STDERR_FILENO);
    close(out);
    close(error);
    rewind(capture);
    printed[fread(printed, 1, 2047, capture)] = '\0';
    fclose(capture);
    return outcome;
}

static void options_reach_their_members(void **state)
{
    (void)state;
    struct sample sample = {.trials = 5};
    const char *argument = NULL;
    char printed[2048];
    assert_int_equal(parse("--keep-going -d a.db x.json --energy=2.5e6 --progress plain",
                           &sample, &argument, printed),
                     CLI_GO_ON);
    assert_true(sample.keep_going);
    assert_string_equal(sample.db, "a.db");
    assert_string_equal(argument, "x.json");
    assert_near(sample.energy_j, 2.5e6, 0);
    assert_int_equal(sample.progress, 1);
    assert_int_equal(sample.trials, 5);
    assert_string_equal(printed, "");
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"", "it needs STUDY.json"},
        {"x y", "one argument too many: y"},
        {"x --enregy 3", "unknown option '--enregy', did you mean --energy?"},
        {"x --zzzzzzzz", "unknown option '--zzzzzzzz'\n"},
        {"x -q", "unknown option '-q'"},
        {"x --db", "--db needs a value"},
        {"x --trials 0", "--trials takes a whole number from 1 to 1000000, not '0'"},
        {"x --trials 1.5", "--trials takes a whole number"},
        {"x --trials 3x", "not '3x'"},
        {"x --energy nan", "--energy takes a number from 0 to 1000000000000, not 'nan'"},
        {"x --energy 1e999", "not '1e999'"},
        {"x --progress fancy", "--progress takes one of auto, plain, not 'fancy'"},
        {"x --keep-going=yes", "--keep-going=yes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample sample = {0};
        const char *argument;
        char printed[2048];
        assert_int_equal(parse(cases[i].line, &sample, &argument, printed), CLI_WRONG);
        if (!strstr(printed, cases[i].message))
            fail_msg("'%s' printed: %s", cases[i].line, printed);
        assert_non_null(strstr(printed, "Try 'wattune sample --help'."));
    }
    assert_int_equal(cli_exit_status(CLI_WRONG), EXIT_USAGE);
}

static void help_shows_every_option_and_an_example(void **state)
{
    (void)state;
    struct sample sample = {0};
    const char *argument;
    char printed[2048];
    assert_int_equal(parse("--help", &sample, &argument, printed), CLI_HELPED);
    for (const struct cli_option *o = options; o->name; o++)
        assert_non_null(strstr(printed, o->name));
    assert_non_null(strstr(printed, "usage: wattune sample STUDY.json [OPTIONS]"));
    assert_non_null(strstr(printed, "wattune sample x.json"));
    assert_int_equal(cli_exit_status(CLI_HELPED), EXIT_DONE);
}

/* The tables that users see: nothing missing, no name twice, no option without its sentence. */
static void every_command_is_fully_described(void **state)
{
    (void)state;
    assert_non_null(cli_commands[0]);
    for (size_t i = 0; cli_commands[i]; i++) {
        const struct cli_command *c = cli_commands[i];
        assert_true(c->name && c->summary && c->arguments && c->run);
        assert_non_null(c->example);
        assert_non_null(strstr(c->example, c->name));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(c->name, cli_commands[j]->name);
        for (const struct cli_option *o = c->options; o && o->name; o++) {
            assert_true(o->help && *o->help);
            assert_int_equal(o->kind == CLI_FLAG, o->placeholder == NULL);
            assert_int_equal(o->kind == CLI_CHOICE, o->choices != NULL);
            for (const struct cli_option *p = c->options; p < o; p++)
                assert_string_not_equal(p->name, o->name);
        }
    }
}

static const char *switched(const char *line, const char **argument)
{
    struct sample sample = {0};
    char printed[2048];
    *argument = NULL;
    assert_int_equal(parse(line, &sample, argument, printed), CLI_GO_ON);
    return sample.look_ahead;
}

static void a_switch_may_have_its_value_behind_it(void **state)
{
    (void)state;
    const char *argument;
    assert_null(switched("x.json", &argument));
    assert_string_equal(switched("--look_ahead x.json", &argument), "true");
    assert_string_equal(argument, "x.json");
    assert_string_equal(switched("x.json --look_ahead", &argument), "true");
    assert_string_equal(switched("x.json --look_ahead false", &argument), "false");
    assert_string_equal(argument, "x.json");
    assert_string_equal(switched("--look_ahead=false x.json", &argument), "false");
    assert_string_equal(switched("--look_ahead true x.json", &argument), "true");
    assert_string_equal(argument, "x.json");
    assert_string_equal(switched("x.json --look_ahead --keep-going", &argument), "true");
}

static void dashes_stand_for_underscores(void **state)
{
    (void)state;
    const char *argument;
    assert_string_equal(switched("--look-ahead x.json", &argument), "true");
    assert_string_equal(switched("--look-ahead=false x.json", &argument), "false");
    assert_string_equal(switched("--look x.json", &argument), "true");
}

static void a_command_may_take_more_arguments(void **state)
{
    (void)state;
    struct sample sample = {0};
    const char *arguments[16];
    char printed[2048];
    command.more_arguments = true;
    assert_int_equal(parse("a --keep-going b c", &sample, arguments, printed), CLI_GO_ON);
    assert_string_equal(arguments[0], "a");
    assert_string_equal(arguments[2], "c");
    assert_null(arguments[3]);
    assert_int_equal(parse("--keep-going", &sample, arguments, printed), CLI_WRONG);
    command.more_arguments = false;
}

static void help_has_sections(void **state)
{
    (void)state;
    struct sample sample = {0};
    const char *argument;
    char printed[2048];
    assert_int_equal(parse("--help", &sample, &argument, printed), CLI_HELPED);
    assert_non_null(strstr(printed, "\n\nthe steps:\n      --look_ahead"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_reach_their_members),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(help_shows_every_option_and_an_example),
        cmocka_unit_test(every_command_is_fully_described),
        cmocka_unit_test(a_switch_may_have_its_value_behind_it),
        cmocka_unit_test(dashes_stand_for_underscores),
        cmocka_unit_test(a_command_may_take_more_arguments),
        cmocka_unit_test(help_has_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
