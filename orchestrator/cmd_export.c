/* wattune export: a study as one file for other programs. */
#include "base/strbuf.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/export.h"

#include <string.h>

static const char *const format_names[] = {"csv", "json", NULL};

struct export_options {
    int format; /* index in format_names; -1: by the file's ending */
    const char *path;
};

static const struct cli_option options[] = {
    {.name = "format",
     .kind = CLI_CHOICE,
     .placeholder = "FORM",
     .help = "csv (the table of trials) or json (everything); else by the ending of the file",
     .offset = offsetof(struct export_options, format),
     .choices = format_names},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .placeholder = "FILE",
     .help = "write there instead of to standard output",
     .offset = offsetof(struct export_options, path)},
    {0},
};

static enum table_format choose_format(const struct export_options *chosen)
{
    if (chosen->format >= 0)
        return chosen->format == 0 ? TABLE_CSV : TABLE_JSON;
    size_t length = chosen->path ? strlen(chosen->path) : 0;
    return length > 4 && strcmp(chosen->path + length - 4, ".csv") == 0 ? TABLE_CSV
                                                                        : TABLE_JSON;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct export_options chosen = {.format = -1};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct error err = {0};
    struct view view;
    if (view_open(&view, db, &err))
        return output_error(command, &err);
    struct strbuf out = STRBUF_INIT;
    enum status status =
        export_write(view.store, view.snapshot, choose_format(&chosen), &out, &err);
    if (!status)
        status = output_text(strbuf_text(&out), out.length, chosen.path, &err);
    strbuf_free(&out);
    view_close(&view);
    return status ? output_error(command, &err) : EXIT_DONE;
}

const struct cli_command cmd_export = {
    .name = "export",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Write a study to one CSV or JSON file for other programs.",
    .example = "  wattune export cifar10.db -o cifar10.json",
    .options = options,
    .run = run,
};
