/* wattune meters: what can be measured here, and why not. */
#include "base/clock.h"
#include "base/strbuf.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "worker/meter_watch.h"

#include <unistd.h>

struct meters_options {
    bool watch;
};

static const struct cli_option options[] = {
    {.name = "watch",
     .letter = 'w',
     .kind = CLI_FLAG,
     .help = "show the power of the booked meters every second until interrupted",
     .offset = offsetof(struct meters_options, watch)},
    {0},
};

/* Print a text and free it. */
static enum status print(struct strbuf *text, struct error *err)
{
    enum status status = strbuf_ok(text)
                             ? output_text(strbuf_text(text), text->length, NULL, err)
                             : error_set(err, ST_NOMEM, "out of memory");
    strbuf_free(text);
    return status;
}

static enum status show_report(struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    meters_report(meter_root(), &text);
    return print(&text, err);
}

/* Until the output fails or a signal comes. */
static enum status watch_power(const struct meter_set *set, struct error *err)
{
    struct meter_watch watch;
    enum status status = ST_OK;
    meter_watch_begin(&watch, set);
    while (status == ST_OK) {
        struct strbuf text = STRBUF_INIT;
        clock_sleep(1);
        if (isatty(STDOUT_FILENO))
            strbuf_append(&text, "\033[H\033[2J"); /* home, clear */
        meter_watch_look(&watch, &text);
        status = print(&text, err);
    }
    return status;
}

static enum status show_power(struct error *err)
{
    struct meter_choice choice;
    enum status status = meter_choice_open(&choice, meter_root(), NULL, 0, err);
    if (status)
        return status;
    if (choice.booked.n == 0) {
        status = error_set(err, ST_UNAVAILABLE, "nothing can be measured here");
        error_remedy(err, "`wattune meters` says what is missing");
    } else {
        status = watch_power(&choice.booked, err);
    }
    meter_choice_close(&choice);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct meters_options chosen = {0};
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, NULL);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct error err = {0};
    enum status status = chosen.watch ? show_power(&err) : show_report(&err);
    return status ? output_error(command, &err) : EXIT_DONE;
}

const struct cli_command cmd_meters = {
    .name = "meters",
    .arguments = "",
    .summary = "Tell which energy meters this machine has, which are booked, and why the "
               "others are not.",
    .details =
        "WATTUNE_SYSROOT makes it look below another folder, such as a captured tree of "
        "another machine. WATTUNE_IDLE_W gives the watts that this host draws at rest, which "
        "are measured before a study's first trial otherwise.",
    .example = "  wattune meters\n"
               "  wattune meters --watch",
    .options = options,
    .run = run,
};
