/* What runs now, of `wattune status`. */
#include "results/monitor_columns.h"
#include "results/sparkline.h"
#include "results/study_status.h"

#include <math.h>

/* Bars of what was seen last, and of how many samples at most. */
enum { BARS = 15, SAMPLES_DRAWN = 60 };

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

/* Some attempt that runs has it, and the highest bar of all of them. */
struct extent {
    bool known;
    double top;
};

static struct sample_series series_of(const struct study_status *status, size_t i)
{
    return sample_series_last(&status->samples[i], SAMPLES_DRAWN);
}

static struct extent extent_of(const struct study_status *status, enum sample_figure figure)
{
    struct extent extent = {0};
    for (size_t i = 0; i < status->n_running; i++) {
        struct sample_series series = series_of(status, i);
        struct sample_summary summary = sample_summarise(&series, figure);
        extent.known |= !isnan(summary.last);
        extent.top = fmax(extent.top, summary.peak);
    }
    return extent;
}

static void add_figures(const struct study_status *status, const struct extent extents[SHOWN],
                        struct table *table)
{
    struct strbuf heading = STRBUF_INIT;
    for (size_t k = 0; k < SHOWN; k++) {
        enum sample_figure figure = shown[k].figure;
        const char *name = sample_figure_names[figure].heading;
        strbuf_clear(&heading);
        if (figure == SAMPLE_POWER)
            monitor_append_power_heading(status->snapshot, name, &heading);
        else
            strbuf_append(&heading, name);
        if (!extents[k].known)
            continue;
        table_add_column(table, sample_figure_names[figure].key, strbuf_text(&heading),
                         monitor_figure_kind(figure));
        if (shown[k].drawn)
            table_add_column(table, NULL, "lately", COLUMN_TEXT);
    }
    strbuf_free(&heading);
}

static void put_bars(const struct sample_series *series, enum sample_figure figure, double top,
                     struct table *table)
{
    double bars[BARS];
    struct sparkline line = {.bars = bars};
    struct strbuf text = STRBUF_INIT;
    sparkline_make(&line, series, figure, BARS);
    sparkline_append(&line, top, &text);
    table_put_text(table, line.n > 0 ? strbuf_text(&text) : NULL);
    strbuf_free(&text);
}

static void put_figures(const struct study_status *status, size_t i,
                        const struct extent extents[SHOWN], struct table *table)
{
    struct sample_series series = series_of(status, i);
    for (size_t k = 0; k < SHOWN; k++) {
        if (!extents[k].known)
            continue;
        table_put_number(table, sample_summarise(&series, shown[k].figure).last);
        if (shown[k].drawn)
            put_bars(&series, shown[k].figure, extents[k].top, table);
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

static void add_columns(const struct study_status *status, const struct extent extents[SHOWN],
                        struct table *table)
{
    table_add_column(table, "strategy", "running", COLUMN_TEXT);
    table_add_column(table, "trial", "trial", COLUMN_INTEGER);
    table_add_column(table, "attempt", "attempt", COLUMN_INTEGER);
    table_add_column(table, "host", "host", COLUMN_TEXT);
    table_add_column(table, "worker", "worker", COLUMN_INTEGER);
    table_add_column(table, "for_s", "for", COLUMN_SECONDS);
    add_figures(status, extents, table);
    table_add_column(table, "step", "step", COLUMN_NUMBER);
    table_add_column(table, "report", "last report", COLUMN_TEXT);
}

static void put_row(const struct study_status *status, size_t i, int64_t now_us,
                    const struct extent extents[SHOWN], struct table *table)
{
    const struct attempt_record *attempt = status->attempts[i];
    double for_s = (double)(now_us - attempt->started_at_us) / 1e6;
    table_begin_row(table);
    table_put_text(table, status->snapshot->arm_records[attempt->arm].strategy);
    table_put_integer(table, (int64_t)attempt->trial);
    table_put_integer(table, attempt->attempt);
    table_put_text(table, attempt->host);
    table_put_integer(table, attempt->worker);
    table_put_number(table, for_s > 0 ? for_s : 0);
    put_figures(status, i, extents, table);
    put_report(status->reports[i], table);
}

enum status study_status_running_table(struct table **out, const struct study_status *status,
                                       int64_t now_us)
{
    struct extent extents[SHOWN];
    enum status failed = table_create(out, NULL);
    if (failed)
        return failed;
    for (size_t k = 0; k < SHOWN; k++)
        extents[k] = extent_of(status, shown[k].figure);
    add_columns(status, extents, *out);
    for (size_t i = 0; i < status->n_running; i++)
        put_row(status, i, now_us, extents, *out);
    return ST_OK;
}
