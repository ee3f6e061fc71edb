#include "orchestrator/train_view.h"

#include "base/clock.h"
#include "base/log.h"
#include "cnn/checkpoint_file.h"
#include "orchestrator/output.h"
#include "orchestrator/signals.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How often the line is drawn and the meters are read. */
#define DRAW_INTERVAL_S 0.1
#define LOOK_INTERVAL_S 1.0

enum { DEFAULT_WIDTH = 80 };

static void write_error(const struct strbuf *text)
{
    if (text->length > 0 && !text->failed) {
        ssize_t written = write(STDERR_FILENO, text->text, text->length); /* nobody to tell */
        (void)written;
    }
}

/* The live line is this text now. */
static void show(const char *line)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "\r%s\033[K", line);
    write_error(&text);
    strbuf_free(&text);
}

static void clear_line(void)
{
    show("");
}

static void open_meters(struct train_view *view)
{
    view->energy = (struct train_energy){NAN, ENERGY_NONE};
    if (meter_choice_open(&view->meters, meter_root(), NULL, 0, NULL))
        return;
    view->energy.quality = view->meters.booked.quality;
    meter_watch_begin(&view->watch, &view->meters.booked);
}

void train_view_open(struct train_view *view, enum progress_mode mode,
                     const struct train_settings *settings)
{
    if (mode == PROGRESS_AUTO)
        mode = isatty(STDERR_FILENO) ? PROGRESS_LIVE : PROGRESS_PLAIN;
    *view = (struct train_view){
        .mode = mode, .settings = settings, .start_s = clock_monotonic_s(), .epoch_s = NAN};
    open_meters(view);
    if (mode == PROGRESS_LIVE)
        log_set_before(clear_line);
}

void train_view_close(struct train_view *view)
{
    if (view->mode == PROGRESS_LIVE) {
        clear_line();
        log_set_before(NULL);
    }
    meter_choice_close(&view->meters);
    free(view->rows);
    view->rows = NULL;
}

static void look(struct train_view *view, double now_s)
{
    if (view->energy.quality != ENERGY_NONE)
        view->energy.energy_j = meter_watch_energy_j(&view->watch);
    view->looked_s = now_s;
}

static void on_phase(void *context, const char *phase)
{
    struct train_view *view = context;
    if (strcmp(phase, "train") == 0)
        view->epoch_s = clock_monotonic_s();
    else if (strcmp(phase, "load") == 0 && view->mode == PROGRESS_LIVE)
        show("loading the data, building the network");
}

double train_view_share(const struct train_view *view, const struct train_step *step)
{
    double train = (double)view->train_steps, val = (double)view->val_steps / 3;
    double done =
        strcmp(step->phase, "train") == 0 ? (double)step->step : train + (double)step->step / 3;
    if (strcmp(step->phase, "test") == 0)
        return 1;
    return ((double)(step->epoch - 1) + done / (train + val)) / (double)view->settings->epochs;
}

/* Keep what the steps tell of the passes' lengths and of the time that a share takes. */
static double follow(struct train_view *view, const struct train_step *step, double now_s,
                     double *left_s)
{
    if (strcmp(step->phase, "train") == 0)
        view->train_steps = step->steps;
    else if (strcmp(step->phase, "validate") == 0)
        view->val_steps = step->steps;
    double share = train_view_share(view, step);
    if (view->steps_s == 0) {
        view->steps_s = now_s;
        view->share_then = share;
    }
    double done = share - view->share_then;
    *left_s = done > 0 ? (now_s - view->steps_s) * (1 - share) / done : (double)NAN;
    return share;
}

static void draw(struct train_view *view, const struct train_moment *moment)
{
    size_t width = output_width(STDERR_FILENO);
    struct strbuf line = STRBUF_INIT;
    train_text_moment(moment, (width ? width : DEFAULT_WIDTH) - 1, &line);
    show(strbuf_text(&line));
    strbuf_free(&line);
    view->drawn_s = clock_monotonic_s();
}

static bool on_step(void *context, const struct train_step *step)
{
    struct train_view *view = context;
    bool stop = signals_look(); /* before anyone sees that there are steps */
    double now_s = clock_monotonic_s(), left_s;
    double share = follow(view, step, now_s, &left_s);
    if (now_s - view->looked_s >= LOOK_INTERVAL_S)
        look(view, now_s);
    if (view->mode == PROGRESS_LIVE && now_s - view->drawn_s >= DRAW_INTERVAL_S)
        draw(view, &(struct train_moment){step, (int)view->settings->epochs, share, left_s,
                                          view->energy});
    return !stop;
}

/* Without memory the curve lacks the row, and nothing else. */
static void keep_row(struct train_view *view, const struct train_row *row)
{
    if (view->n == view->capacity) {
        size_t capacity = view->capacity ? 2 * view->capacity : 64;
        struct train_row *rows = reallocarray(view->rows, capacity, sizeof *rows);
        if (!rows)
            return;
        view->rows = rows;
        view->capacity = capacity;
    }
    view->rows[view->n++] = *row;
}

static void print_row(const struct train_view *view, const struct train_row *row)
{
    struct strbuf text = STRBUF_INIT;
    if (view->mode == PROGRESS_LIVE)
        strbuf_append(&text, "\r\033[K");
    if (view->n == 0)
        train_text_head(&text);
    train_text_row(row, (int)view->settings->epochs, &text);
    write_error(&text);
    strbuf_free(&text);
}

static bool on_epoch(void *context, const struct train_report *report)
{
    struct train_view *view = context;
    double now_s = clock_monotonic_s();
    look(view, now_s);
    struct train_row row = {*report, now_s - view->epoch_s, view->energy.energy_j};
    if (view->mode != PROGRESS_NONE)
        print_row(view, &row);
    keep_row(view, &row);
    return true;
}

struct train_events train_view_events(struct train_view *view)
{
    return (struct train_events){
        .context = view, .on_phase = on_phase, .on_epoch = on_epoch, .on_step = on_step};
}

static bool has(const char *folder, const char *name)
{
    char path[PATH_MAX];
    return folder && snprintf(path, sizeof path, "%s/%s", folder, name) < PATH_MAX &&
           access(path, F_OK) == 0;
}

/* All rows but the one of the checkpoint, which is told once more. */
static int trained_now(const struct train_view *view)
{
    return (int)view->n - (view->n > 0 && isnan(view->rows[0].time_s));
}

enum status train_view_result(struct train_view *view, const struct train_result *result,
                              const char *folder, struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    double now_s = clock_monotonic_s();
    look(view, now_s);
    if (view->mode == PROGRESS_LIVE)
        clear_line();
    strbuf_append(&text, view->mode == PROGRESS_NONE ? "" : "\n");
    train_text_curve(view->rows, view->n, output_width(STDOUT_FILENO), &text);
    train_text_summary(
        &(struct train_summary){.settings = view->settings,
                                .result = result,
                                .folder = folder,
                                .has_latest = !result->unkept && has(folder, CHECKPOINT_LATEST),
                                .has_best = has(folder, CHECKPOINT_BEST),
                                .epochs_now = trained_now(view),
                                .time_s = now_s - view->start_s,
                                .energy = view->energy},
        &text);
    enum status status = strbuf_ok(&text)
                             ? output_text(strbuf_text(&text), text.length, NULL, err)
                             : error_set(err, ST_NOMEM, "out of memory");
    strbuf_free(&text);
    return status;
}
