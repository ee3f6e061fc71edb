#include "results/monitor.h"
#include "results/monitor_columns.h"
#include "results/units.h"

#include <math.h>
#include <string.h>

static void append_value(struct strbuf *out, enum sample_figure figure, double value)
{
    enum column_kind kind = monitor_figure_kind(figure);
    if (kind == COLUMN_WATTS)
        units_append_power(out, value);
    else if (kind == COLUMN_MEMORY)
        units_append_memory(out, value);
    else if (kind == COLUMN_PERCENT)
        strbuf_printf(out, "%.0f %%", 100 * value);
    else
        strbuf_printf(out, "%.2f", value);
}

static void append_summary(struct strbuf *out, enum sample_figure figure,
                           const struct sample_summary *summary)
{
    if (!isnan(summary->mean)) {
        strbuf_append(out, "mean ");
        append_value(out, figure, summary->mean);
    }
    if (!isnan(summary->peak)) {
        strbuf_append(out, isnan(summary->mean) ? "peak " : ", peak ");
        append_value(out, figure, summary->peak);
    }
}

/* The highest of this line alone: a chart shows one attempt's course, not how attempts compare.
 */
static double top_of(const struct sparkline *line)
{
    double top = 0;
    for (size_t i = 0; i < line->n; i++)
        top = fmax(top, line->bars[i]);
    return top;
}

static void append_line(struct strbuf *out, const struct monitor_row *row,
                        enum sample_figure figure)
{
    const struct sparkline *line = &row->lines[figure];
    strbuf_printf(out, "  %-10s  ", sample_figure_names[figure].heading);
    sparkline_append(line, top_of(line), out);
    if (line->n > 0)
        strbuf_append(out, "  ");
    append_summary(out, figure, &row->figures[figure]);
    strbuf_append_char(out, '\n');
}

/* "0 s" below the first bar, and the end below the last one. */
static void append_axis(struct strbuf *out, const struct monitor_row *row)
{
    struct strbuf end = STRBUF_INIT;
    size_t bars = row->lines[SAMPLE_CORES].n;
    units_append_time(&end, row->sampled_s);
    if (bars > end.length + 4)
        strbuf_printf(out, "%14s%-*s%s\n", "", (int)(bars - end.length), "0 s",
                      strbuf_text(&end));
    strbuf_free(&end);
}

static void append_head(struct strbuf *out, const struct snapshot *snapshot,
                        const struct monitor_row *row, bool colour)
{
    const struct attempt_record *attempt = row->attempt;
    bool ended = attempt->state != TRIAL_RUNNING;
    const char *quality = ended ? attempt->energy.quality : snapshot->study->energy_quality;
    strbuf_append(out, colour ? "\033[1m" : "");
    attempt_append_name(row->attempt, row->arm->arm, out);
    snapshot_append_continued(row->arm, row->attempt->trial, out);
    strbuf_append(out, colour ? "\033[0m" : "");
    strbuf_printf(out, ": %s", trial_state_text(attempt->state));
    if (attempt->host)
        strbuf_printf(out, " on %s", attempt->host);
    strbuf_append(out, ended ? " after " : " for ");
    units_append_time(out, ended ? attempt->duration_s : row->sampled_s);
    strbuf_printf(out, ", %zu sample%s, power %s\n\n", row->n_samples,
                  row->n_samples == 1 ? "" : "s", quality ? quality : "unknown");
}

static bool has_figure(const struct monitor_row *row, enum sample_figure figure)
{
    return !isnan(row->figures[figure].mean) || !isnan(row->figures[figure].peak);
}

enum status monitor_chart(const struct snapshot *snapshot, struct store *store,
                          const struct monitor_choice *choice, bool colour, struct strbuf *out,
                          struct error *err)
{
    struct monitor_rows rows;
    enum status status = monitor_rows_load(&rows, snapshot, store, choice, err);
    if (status)
        return status;
    for (size_t i = 0; i < rows.n; i++) {
        strbuf_append(out, i > 0 ? "\n" : "");
        append_head(out, snapshot, &rows.rows[i], colour);
        for (int k = 0; k < SAMPLE_FIGURES; k++)
            if (has_figure(&rows.rows[i], (enum sample_figure)k))
                append_line(out, &rows.rows[i], (enum sample_figure)k);
        append_axis(out, &rows.rows[i]);
    }
    monitor_rows_free(&rows);
    return strbuf_ok(out) ? ST_OK : error_set(err, ST_NOMEM, "out of memory");
}
