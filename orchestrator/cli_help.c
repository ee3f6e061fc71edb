#include "orchestrator/cli_help.h"

#include <string.h>

enum { TEXT_WIDTH = 96, OPTION_COLUMN = 26 };

/* Print words in lines of at most TEXT_WIDTH columns, the cursor standing at `column`, later
 * lines indented. */
static void print_wrapped(FILE *out, const char *text, int column, int indent)
{
    bool first = true;
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (!first && column + 1 + length > TEXT_WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            first = true;
        }
        fprintf(out, "%s%.*s", first ? "" : " ", length, text);
        column += length + !first;
        first = false;
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

void cli_help_overview(FILE *out)
{
    fprintf(out,
            "wattune %s: hyperparameter search that knows what it costs\n\n"
            "usage: wattune COMMAND [OPTIONS]\n       mpirun -n N wattune run STUDY.json\n\n",
            WATTUNE_VERSION);
    for (size_t i = 0; cli_commands[i]; i++)
        fprintf(out, "  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    fprintf(
        out,
        "\n'wattune COMMAND --help' explains a command and shows an example.\n"
        "exit status: 0 done, 1 failed, 2 bad usage or study file, 3 interrupted (resumable),\n"
        "             4 the measurement that the study requires is not available\n");
}

static void print_option(const struct cli_option *option, FILE *out)
{
    char head[64];
    int used = snprintf(head, sizeof head, "  %s%c%s--%s%s%s", option->letter ? "-" : " ",
                        option->letter ? option->letter : ' ', option->letter ? ", " : "  ",
                        option->name, option->placeholder ? " " : "",
                        option->placeholder ? option->placeholder : "");
    fprintf(out, "%-*s", OPTION_COLUMN, head);
    if (used >= OPTION_COLUMN)
        fprintf(out, "\n%*s", OPTION_COLUMN, "");
    print_wrapped(out, option->help, OPTION_COLUMN, OPTION_COLUMN);
}

void cli_help_command(const struct cli_command *command, FILE *out)
{
    fprintf(out, "usage: wattune %s%s%s%s\n\n", command->name, *command->arguments ? " " : "",
            command->arguments, command->options ? " [OPTIONS]" : "");
    print_wrapped(out, command->summary, 0, 0);
    if (command->details) {
        fputc('\n', out);
        print_wrapped(out, command->details, 0, 0);
    }
    if (command->options)
        fprintf(out, "\noptions:\n");
    for (const struct cli_option *o = command->options; o && o->name; o++) {
        if (o->section)
            fprintf(out, "\n%s:\n", o->section);
        print_option(o, out);
    }
    fprintf(out, "\nexample:\n%s\n", command->example);
}
