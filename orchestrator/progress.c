#include "orchestrator/progress.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "orchestrator/output.h"
#include "results/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PLAIN_INTERVAL_S = 60, JSON_INTERVAL_S = 1, DEFAULT_WIDTH = 100 };

const char *const progress_mode_names[] = {"auto", "plain", "json", "none", NULL};

static void write_error(const char *text, size_t length)
{
    ssize_t written = write(STDERR_FILENO, text, length); /* nobody to tell when it is gone */
    (void)written;
}

static void clear_line(void)
{
    write_error("\r\033[K", 4);
}

void progress_open(struct progress *progress, enum progress_mode mode)
{
    if (mode == PROGRESS_AUTO)
        mode = output_width(STDERR_FILENO) > 0 ? PROGRESS_LIVE : PROGRESS_PLAIN;
    *progress = (struct progress){.mode = mode, .last_line_s = clock_monotonic_s()};
    if (mode == PROGRESS_LIVE)
        log_set_before(clear_line);
}

void progress_close(struct progress *progress)
{
    if (progress->mode != PROGRESS_LIVE)
        return;
    clear_line();
    log_set_before(NULL);
}

static size_t trials_wanted(const struct run_snapshot *snapshot)
{
    size_t wanted = 0;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        if (!snapshot->arms[i].limit)
            return 0;
        wanted += snapshot->arms[i].ended ? snapshot->arms[i].asked : snapshot->arms[i].limit;
    }
    return wanted;
}

static void append_energy(struct strbuf *out, double energy_j, enum energy_quality quality)
{
    if (isnan(energy_j) || quality == ENERGY_NONE)
        return;
    strbuf_append(out, " | ");
    units_append_energy(out, energy_j);
    strbuf_printf(out, " %s", energy_quality_text(quality));
}

/* The best among those that keep all constraints, and how many these are. */
static void append_best(struct strbuf *out, const struct run_snapshot *snapshot)
{
    if (!isnan(snapshot->best))
        strbuf_printf(out, " | best %s %.4g", snapshot->metric, snapshot->best);
    if (snapshot->constrained && snapshot->complete > 0)
        strbuf_printf(out, " | %zu feasible", snapshot->feasible);
}

/* Where the trials run, and how far the one is that has run longest. */
static void append_running(struct strbuf *out, const struct run_snapshot *snapshot)
{
    strbuf_printf(out, " | %zu running", snapshot->n_running);
    const struct run_trial *longest = snapshot->n_running ? &snapshot->running[0] : NULL;
    for (size_t i = 1; i < snapshot->n_running; i++)
        if (snapshot->running[i].running_s > longest->running_s)
            longest = &snapshot->running[i];
    if (longest && !isnan(longest->step))
        strbuf_printf(out, " (%s at epoch %g)", longest->id, longest->step);
}

void progress_line(const struct run_snapshot *snapshot, size_t width, struct strbuf *out)
{
    size_t start = out->length;
    size_t ended = snapshot->complete + snapshot->pruned + snapshot->failed;
    size_t wanted = trials_wanted(snapshot);
    if (snapshot->arm < snapshot->n_arms)
        strbuf_printf(out, "%s ", snapshot->arms[snapshot->arm].strategy);
    strbuf_printf(out, wanted ? "%zu/%zu trials" : "%zu trials", ended, wanted);
    if (snapshot->failed)
        strbuf_printf(out, ", %zu failed", snapshot->failed);
    append_best(out, snapshot);
    append_energy(out, snapshot->energy_j, snapshot->quality);
    append_running(out, snapshot);
    if (snapshot->interrupted) {
        strbuf_append(out, " | stopping");
    } else if (!isnan(snapshot->left_s)) {
        strbuf_append(out, " | ");
        units_append_time(out, snapshot->left_s);
        strbuf_append(out, " left");
    }
    if (width > 0 && out->length - start > width && !out->failed) {
        out->length = start + width;
        out->text[out->length] = '\0';
    }
}

static void draw_live(const struct run_snapshot *snapshot)
{
    size_t width = output_width(STDERR_FILENO);
    struct strbuf line = STRBUF_INIT;
    strbuf_append(&line, "\r");
    progress_line(snapshot, (width ? width : DEFAULT_WIDTH) - 1, &line);
    strbuf_append(&line, "\033[K");
    if (strbuf_ok(&line))
        write_error(line.text, line.length);
    strbuf_free(&line);
}

static void print_plain(const struct run_snapshot *snapshot)
{
    struct strbuf line = STRBUF_INIT;
    progress_line(snapshot, 0, &line);
    log_info("%s", strbuf_text(&line));
    strbuf_free(&line);
}

static void print_json(struct json *object)
{
    struct strbuf line = STRBUF_INIT;
    if (json_print(object, false, &line) == ST_OK) {
        strbuf_append_char(&line, '\n');
        write_error(strbuf_text(&line), line.length);
    }
    strbuf_free(&line);
    json_free(object);
}

static void put_energy(struct json *object, double energy_j, enum energy_quality quality)
{
    json_put_number(object, "energy_j", quality == ENERGY_NONE ? (double)NAN : energy_j);
    json_put_string(object, "energy_quality", energy_quality_text(quality));
}

static void print_json_snapshot(const struct run_snapshot *s)
{
    struct json *object = json_object_create();
    json_put_string(object, "event", "progress");
    json_put_number(object, "trials", (double)s->asked);
    json_put_number(object, "complete", (double)s->complete);
    json_put_number(object, "pruned", (double)s->pruned);
    json_put_number(object, "failed", (double)s->failed);
    json_put_number(object, "running", (double)s->n_running);
    json_put_number(object, "best", s->best);
    if (s->constrained)
        json_put_number(object, "feasible", (double)s->feasible);
    put_energy(object, s->energy_j, s->quality);
    json_put_number(object, "elapsed_s", s->elapsed_s);
    json_put_number(object, "left_s", s->left_s);
    print_json(object);
}

static void introduce(struct progress *progress, const struct run_snapshot *snapshot)
{
    progress->introduced = true;
    snprintf(progress->metric, sizeof progress->metric, "%s", snapshot->metric);
    if (progress->mode == PROGRESS_JSON)
        return;
    size_t wanted = trials_wanted(snapshot);
    char trials[48] = "";
    if (wanted)
        snprintf(trials, sizeof trials, "up to %zu trials, ", wanted);
    log_info("%s: %s%zu arm%s, %zu worker%s", snapshot->study, trials, snapshot->n_arms,
             snapshot->n_arms == 1 ? "" : "s", snapshot->n_workers,
             snapshot->n_workers == 1 ? "" : "s");
}

/* Before the first trial. */
static void announce_quiet(struct progress *progress, const struct run_snapshot *snapshot)
{
    if (progress->told_quiet)
        return;
    progress->told_quiet = true;
    if (progress->mode == PROGRESS_JSON) {
        struct json *object = json_object_create();
        json_put_string(object, "event", "quiet");
        json_put_number(object, "window_s", snapshot->quiet_s);
        print_json(object);
    } else {
        log_info("%s: quiet for %g s, to measure the idle power", snapshot->study,
                 snapshot->quiet_s);
    }
}

static void on_snapshot(void *context, const struct run_snapshot *snapshot)
{
    struct progress *progress = context;
    if (progress->mode == PROGRESS_NONE)
        return;
    if (snapshot->quiet_s > 0)
        announce_quiet(progress, snapshot);
    if (snapshot->n_workers == 0)
        return;
    if (!progress->introduced)
        introduce(progress, snapshot);
    double now_s = clock_monotonic_s();
    double silence_s = now_s - progress->last_line_s;
    if (progress->mode == PROGRESS_LIVE) {
        draw_live(snapshot);
    } else if (progress->mode == PROGRESS_PLAIN && silence_s >= PLAIN_INTERVAL_S) {
        print_plain(snapshot);
        progress->last_line_s = now_s;
    } else if (progress->mode == PROGRESS_JSON && silence_s >= JSON_INTERVAL_S) {
        print_json_snapshot(snapshot);
        progress->last_line_s = now_s;
    }
}

static void print_json_ended(const struct run_ended *ended)
{
    struct json *object = json_object_create();
    json_put_string(object, "event", "ended");
    json_put_string(object, "trial", ended->id);
    json_put_number(object, "attempt", ended->attempt);
    json_put_string(object, "state", trial_state_text(ended->state));
    json_put_bool(object, "retried", ended->retried);
    json_put_string(object, "reason", ended->reason);
    json_put_number(object, "value", ended->value);
    put_energy(object, ended->energy_j, ended->quality);
    json_put_number(object, "duration_s", ended->duration_s);
    json_put_string(object, "host", ended->host);
    json_put_number(object, "worker", ended->worker);
    print_json(object);
}

static void print_ended(const struct progress *progress, const struct run_ended *ended)
{
    struct strbuf line = STRBUF_INIT;
    strbuf_printf(&line, "%s %s", ended->id, trial_state_text(ended->state));
    if (!isnan(ended->value))
        strbuf_printf(&line, " | %s %.4g", progress->metric, ended->value);
    append_energy(&line, ended->energy_j, ended->quality);
    strbuf_append(&line, " | ");
    units_append_time(&line, ended->duration_s);
    if (ended->reason)
        strbuf_printf(&line, " | %s%s", ended->reason,
                      ended->retried ? "; it is tried again" : "");
    log_line(ended->state == TRIAL_FAILED ? LOG_WARN : LOG_INFO, "%s", strbuf_text(&line));
    strbuf_free(&line);
}

static void on_ended(void *context, const struct run_ended *ended)
{
    struct progress *progress = context;
    progress->last_line_s = clock_monotonic_s();
    if (progress->mode == PROGRESS_JSON)
        print_json_ended(ended);
    else if (progress->mode == PROGRESS_PLAIN ||
             (progress->mode == PROGRESS_LIVE && ended->state == TRIAL_FAILED))
        print_ended(progress, ended);
}

struct run_observer progress_observer(struct progress *progress)
{
    return (struct run_observer){
        .context = progress, .snapshot = on_snapshot, .ended = on_ended};
}
