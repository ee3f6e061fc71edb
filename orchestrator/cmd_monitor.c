/* wattune monitor: what trials used while they ran. */
#include "base/log.h"
#include "base/strbuf.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/monitor.h"

#include <stdio.h>
#include <unistd.h>

struct monitor_options {
    struct output_options output;
    const char *trial;
    bool samples;
};

static const struct cli_option options[] = {
    {.name = "trial",
     .kind = CLI_TEXT,
     .placeholder = "TRIAL",
     .help = "this trial alone, drawn over its time: STRATEGY.REPEAT.NUMBER",
     .offset = offsetof(struct monitor_options, trial)},
    {.name = "samples",
     .kind = CLI_FLAG,
     .help = "every sample instead of a summary",
     .offset = offsetof(struct monitor_options, samples)},
    OUTPUT_OPTIONS(struct monitor_options),
    {0},
};

/* Of the terminal, columns; 0: there is none. */
static size_t width_of(const struct monitor_options *chosen)
{
    return chosen->output.path ? 0 : output_width(STDOUT_FILENO);
}

/* A line of a chart has a name and the mean and peak beside its bars. */
static size_t bars_of_chart(size_t width)
{
    enum { BESIDE = 50, BARS_MIN = 10, BARS_MAX = 60 };
    if (width == 0)
        return BARS_MAX;
    size_t bars = width > BESIDE + BARS_MIN ? width - BESIDE : BARS_MIN;
    return bars < BARS_MAX ? bars : BARS_MAX;
}

static size_t bars_of_table(size_t width)
{
    if (width == 0 || width >= 160)
        return 20;
    return width >= 140 ? 12 : 8;
}

static enum status show_chart(const struct view *view, const struct monitor_options *chosen,
                              struct error *err)
{
    struct monitor_choice choice = {.trial = chosen->trial,
                                    .bars = bars_of_chart(width_of(chosen))};
    bool colour = !chosen->output.path && log_stream_has_colour(STDOUT_FILENO);
    struct strbuf text = STRBUF_INIT;
    enum status status =
        monitor_chart(view->snapshot, view->store, &choice, colour, &text, err);
    if (!status)
        status = output_text(strbuf_text(&text), text.length, chosen->output.path, err);
    strbuf_free(&text);
    return status;
}

static enum status show_table(const struct view *view, const struct monitor_options *chosen,
                              struct error *err)
{
    size_t width = width_of(chosen);
    struct monitor_choice choice = {
        .trial = chosen->trial, .bars = bars_of_table(width), .width = width};
    struct table *table;
    enum status status =
        chosen->samples
            ? monitor_samples_table(&table, view->snapshot, view->store, &choice, err)
            : monitor_table(&table, view->snapshot, view->store, &choice, err);
    if (status)
        return status;
    status = output_table(table, &chosen->output, err);
    table_free(table);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct monitor_options chosen = {0};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct error err = {0};
    struct view view;
    if (view_open(&view, db, &err))
        return output_error(command, &err);
    bool drawn = chosen.trial && !chosen.samples && chosen.output.format == TABLE_TEXT;
    enum status status =
        drawn ? show_chart(&view, &chosen, &err) : show_table(&view, &chosen, &err);
    view_close(&view);
    if (!status)
        return EXIT_DONE;
    output_error(command, &err);
    return status == ST_INVALID ? EXIT_USAGE : EXIT_FAILED;
}

const struct cli_command cmd_monitor = {
    .name = "monitor",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Show what trials used while they ran: power, processors, memory, GPUs.",
    .details = "A row an attempt, with the mean and the peak of what was sampled; "
               "\"monitor\": {\"interval_s\": 1} in the study sets how often.",
    .example = "  wattune monitor cifar10.db\n"
               "  wattune monitor cifar10.db --trial bayes.0.17\n"
               "  wattune monitor cifar10.db --samples --format csv -o samples.csv",
    .options = options,
    .run = run,
};
