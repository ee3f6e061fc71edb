#include "orchestrator/train_text.h"

#include "cnn/checkpoint_file.h"
#include "cnn/model.h"
#include "orchestrator/shell_word.h"
#include "results/sparkline.h"
#include "results/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Bars of the curve at most, and the columns that a line of it has beside them. */
enum { BARS_MAX = 60, BESIDE_BARS = 54 };

static void append_energy(struct strbuf *out, const char *before,
                          const struct train_energy *energy)
{
    if (isnan(energy->energy_j))
        return;
    strbuf_append(out, before);
    units_append_energy(out, energy->energy_j);
    strbuf_printf(out, " %s", energy_quality_text(energy->quality));
}

void train_text_speed(double images_per_s, struct strbuf *out)
{
    strbuf_printf(out, images_per_s < 100 ? "%.3g images/s" : "%.0f images/s", images_per_s);
}

/* Whole seconds: the last digits of an estimate mean nothing. */
static void append_left(struct strbuf *out, double left_s)
{
    double whole_s = fmax(1, ceil(left_s));
    strbuf_append(out, " | ");
    if (whole_s < 60)
        strbuf_printf(out, "%.0f s", whole_s);
    else
        units_append_time(out, whole_s);
    strbuf_append(out, " left");
}

/* Keep the first figures that fit. */
static void cut(struct strbuf *out, size_t start, size_t width)
{
    if (width == 0 || out->failed || out->length - start <= width)
        return;
    size_t end = start + width;
    while (end > start && strncmp(out->text + end, " | ", 3) != 0)
        end--;
    out->length = end > start ? end : start + width;
    out->text[out->length] = '\0';
}

void train_text_moment(const struct train_moment *moment, size_t width, struct strbuf *out)
{
    size_t start = out->length;
    const struct train_step *step = moment->step;
    strbuf_printf(out, "epoch %d/%d | %s %zu/%zu | %.0f %%", step->epoch, moment->epochs,
                  step->phase, step->step, step->steps, floor(100 * moment->share));
    if (!isnan(moment->left_s)) {
        append_left(out, moment->left_s);
    }
    strbuf_printf(out, " | loss %.4f", step->loss);
    if (step->time_s > 0) {
        strbuf_append(out, " | ");
        train_text_speed((double)step->images / step->time_s, out);
    }
    append_energy(out, " | ", &moment->energy);
    cut(out, start, width);
}

void train_text_head(struct strbuf *out)
{
    strbuf_printf(out, "%7s%18s%18s\n", "", "loss", "accuracy");
    strbuf_printf(out, "%7s%9s%9s%9s%9s%10s%12s%9s\n", "epoch", "train", "validate", "train",
                  "validate", "rate", "time", "energy");
}

/* Right-aligned, "-" when there is nothing. */
static void append_cell(struct strbuf *out, int width, struct strbuf *cell)
{
    strbuf_printf(out, "%*s", width, cell->length ? cell->text : "-");
    strbuf_free(cell);
}

void train_text_row(const struct train_row *row, int epochs, struct strbuf *out)
{
    const struct train_report *report = &row->report;
    struct strbuf epoch = STRBUF_INIT, time = STRBUF_INIT, energy = STRBUF_INIT;
    strbuf_printf(&epoch, "%d/%d", report->epoch, epochs);
    units_append_time(&time, row->time_s);
    units_append_energy(&energy, row->energy_j);
    append_cell(out, 7, &epoch);
    strbuf_printf(out, "%9.4f%9.4f%9.4f%9.4f%10.3g", report->train_loss, report->val_loss,
                  report->train_accuracy, report->val_accuracy, report->learning_rate);
    append_cell(out, 12, &time);
    append_cell(out, 9, &energy);
    strbuf_append(out, report->best ? " best\n" : "\n");
}

/* A figure of the reports: where it is, and whether a good one is high. */
struct figure {
    const char *name;
    size_t offset;
    bool high;
};

static double figure_of(const struct figure *figure, const struct train_row *row)
{
    double value;
    memcpy(&value, (const char *)&row->report + figure->offset, sizeof value);
    return value;
}

/* The means of equal parts of the rows. */
static void fill_bars(struct sparkline *line, const struct figure *figure,
                      const struct train_row *rows, size_t n)
{
    for (size_t b = 0; b < line->n; b++) {
        size_t begin = b * n / line->n, end = (b + 1) * n / line->n;
        double sum = 0;
        for (size_t i = begin; i < end; i++)
            sum += figure_of(figure, &rows[i]);
        line->bars[b] = sum / (double)(end - begin);
    }
}

static void append_figure(struct strbuf *out, const struct figure *figure,
                          const struct train_row *rows, size_t n, size_t bars_n)
{
    double bars[BARS_MAX], top = 0;
    struct sparkline line = {bars, bars_n};
    const struct train_row *best = rows;
    fill_bars(&line, figure, rows, n);
    for (size_t b = 0; b < bars_n; b++)
        top = fmax(top, bars[b]);
    for (const struct train_row *row = rows; row < rows + n; row++) {
        double ahead = figure_of(figure, row) - figure_of(figure, best);
        if (figure->high ? ahead > 0 : ahead < 0)
            best = row;
    }
    strbuf_printf(out, "  %-19s  ", figure->name);
    sparkline_append(&line, top, out);
    strbuf_printf(out, "  %.4f to %.4f, best %.4f\n", figure_of(figure, rows),
                  figure_of(figure, rows + n - 1), figure_of(figure, best));
}

void train_text_curve(const struct train_row *rows, size_t n, size_t width, struct strbuf *out)
{
    static const struct figure figures[] = {
        {"loss, train", offsetof(struct train_report, train_loss), false},
        {"loss, validate", offsetof(struct train_report, val_loss), false},
        {"accuracy, train", offsetof(struct train_report, train_accuracy), true},
        {"accuracy, validate", offsetof(struct train_report, val_accuracy), true},
    };
    size_t room = width == 0 ? BARS_MAX : width > BESIDE_BARS + 10 ? width - BESIDE_BARS : 10;
    size_t bars = room < BARS_MAX ? room : BARS_MAX;
    if (n < 2)
        return;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        append_figure(out, &figures[i], rows, n, n < bars ? n : bars);
    strbuf_append_char(out, '\n');
}

static void append_end(const struct train_summary *summary, struct strbuf *out)
{
    const struct train_result *result = summary->result;
    if (result->end == TRAIN_PATIENCE)
        strbuf_printf(
            out,
            "  ended         early: no lower validation loss since epoch %d (patience %d)\n",
            result->lowest_epoch, (int)summary->settings->patience);
    else if (result->end == TRAIN_STOPPED)
        strbuf_append(out, "  ended         early, as it was asked to\n");
}

static void append_metrics(const struct train_result *result, struct strbuf *out)
{
    strbuf_printf(out, "  last epoch    accuracy %.4f, loss %.4f on the validation images\n",
                  result->last.val_accuracy, result->last.val_loss);
    strbuf_printf(out, "  best epoch    accuracy %.4f in epoch %d\n", result->best_val_accuracy,
                  result->best_epoch);
    if (!isnan(result->test_accuracy))
        strbuf_printf(out, "  test          accuracy %.4f of the last epoch's network\n",
                      result->test_accuracy);
}

static void append_commands(const struct train_summary *summary, struct strbuf *out)
{
    int epochs = (int)summary->settings->epochs;
    strbuf_append(out, "\n  wattune predict ");
    shell_word_append(out, summary->folder);
    strbuf_append(out, " IMAGE...   # names what is in images\n");
    strbuf_append(out, "  wattune train --resume ");
    shell_word_append(out, summary->folder);
    if (summary->result->end == TRAIN_PATIENCE)
        strbuf_append(out, " --patience 0   # trains on\n");
    else
        strbuf_printf(out, " --epochs %d   # trains on\n", 2 * epochs);
}

static void append_places(const struct train_summary *summary, struct strbuf *out)
{
    if (!summary->folder) {
        strbuf_append(out, "  checkpoints   none: --save DIR keeps the network\n");
        return;
    }
    if (!summary->has_latest) {
        strbuf_append(out, "  checkpoints   none of this network in ");
        shell_word_append(out, summary->folder);
        strbuf_append_char(out, '\n');
        return;
    }
    strbuf_append(out, "  checkpoints   ");
    shell_word_append(out, summary->folder);
    strbuf_printf(out, "/%s (epoch %d)", CHECKPOINT_LATEST, summary->result->last.epoch);
    if (summary->has_best)
        strbuf_printf(out, ", %s (epoch %d)", CHECKPOINT_BEST, summary->result->best_epoch);
    strbuf_append_char(out, '\n');
    append_commands(summary, out);
}

void train_text_summary(const struct train_summary *summary, struct strbuf *out)
{
    const struct train_result *result = summary->result;
    strbuf_printf(out, "%s, %lld parameters: %d epoch%s", model_names[summary->settings->model],
                  (long long)result->params, result->last.epoch,
                  result->last.epoch == 1 ? "" : "s");
    if (summary->epochs_now < result->last.epoch)
        strbuf_printf(out, ", %d of them now", summary->epochs_now);
    strbuf_append(out, ", in ");
    units_append_time(out, summary->time_s);
    append_energy(out, ", ", &summary->energy);
    strbuf_append(out, isnan(summary->energy.energy_j) ? "\n" : " (the whole machine)\n");
    append_end(summary, out);
    append_metrics(result, out);
    append_places(summary, out);
}
