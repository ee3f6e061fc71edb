/* output.h - put a command's result where its user wants it: the terminal, a pipe or a file. */
#ifndef ORCHESTRATOR_OUTPUT_H
#define ORCHESTRATOR_OUTPUT_H

#include "base/status.h"
#include "orchestrator/cli.h"
#include "results/table.h"

/* The members that OUTPUT_OPTIONS fills. */
struct output_options {
    int format;       /* enum table_format */
    const char *path; /* NULL: standard output */
};

extern const char *const output_format_names[];

/* Rows for a command's option table; `type` has a member `output` of struct output_options. */
#define OUTPUT_OPTIONS(type)                                                                   \
    {.name = "format",                                                                         \
     .kind = CLI_CHOICE,                                                                       \
     .placeholder = "FORM",                                                                    \
     .help = "table (for reading), csv or json (every column, every digit)",                   \
     .offset = offsetof(type, output.format),                                                  \
     .choices = output_format_names},                                                          \
    {                                                                                          \
        .name = "output", .letter = 'o', .kind = CLI_TEXT, .placeholder = "FILE",              \
        .help = "write there instead of to standard output",                                   \
        .offset = offsetof(type, output.path)                                                  \
    }

/* Write the table in the form and to the place asked for. A file is written beside and renamed,
 * so that an older one is kept whole when this fails. Errors: ST_IO and the like with the path;
 * ST_NOMEM. */
enum status output_table(const struct table *table, const struct output_options *options,
                         struct error *err);

/* Write text to standard output, or to a file as above. */
enum status output_text(const char *text, size_t length, const char *path, struct error *err);

/* Tell the user of an error on standard error; answers EXIT_FAILED, so that a command can
 * return it. */
enum exit_status output_error(const struct cli_command *command, const struct error *err);

/* The columns of the terminal behind a stream, 0 when it is none. */
size_t output_width(int fd);

#endif
