/* wattune meters: what can be measured here, and why not. */
#include "base/strbuf.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "worker/meter.h"

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    enum cli_outcome outcome = cli_parse(command, argc, argv, NULL, NULL);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct error err = {0};
    struct strbuf text = STRBUF_INIT;
    meters_report(meter_root(), &text);
    enum status status = strbuf_ok(&text)
                             ? output_text(strbuf_text(&text), text.length, NULL, &err)
                             : error_set(&err, ST_NOMEM, "out of memory");
    strbuf_free(&text);
    return status ? output_error(command, &err) : EXIT_DONE;
}

const struct cli_command cmd_meters = {
    .name = "meters",
    .arguments = "",
    .summary = "Tell which energy meters this machine has, which are booked, and why the "
               "others are not.",
    .details = "WATTUNE_SYSROOT makes it look below another folder, such as a captured tree of "
               "another machine.",
    .example = "  wattune meters",
    .run = run,
};
