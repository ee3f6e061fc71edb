/* What runs now, of `wattune status`. */
#include "results/monitor_columns.h"
#include "results/sparkline.h"
#include "results/study_status.h"

#include <math.h>

/* Bars of what was seen last. */
enum { BARS = 15, BARS_NARROW = 6 };

/* Below this many columns a terminal is narrow. */
enum { WIDE = 115 };

/* What is shown of a running attempt: the last value, and the bars if `drawn`. */
static const struct {
    enum sample_figure figure;
    bool drawn;
} shown[] = {{SAMPLE_POWER, true},
             {SAMPLE_CORES, true},
             {SAMPLE_MEMORY, false},
             {SAMPLE_GPU, true},
             {SAMPLE_GPU_MEMORY, false}};

enum { SHOWN = sizeof shown / sizeof shown[0] };

/* A figure of all attempts that run. */
struct extent {
    bool shown; /* some attempt has it, and there is room */
    double top; /* the highest bar */
};

struct layout {
    const struct study_status *status;
    bool narrow, reported; /* something was reported */
    size_t bars;
    struct extent extents[SHOWN];
};

static struct sample_series series_of(const struct study_status *status, size_t i)
{
    return sample_series_last(&status->samples[i], STUDY_STATUS_SAMPLES);
}

static struct extent extent_of(const struct study_status *status, enum sample_figure figure)
{
    struct extent extent = {0};
    for (size_t i = 0; i < status->n_running; i++) {
        struct sample_series series = series_of(status, i);
        struct sample_summary summary = sample_summarise(&series, figure);
        extent.shown |= !isnan(summary.last);
        extent.top = fmax(extent.top, summary.peak);
    }
    return extent;
}

/* In 80 columns the reports go before what is seldom looked at every second. */
static bool has_room(const struct layout *layout, enum sample_figure figure)
{
    return !layout->narrow || !layout->reported || figure == SAMPLE_POWER ||
           figure == SAMPLE_CORES;
}

static void measure(struct layout *layout)
{
    const struct study_status *status = layout->status;
    for (size_t i = 0; i < status->n_running; i++)
        layout->reported |= status->reports[i] != NULL;
    for (size_t k = 0; k < SHOWN; k++) {
        layout->extents[k] = extent_of(status, shown[k].figure);
        layout->extents[k].shown &= has_room(layout, shown[k].figure);
    }
}

static void add_figures(const struct layout *layout, struct table *table)
{
    struct strbuf heading = STRBUF_INIT;
    for (size_t k = 0; k < SHOWN; k++) {
        enum sample_figure figure = shown[k].figure;
        const char *name = sample_figure_names[figure].heading;
        strbuf_clear(&heading);
        if (figure == SAMPLE_POWER)
            monitor_append_power_heading(layout->status->snapshot, name, &heading);
        else
            strbuf_append(&heading, name);
        if (!layout->extents[k].shown)
            continue;
        table_add_column(table, sample_figure_names[figure].key, strbuf_text(&heading),
                         monitor_figure_kind(figure));
        if (shown[k].drawn)
            table_add_column(table, NULL, "lately", COLUMN_TEXT);
    }
    strbuf_free(&heading);
}

static void put_bars(const struct layout *layout, const struct sample_series *series, size_t k,
                     struct table *table)
{
    double bars[BARS];
    struct sparkline line = {.bars = bars};
    struct strbuf text = STRBUF_INIT;
    sparkline_make(&line, series, shown[k].figure, layout->bars);
    sparkline_append(&line, layout->extents[k].top, &text);
    table_put_text(table, line.n > 0 ? strbuf_text(&text) : NULL);
    strbuf_free(&text);
}

static void put_figures(const struct layout *layout, size_t i, struct table *table)
{
    struct sample_series series = series_of(layout->status, i);
    for (size_t k = 0; k < SHOWN; k++) {
        if (!layout->extents[k].shown)
            continue;
        table_put_number(table, sample_summarise(&series, shown[k].figure).last);
        if (shown[k].drawn)
            put_bars(layout, &series, k, table);
    }
}

static void put_report(const struct report_record *report, struct table *table)
{
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; report && i < report->n_metrics; i++)
        strbuf_printf(&text, "%s%s %.4g", i ? ", " : "", report->metrics[i].name,
                      report->metrics[i].value);
    table_put_number(table, report ? report->step : (double)NAN);
    table_put_text(table, report ? strbuf_text(&text) : NULL);
    strbuf_free(&text);
}

static void add_columns(const struct layout *layout, struct table *table)
{
    table_add_column(table, "trial", "running", COLUMN_TEXT);
    table_add_column(table, "host", layout->narrow ? NULL : "host", COLUMN_TEXT);
    table_add_column(table, "worker", layout->narrow ? NULL : "worker", COLUMN_INTEGER);
    table_add_column(table, "for_s", "for", COLUMN_SECONDS);
    add_figures(layout, table);
    table_add_column(table, "step", layout->reported ? "step" : NULL, COLUMN_NUMBER);
    table_add_column(table, "report", layout->reported ? "last report" : NULL, COLUMN_TEXT);
}

static void put_name(const struct layout *layout, const struct attempt_record *attempt,
                     struct table *table)
{
    struct strbuf name = STRBUF_INIT;
    const struct snapshot_arm *arm = &layout->status->snapshot->arms[attempt->arm];
    attempt_append_name(attempt, arm->arm, &name);
    if (!layout->narrow)
        snapshot_append_continued(arm, attempt->trial, &name);
    table_put_text(table, strbuf_text(&name));
    strbuf_free(&name);
}

static void put_row(const struct layout *layout, size_t i, int64_t now_us, struct table *table)
{
    const struct attempt_record *attempt = layout->status->attempts[i];
    double for_s = (double)(now_us - attempt->started_at_us) / 1e6;
    table_begin_row(table);
    put_name(layout, attempt, table);
    table_put_text(table, attempt->host);
    table_put_integer(table, attempt->worker);
    table_put_number(table, for_s > 0 ? for_s : 0);
    put_figures(layout, i, table);
    put_report(layout->status->reports[i], table);
}

enum status study_status_running_table(struct table **out, const struct study_status *status,
                                       int64_t now_us, size_t width)
{
    bool narrow = width > 0 && width < WIDE;
    struct layout layout = {
        .status = status, .narrow = narrow, .bars = narrow ? BARS_NARROW : BARS};
    enum status failed = table_create(out, NULL);
    if (failed)
        return failed;
    measure(&layout);
    add_columns(&layout, *out);
    for (size_t i = 0; i < status->n_running; i++)
        put_row(&layout, i, now_us, *out);
    return ST_OK;
}
