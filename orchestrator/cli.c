#include "orchestrator/cli.h"

#include "base/json.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "orchestrator/cli_help.h"

#include <errno.h>
#include <float.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 128, NAME_SIZE = 32, HELP = 1, LONG_BASE = 256 };

static enum cli_outcome wrong(const struct cli_command *command, const char *text,
                              const char *detail)
{
    fprintf(stderr, "wattune %s: %s%s\nTry 'wattune %s --help'.\n", command->name, text, detail,
            command->name);
    return CLI_WRONG;
}

/* A number with nothing behind it. */
static bool read_number(const char *text, double *value)
{
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && errno == 0 && isfinite(*value);
}

static enum cli_outcome wrong_number(const struct cli_command *command,
                                     const struct cli_option *option, const char *text)
{
    char message[256];
    const char *kind = option->kind == CLI_INTEGER ? "a whole number" : "a number";
    if (option->low == -DBL_MAX && option->high == DBL_MAX)
        snprintf(message, sizeof message, "--%s takes %s, not '%.64s'", option->name, kind,
                 text);
    else
        snprintf(message, sizeof message, "--%s takes %s from %.16g to %.16g, not '%.64s'",
                 option->name, kind, option->low, option->high, text);
    return wrong(command, message, "");
}

static enum cli_outcome set_choice(const struct cli_command *command,
                                   const struct cli_option *option, const char *text,
                                   int *member)
{
    struct strbuf list = STRBUF_INIT;
    for (int i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            *member = i;
            strbuf_free(&list);
            return CLI_GO_ON;
        }
        strbuf_printf(&list, "%s%s", i ? ", " : "", option->choices[i]);
    }
    char message[256];
    snprintf(message, sizeof message, "--%s takes one of %s, not '%.64s'", option->name,
             strbuf_text(&list), text);
    strbuf_free(&list);
    return wrong(command, message, "");
}

static enum cli_outcome set_option(const struct cli_command *command,
                                   const struct cli_option *option, const char *text,
                                   void *target)
{
    void *member = (char *)target + option->offset;
    double number = 0;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)member = true;
        break;
    case CLI_SWITCH:
        *(const char **)member = text ? text : "true";
        break;
    case CLI_TEXT:
        *(const char **)member = text;
        break;
    case CLI_INTEGER:
    case CLI_NUMBER:
        if (!read_number(text, &number) || number < option->low || number > option->high ||
            (option->kind == CLI_INTEGER && number != floor(number)))
            return wrong_number(command, option, text);
        if (option->kind == CLI_INTEGER)
            *(int64_t *)member = (int64_t)number;
        else
            *(double *)member = number;
        break;
    case CLI_CHOICE:
        return set_choice(command, option, text, member);
    }
    return CLI_GO_ON;
}

/* getopt's two descriptions of the same options. */
struct scan_tables {
    struct option names[2 * OPTIONS_MAX + 2]; /* each option, and its name with dashes */
    char dashed[OPTIONS_MAX][NAME_SIZE];
    char letters[2 * OPTIONS_MAX + 4];
    size_t n, n_options;
};

static void add_name(struct scan_tables *tables, const char *name, int takes)
{
    tables->names[tables->n++] =
        (struct option){name, takes, NULL, LONG_BASE + (int)tables->n_options};
}

/* The name, and the same with dashes where it has underscores. */
static void add_names(struct scan_tables *tables, const struct cli_option *option)
{
    static const int takes[] = {
        [CLI_FLAG] = no_argument,         [CLI_SWITCH] = optional_argument,
        [CLI_TEXT] = required_argument,   [CLI_INTEGER] = required_argument,
        [CLI_NUMBER] = required_argument, [CLI_CHOICE] = required_argument};
    char *dashed = tables->dashed[tables->n_options];
    add_name(tables, option->name, takes[option->kind]);
    snprintf(dashed, NAME_SIZE, "%s", option->name);
    for (char *c = dashed; (c = strchr(c, '_'));)
        *c = '-';
    if (strcmp(dashed, option->name) != 0)
        add_name(tables, dashed, takes[option->kind]);
    tables->n_options++;
}

static void build_tables(const struct cli_command *command, struct scan_tables *tables)
{
    char *letter = tables->letters;
    *letter++ = ':'; /* tells a missing value from an unknown option */
    *letter++ = 'h';
    tables->n = tables->n_options = 0;
    for (const struct cli_option *o = command->options; o && o->name; o++) {
        if (tables->n_options == OPTIONS_MAX || strlen(o->name) >= NAME_SIZE)
            abort(); /* a table of ours is larger than this scanner: not for users to see */
        add_names(tables, o);
        if (o->letter) {
            *letter++ = o->letter;
            if (o->kind != CLI_FLAG)
                *letter++ = ':';
        }
    }
    *letter = '\0';
    tables->names[tables->n] = (struct option){"help", no_argument, NULL, HELP};
    tables->names[tables->n + 1] = (struct option){NULL, 0, NULL, 0};
}

static const struct cli_option *find_option(const struct cli_command *command, int found)
{
    if (found >= LONG_BASE)
        return &command->options[found - LONG_BASE];
    for (const struct cli_option *o = command->options; o && o->name; o++)
        if (o->letter == found)
            return o;
    return NULL;
}

static enum cli_outcome unknown_option(const struct cli_command *command, const char *word)
{
    const char *names[OPTIONS_MAX];
    size_t n = 0;
    for (const struct cli_option *o = command->options; o && o->name; o++)
        names[n++] = o->name;
    char name[64], message[256];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + strspn(word, "-"), "="),
             word + strspn(word, "-"));
    const char *near = json_closest_name(name, names, n);
    snprintf(message, sizeof message, "unknown option '%.64s'%s%s%s", word,
             near ? ", did you mean --" : "", near ? near : "", near ? "?" : "");
    return wrong(command, message, "");
}

/* The value of a switch stands behind it, or there is none. */
static const char *switch_value(int argc, char **argv)
{
    if (optarg || optind >= argc)
        return optarg;
    bool value = strcmp(argv[optind], "true") == 0 || strcmp(argv[optind], "false") == 0;
    return value ? argv[optind++] : NULL;
}

static enum cli_outcome scan(const struct cli_command *command, int argc, char **argv,
                             void *target)
{
    struct scan_tables tables;
    build_tables(command, &tables);
    opterr = 0;
    optind = 0; /* glibc: start afresh */
    int found;
    while ((found = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1) {
        if (found == HELP || found == 'h') {
            cli_help_command(command, stdout);
            return CLI_HELPED;
        }
        const char *word = argv[optind - 1];
        if (found == '?')
            return unknown_option(command, word);
        if (found == ':')
            return wrong(command, word, " needs a value");
        const struct cli_option *option = find_option(command, found);
        const char *value = option->kind == CLI_SWITCH ? switch_value(argc, argv) : optarg;
        enum cli_outcome outcome = set_option(command, option, value, target);
        if (outcome != CLI_GO_ON)
            return outcome;
    }
    return CLI_GO_ON;
}

enum cli_outcome cli_parse(const struct cli_command *command, int argc, char **argv,
                           void *target, const char **arguments)
{
    enum cli_outcome outcome = scan(command, argc, argv, target);
    if (outcome != CLI_GO_ON)
        return outcome;
    size_t given = (size_t)(argc - optind);
    if (given < command->n_arguments)
        return wrong(command, "it needs ", command->arguments);
    if (given > command->n_arguments && !command->more_arguments)
        return wrong(command,
                     "one argument too many: ", argv[(size_t)optind + command->n_arguments]);
    for (size_t i = 0; i < given; i++)
        arguments[i] = argv[(size_t)optind + i];
    if (command->more_arguments)
        arguments[given] = NULL;
    return CLI_GO_ON;
}

enum exit_status cli_exit_status(enum cli_outcome outcome)
{
    return outcome == CLI_HELPED ? EXIT_DONE : EXIT_USAGE;
}

static enum exit_status unknown_command(const char *name)
{
    const char *names[OPTIONS_MAX];
    size_t n = 0;
    while (cli_commands[n] && n < OPTIONS_MAX) {
        names[n] = cli_commands[n]->name;
        n++;
    }
    const char *near = json_closest_name(name, names, n);
    fprintf(stderr, "wattune: there is no command '%s'%s%s%s\nTry 'wattune --help'.\n", name,
            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return EXIT_USAGE;
}

/* WATTUNE_LOG: how much is told on standard error. */
static void set_log_level(void)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    const char *wanted = getenv("WATTUNE_LOG");
    if (!wanted)
        return;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (strcmp(levels[i], wanted) == 0) {
            log_set_level((enum log_level)i);
            return;
        }
    log_warn("WATTUNE_LOG is '%s', not error, warn, info or debug", wanted);
}

enum exit_status cli_main(int argc, char **argv)
{
    set_log_level();
    if (argc < 2) {
        cli_help_overview(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        cli_help_overview(stdout);
        return EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        puts("wattune " WATTUNE_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; cli_commands[i]; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i]->run(cli_commands[i], argc - 1, argv + 1);
    return unknown_command(name);
}
