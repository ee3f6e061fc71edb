#include "results/monitor.h"
#include "results/provenance.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

enum column_kind monitor_figure_kind(enum sample_figure figure)
{
    static const enum column_kind kinds[SAMPLE_FIGURES] = {
        [SAMPLE_POWER] = COLUMN_WATTS,    [SAMPLE_NODE_POWER] = COLUMN_WATTS,
        [SAMPLE_CORES] = COLUMN_DECIMAL,  [SAMPLE_MEMORY] = COLUMN_MEMORY,
        [SAMPLE_GPU] = COLUMN_PERCENT,    [SAMPLE_GPU_MEMORY] = COLUMN_MEMORY,
        [SAMPLE_GPU_POWER] = COLUMN_WATTS};
    return kinds[figure];
}

void monitor_append_power_heading(const struct snapshot *snapshot, const char *text,
                                  struct strbuf *out)
{
    struct qualities of = provenance_of(snapshot, NULL).attempts;
    const char *chosen = snapshot->study->energy_quality;
    if (of.worst < 0 && chosen)
        of.worst = of.best = energy_quality_rank(chosen);
    qualities_append_heading(out, text, of);
}

/* What of a figure the text form shows. */
enum { MEAN = 1, PEAK = 2, BARS = 4 };
static const unsigned shown[SAMPLE_FIGURES] = {[SAMPLE_POWER] = MEAN | PEAK | BARS,
                                               [SAMPLE_NODE_POWER] = MEAN,
                                               [SAMPLE_CORES] = MEAN | BARS,
                                               [SAMPLE_MEMORY] = PEAK | BARS,
                                               [SAMPLE_GPU] = MEAN | BARS,
                                               [SAMPLE_GPU_MEMORY] = PEAK,
                                               [SAMPLE_GPU_POWER] = MEAN};

static void add_figure_columns(const struct monitor_rows *rows, enum sample_figure figure,
                               const char *heading, struct table *table)
{
    const struct sample_figure_names *names = &sample_figure_names[figure];
    enum column_kind kind = monitor_figure_kind(figure);
    unsigned what = rows->known[figure] ? shown[figure] : 0;
    bool has_mean = what & MEAN;
    table_add_column(table, names->mean_key, has_mean ? heading : NULL, kind);
    table_add_column(table, names->peak_key, what & PEAK ? (has_mean ? "peak" : heading) : NULL,
                     kind);
    if (what & BARS)
        table_add_column(table, NULL, "over time", COLUMN_TEXT);
}

static void add_identity_columns(struct table *table)
{
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "arm", NULL, COLUMN_INTEGER);
    table_add_column(table, "strategy", NULL, COLUMN_TEXT);
    table_add_column(table, "repeat", NULL, COLUMN_INTEGER);
    table_add_column(table, "trial", NULL, COLUMN_INTEGER);
    table_add_column(table, "attempt", NULL, COLUMN_INTEGER);
    table_add_column(table, NULL, "trial", COLUMN_TEXT);
}

static void put_identity(const struct snapshot *snapshot, const struct monitor_row *row,
                         struct table *table)
{
    struct strbuf name = STRBUF_INIT;
    monitor_row_append_name(row, &name);
    table_put_text(table, snapshot->study->name);
    table_put_integer(table, row->arm->arm->number);
    table_put_text(table, row->arm->arm->strategy);
    table_put_integer(table, row->arm->arm->repeat);
    table_put_integer(table, (int64_t)row->attempt->trial);
    table_put_integer(table, row->attempt->attempt);
    table_put_text(table, strbuf_text(&name));
    strbuf_free(&name);
}

static void add_columns(const struct snapshot *snapshot, const struct monitor_rows *rows,
                        struct table *table)
{
    struct strbuf heading = STRBUF_INIT;
    add_identity_columns(table);
    table_add_column(table, "state", "state", COLUMN_TEXT);
    table_add_column(table, "host", NULL, COLUMN_TEXT);
    table_add_column(table, "worker", NULL, COLUMN_INTEGER);
    table_add_column(table, "duration_s", "time", COLUMN_SECONDS);
    table_add_column(table, "samples", NULL, COLUMN_INTEGER);
    table_add_column(table, "sampled_s", NULL, COLUMN_SECONDS);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    for (int i = 0; i < SAMPLE_FIGURES; i++) {
        strbuf_clear(&heading);
        if (i == SAMPLE_POWER)
            monitor_append_power_heading(snapshot, sample_figure_names[i].heading, &heading);
        else
            strbuf_append(&heading, sample_figure_names[i].heading);
        add_figure_columns(rows, (enum sample_figure)i, strbuf_text(&heading), table);
    }
    strbuf_free(&heading);
}

static void put_figure(const struct monitor_rows *rows, const struct monitor_row *row,
                       enum sample_figure figure, struct table *table)
{
    table_put_number(table, row->figures[figure].mean);
    table_put_number(table, row->figures[figure].peak);
    if (!rows->known[figure] || !(shown[figure] & BARS))
        return;
    struct strbuf bars = STRBUF_INIT;
    sparkline_append(&row->lines[figure], rows->top[figure], &bars);
    bool blank = strspn(strbuf_text(&bars), " ") == bars.length;
    table_put_text(table, blank ? NULL : strbuf_text(&bars));
    strbuf_free(&bars);
}

static void put_row(const struct snapshot *snapshot, const struct monitor_rows *rows,
                    const struct monitor_row *row, struct table *table)
{
    const struct attempt_record *attempt = row->attempt;
    bool ended = attempt->state != TRIAL_RUNNING;
    table_begin_row(table);
    put_identity(snapshot, row, table);
    table_put_text(table, trial_state_text(attempt->state));
    table_put_text(table, attempt->host);
    table_put_integer(table, attempt->worker);
    table_put_number(table, ended ? attempt->duration_s : row->sampled_s);
    table_put_integer(table, (int64_t)row->n_samples);
    table_put_number(table, row->n_samples > 0 ? row->sampled_s : (double)NAN);
    table_put_text(table, ended ? attempt->energy.quality : snapshot->study->energy_quality);
    for (int i = 0; i < SAMPLE_FIGURES; i++)
        put_figure(rows, row, (enum sample_figure)i, table);
}

/* Why attempts have left no samples, if the study says so. */
static const char *why_none(const struct snapshot *snapshot)
{
    const char *text = snapshot->study->json, *why = "";
    struct json *root;
    if (json_parse(&root, text, strlen(text), "the study", NULL))
        return why;
    const char *kind = json_string(json_member(json_member(root, "trial"), "kind"));
    if (kind && strcmp(kind, "function") == 0)
        why = " (trials of the kind \"function\" run inside the worker)";
    else if (json_number(json_member(json_member(root, "monitor"), "interval_s")) == 0)
        why = " (the study says \"monitor\": {\"interval_s\": 0})";
    json_free(root);
    return why;
}

static void note_unwatched(const struct snapshot *snapshot, const struct monitor_rows *rows,
                           struct table *table)
{
    size_t unwatched = 0;
    for (size_t i = 0; i < rows->n; i++)
        unwatched += rows->rows[i].n_samples == 0;
    if (unwatched > 0)
        table_add_note(table,
                       "%zu of %zu attempts have no samples%s: what is shown of them comes "
                       "from their totals.",
                       unwatched, rows->n, why_none(snapshot));
}

static void add_notes(const struct snapshot *snapshot, const struct monitor_rows *rows,
                      struct table *table)
{
    table_add_note(table, "power: booked to the trial, its part of the node's idle power "
                          "included; node: all that the node's meters counted.");
    table_add_note(table, "cores: processors kept busy; memory: resident, of all its "
                          "processes. Bars start from 0, with one scale to a column.");
    note_unwatched(snapshot, rows, table);
    provenance_add_notes(snapshot, table);
}

static enum status make_table(struct table **out, const struct snapshot *snapshot,
                              struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "Trials of %s over time", snapshot->study->name);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    return status ? error_set(err, status, "out of memory") : ST_OK;
}

enum status monitor_table(struct table **out, const struct snapshot *snapshot,
                          struct store *store, const struct monitor_choice *choice,
                          struct error *err)
{
    struct monitor_rows rows;
    enum status status = monitor_rows_load(&rows, snapshot, store, choice, err);
    if (status)
        return status;
    status = make_table(out, snapshot, err);
    if (!status) {
        add_columns(snapshot, &rows, *out);
        for (size_t i = 0; i < rows.n; i++)
            put_row(snapshot, &rows, &rows.rows[i], *out);
        add_notes(snapshot, &rows, *out);
    }
    monitor_rows_free(&rows);
    return status;
}

static void add_sample_columns(const struct snapshot *snapshot, const struct monitor_rows *rows,
                               struct table *table)
{
    struct strbuf power = STRBUF_INIT;
    monitor_append_power_heading(snapshot, "power", &power);
    add_identity_columns(table);
    table_add_column(table, "time_s", "time", COLUMN_SECONDS);
    table_add_column(table, "length_s", NULL, COLUMN_SECONDS);
    for (int i = 0; i < SAMPLE_FIGURES; i++) {
        const struct sample_figure_names *names = &sample_figure_names[i];
        const char *heading = i == SAMPLE_POWER ? strbuf_text(&power) : names->heading;
        table_add_column(table, names->key, rows->known[i] ? heading : NULL,
                         monitor_figure_kind((enum sample_figure)i));
    }
    strbuf_free(&power);
}

static enum status put_samples(const struct snapshot *snapshot, const struct monitor_row *row,
                               struct store *store, struct table *table, struct error *err)
{
    const struct attempt_record *attempt = row->attempt;
    struct sample_series series;
    enum status status = store_load_samples(store, attempt->arm, attempt->trial,
                                            attempt->attempt, 0, &series, err);
    for (size_t i = 0; !status && i < series.n; i++) {
        table_begin_row(table);
        put_identity(snapshot, row, table);
        table_put_number(table, (double)series.samples[i].end_us / 1e6);
        table_put_number(table, sample_length_s(&series, i));
        for (int k = 0; k < SAMPLE_FIGURES; k++)
            table_put_number(table, sample_figure_at(&series, i, (enum sample_figure)k));
    }
    if (!status)
        sample_series_free(&series);
    return status;
}

enum status monitor_samples_table(struct table **out, const struct snapshot *snapshot,
                                  struct store *store, const struct monitor_choice *choice,
                                  struct error *err)
{
    struct monitor_rows rows;
    struct table *table = NULL;
    enum status status = monitor_rows_load(&rows, snapshot, store, choice, err);
    if (status)
        return status;
    status = make_table(&table, snapshot, err);
    if (!status)
        add_sample_columns(snapshot, &rows, table);
    for (size_t i = 0; i < rows.n && !status; i++)
        status = put_samples(snapshot, &rows.rows[i], store, table, err);
    if (!status) {
        note_unwatched(snapshot, &rows, table);
        provenance_add_notes(snapshot, table);
    }
    monitor_rows_free(&rows);
    if (status)
        table_free(table);
    else
        *out = table;
    return status;
}
