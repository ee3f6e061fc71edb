/* wattune status: how far a study is. */
#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/study_status.h"

#include <stdio.h>
#include <unistd.h>

struct status_options {
    bool follow;
};

static const struct cli_option options[] = {
    {.name = "follow",
     .letter = 'f',
     .kind = CLI_FLAG,
     .help = "look again every second until the study is over",
     .offset = offsetof(struct status_options, follow)},
    {0},
};

/* One look: append it, and say whether the study goes on. The database is closed in between, so
 * that its writer is never held up. */
static enum status look(const char *db, struct strbuf *out, bool *goes_on, struct error *err)
{
    struct view view;
    enum status status = view_open(&view, db, err);
    if (status)
        return status;
    int64_t now_us = clock_realtime_us();
    struct study_status *study;
    status = study_status_load(&study, view.store, view.snapshot, now_us, err);
    if (!status) {
        *goes_on = study->written;
        status = study_status_write(study, db, now_us, output_width(STDOUT_FILENO),
                                    log_stream_has_colour(STDOUT_FILENO), out);
        if (status)
            error_set(err, status, "%s: %s", db, status_text(status));
        study_status_free(study);
    }
    view_close(&view);
    return status;
}

static enum status show(const char *db, bool follow, struct error *err)
{
    bool live = follow && isatty(STDOUT_FILENO);
    bool goes_on = false;
    enum status status;
    do {
        struct strbuf out = STRBUF_INIT;
        if (live)
            strbuf_append(&out, "\033[H\033[2J"); /* home, clear */
        status = look(db, &out, &goes_on, err);
        if (!status)
            status = output_text(strbuf_text(&out), out.length, NULL, err);
        strbuf_free(&out);
        if (!status && follow && goes_on)
            clock_sleep(1);
    } while (!status && follow && goes_on);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct status_options chosen = {0};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct error err = {0};
    return show(db, chosen.follow, &err) ? output_error(command, &err) : EXIT_DONE;
}

const struct cli_command cmd_status = {
    .name = "status",
    .arguments = "DB",
    .n_arguments = 1,
    .summary =
        "Tell how far a study is: trials, joules, the best so far, what runs, the time left.",
    .example = "  wattune status cifar10.db --follow",
    .options = options,
    .run = run,
};
