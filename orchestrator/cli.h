/* cli.h - the command line: one table row a command, one table row an option.
 *
 * A command is one file cmd_NAME.c that defines a const struct cli_command, and one line in
 * cli_commands.c. Help texts, usage errors and parsing follow from the tables; getopt_long()
 * does the scanning. Threading: main thread only (getopt keeps its state in globals). */
#ifndef ORCHESTRATOR_CLI_H
#define ORCHESTRATOR_CLI_H

#include "orchestrator/exit_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The type of an option's value, and of the member that it is written to. */
enum cli_kind {
    CLI_FLAG,    /* bool: the option takes no value */
    CLI_SWITCH,  /* const char *: "true", or the word behind it if that is true or false */
    CLI_TEXT,    /* const char *, borrowed from argv */
    CLI_INTEGER, /* int64_t in [low, high] */
    CLI_NUMBER,  /* double in [low, high] */
    CLI_CHOICE   /* int: the index in choices */
};

/* Dashes may be typed for the underscores of a name. */
struct cli_option {
    const char *name; /* without its dashes; NULL ends a table */
    char letter;      /* the short form, or 0 */
    enum cli_kind kind;
    const char *placeholder; /* "FILE", for help; NULL for a flag */
    const char *help;
    size_t offset; /* of the member in the command's struct of options */
    double low, high;
    const char *const *choices; /* ended by NULL */
    const char *section;        /* of the help that begins with this option; NULL: as before */
};

struct cli_command {
    const char *name;
    const char *arguments;            /* "STUDY.json", for the usage line; "" for none */
    size_t n_arguments;               /* exactly so many */
    bool more_arguments;              /* or more: cli_parse() needs room for argc of them */
    const char *summary;              /* one line for the overview */
    const char *details;              /* a paragraph for --help; may be NULL */
    const char *example;              /* lines that can be typed as they are */
    const struct cli_option *options; /* NULL for none */
    enum exit_status (*run)(const struct cli_command *command, int argc, char **argv);
};

/* All commands (cli_commands.c), ended by NULL. */
extern const struct cli_command *const cli_commands[];

enum cli_outcome { CLI_GO_ON, CLI_HELPED, CLI_WRONG };

/* Parse argv (argv[0] is the command's name) into `target`, whose members keep their values
 * unless an option is given, and the arguments into arguments[n_arguments], with NULL behind
 * them where there may be more. CLI_HELPED: --help was printed. CLI_WRONG: the mistake was
 * printed; the command ends with EXIT_USAGE. */
enum cli_outcome cli_parse(const struct cli_command *command, int argc, char **argv,
                           void *target, const char **arguments);

/* The status to end with after a parse that does not go on. */
enum exit_status cli_exit_status(enum cli_outcome outcome);

/* Run the command that argv[1] names. */
enum exit_status cli_main(int argc, char **argv);

#endif
