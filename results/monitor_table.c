#include "results/monitor.h"
#include "results/monitor_columns.h"

#include <math.h>
#include <string.h>

/* What of a figure the text form shows. */
enum { MEAN = 1, PEAK = 2, BARS = 4 };
static const unsigned shown[SAMPLE_FIGURES] = {[SAMPLE_POWER] = MEAN | PEAK | BARS,
                                               [SAMPLE_NODE_POWER] = MEAN,
                                               [SAMPLE_CORES] = MEAN | BARS,
                                               [SAMPLE_MEMORY] = PEAK | BARS,
                                               [SAMPLE_GPU] = MEAN | BARS,
                                               [SAMPLE_GPU_MEMORY] = PEAK,
                                               [SAMPLE_GPU_POWER] = MEAN};

static const unsigned shown_narrow[SAMPLE_FIGURES] = {[SAMPLE_POWER] = MEAN | BARS,
                                                      [SAMPLE_CORES] = MEAN | BARS,
                                                      [SAMPLE_MEMORY] = PEAK,
                                                      [SAMPLE_GPU] = MEAN};

/* The attempts, and what the text form shows of each figure. */
struct layout {
    const struct snapshot *snapshot;
    struct monitor_rows rows;
    unsigned shown[SAMPLE_FIGURES];
    bool narrow;
};

/* Where all figures have room with bars of the length that such a terminal gets. */
static size_t width_wanted(const struct monitor_rows *rows)
{
    bool gpus = rows->known[SAMPLE_GPU] || rows->known[SAMPLE_GPU_MEMORY] ||
                rows->known[SAMPLE_GPU_POWER];
    return gpus ? 200 : 115;
}

static enum status open_layout(struct layout *layout, const struct snapshot *snapshot,
                               struct store *store, const struct monitor_choice *choice,
                               struct error *err)
{
    *layout = (struct layout){.snapshot = snapshot};
    enum status status = monitor_rows_load(&layout->rows, snapshot, store, choice, err);
    if (status)
        return status;
    layout->narrow = choice->width > 0 && choice->width < width_wanted(&layout->rows);
    for (int i = 0; i < SAMPLE_FIGURES; i++)
        if (layout->rows.known[i])
            layout->shown[i] = layout->narrow ? shown_narrow[i] : shown[i];
    return ST_OK;
}

static void add_figure_columns(const struct layout *layout, enum sample_figure figure,
                               const char *heading, struct table *table)
{
    const struct sample_figure_names *names = &sample_figure_names[figure];
    enum column_kind kind = monitor_figure_kind(figure);
    unsigned what = layout->shown[figure];
    bool has_mean = what & MEAN;
    table_add_column(table, names->mean_key, has_mean ? heading : NULL, kind);
    table_add_column(table, names->peak_key, what & PEAK ? (has_mean ? "peak" : heading) : NULL,
                     kind);
    if (what & BARS)
        table_add_column(table, NULL, layout->narrow ? "course" : "over time", COLUMN_TEXT);
}

static void add_columns(const struct layout *layout, struct table *table)
{
    struct strbuf heading = STRBUF_INIT;
    table_add_column(table, "state", layout->narrow ? NULL : "state", COLUMN_TEXT);
    table_add_column(table, "host", NULL, COLUMN_TEXT);
    table_add_column(table, "worker", NULL, COLUMN_INTEGER);
    table_add_column(table, "duration_s", "time", COLUMN_SECONDS);
    table_add_column(table, "samples", NULL, COLUMN_INTEGER);
    table_add_column(table, "sampled_s", NULL, COLUMN_SECONDS);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    for (int i = 0; i < SAMPLE_FIGURES; i++) {
        strbuf_clear(&heading);
        if (i == SAMPLE_POWER)
            monitor_append_power_heading(layout->snapshot, sample_figure_names[i].heading,
                                         &heading);
        else
            strbuf_append(&heading, sample_figure_names[i].heading);
        add_figure_columns(layout, (enum sample_figure)i, strbuf_text(&heading), table);
    }
    strbuf_free(&heading);
}

static void put_figure(const struct layout *layout, const struct monitor_row *row,
                       enum sample_figure figure, struct table *table)
{
    table_put_number(table, row->figures[figure].mean);
    table_put_number(table, row->figures[figure].peak);
    if (!(layout->shown[figure] & BARS))
        return;
    struct strbuf bars = STRBUF_INIT;
    sparkline_append(&row->lines[figure], layout->rows.top[figure], &bars);
    bool blank = strspn(strbuf_text(&bars), " ") == bars.length;
    table_put_text(table, blank ? NULL : strbuf_text(&bars));
    strbuf_free(&bars);
}

static void put_row(const struct layout *layout, const struct monitor_row *row,
                    struct table *table)
{
    const struct attempt_record *attempt = row->attempt;
    bool ended = attempt->state != TRIAL_RUNNING;
    table_begin_row(table);
    monitor_put_identity(layout->snapshot, row, table);
    table_put_text(table, trial_state_text(attempt->state));
    table_put_text(table, attempt->host);
    table_put_integer(table, attempt->worker);
    table_put_number(table, ended ? attempt->duration_s : row->sampled_s);
    table_put_integer(table, (int64_t)row->n_samples);
    table_put_number(table, row->n_samples > 0 ? row->sampled_s : (double)NAN);
    table_put_text(table,
                   ended ? attempt->energy.quality : layout->snapshot->study->energy_quality);
    for (int i = 0; i < SAMPLE_FIGURES; i++)
        put_figure(layout, row, (enum sample_figure)i, table);
}

static void add_legend(struct table *table)
{
    table_add_note(table, "power: booked to the trial, its part of the node's idle power "
                          "included; node: all that the node's meters counted.");
    table_add_note(table, "cores: processors kept busy; memory: resident, of all its "
                          "processes. Bars start from 0, with one scale to a column.");
}

enum status monitor_table(struct table **out, const struct snapshot *snapshot,
                          struct store *store, const struct monitor_choice *choice,
                          struct error *err)
{
    struct layout layout;
    enum status status = open_layout(&layout, snapshot, store, choice, err);
    if (status)
        return status;
    status = monitor_create_table(out, snapshot, err);
    if (!status) {
        add_columns(&layout, *out);
        for (size_t i = 0; i < layout.rows.n; i++)
            put_row(&layout, &layout.rows.rows[i], *out);
        add_legend(*out);
        monitor_add_notes(snapshot, &layout.rows, *out);
    }
    monitor_rows_free(&layout.rows);
    return status;
}
