#include "orchestrator/simulate_progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "orchestrator/output.h"
#include "results/units.h"

#include <unistd.h>

/* Between two lines. */
#define LIVE_EVERY_S 0.25
#define PLAIN_EVERY_S 10.0

static void write_error(const char *text, size_t length)
{
    ssize_t written = write(STDERR_FILENO, text, length); /* nobody to tell when it is gone */
    (void)written;
}

static void clear_line(void)
{
    write_error("\r\033[K", 4);
}

void simulate_progress_open(struct simulate_progress *progress)
{
    double now_s = clock_monotonic_s();
    *progress = (struct simulate_progress){
        .live = output_width(STDERR_FILENO) > 0, .begun_s = now_s, .shown_s = now_s};
    if (progress->live)
        log_set_before(clear_line);
}

void simulate_progress_close(struct simulate_progress *progress)
{
    if (!progress->live)
        return;
    clear_line();
    log_set_before(NULL);
}

void simulate_progress_watch(void *context, size_t n_runs, size_t of_runs, size_t n_trials)
{
    struct simulate_progress *progress = context;
    double now_s = clock_monotonic_s();
    if (now_s - progress->shown_s < (progress->live ? LIVE_EVERY_S : PLAIN_EVERY_S))
        return;
    progress->shown_s = now_s;
    struct strbuf line = STRBUF_INIT;
    strbuf_printf(&line, "%zu of %zu runs, %zu trials, ", n_runs, of_runs, n_trials);
    units_append_time(&line, (now_s - progress->begun_s) * (double)(of_runs - n_runs) /
                                 (double)n_runs);
    strbuf_append(&line, " left");
    if (progress->live) {
        clear_line();
        write_error(strbuf_text(&line), line.length);
    } else {
        log_info("%s", strbuf_text(&line));
    }
    strbuf_free(&line);
}
