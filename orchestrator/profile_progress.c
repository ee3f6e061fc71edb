#include "orchestrator/profile_progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "orchestrator/output.h"
#include "orchestrator/signals.h"

#include <stdio.h>
#include <unistd.h>

/* Between two looks of the line. */
#define LIVE_EVERY_S 0.25

static void write_error(const char *text, int length)
{
    ssize_t written = write(STDERR_FILENO, text, (size_t)length); /* nobody to tell */
    (void)written;
}

static void clear_line(void)
{
    write_error("\r\033[K", 4);
}

void profile_progress_open(struct profile_progress_line *line)
{
    *line = (struct profile_progress_line){.live = output_width(STDERR_FILENO) > 0};
    signals_watch();
    if (line->live)
        log_set_before(clear_line);
}

void profile_progress_close(struct profile_progress_line *line)
{
    signals_restore();
    if (!line->live)
        return;
    clear_line();
    log_set_before(NULL);
}

void profile_progress_begin(struct profile_progress_line *line, const char *what, double from,
                            double to)
{
    line->what = what;
    line->from = from;
    line->span = to - from;
}

bool profile_progress_go_on(void *context, double share)
{
    struct profile_progress_line *line = context;
    double now_s = clock_monotonic_s();
    if (line->live && now_s - line->shown_s >= LIVE_EVERY_S) {
        char text[96];
        line->shown_s = now_s;
        clear_line();
        write_error(text, snprintf(text, sizeof text, "%s, %.0f %% done", line->what,
                                   100 * (line->from + share * line->span)));
    }
    return !signals_came();
}
