#include "results/monitor.h"
#include "results/monitor_columns.h"

static void add_columns(const struct snapshot *snapshot, const struct monitor_rows *rows,
                        struct table *table)
{
    struct strbuf power = STRBUF_INIT;
    monitor_append_power_heading(snapshot, "power", &power);
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
        monitor_put_identity(snapshot, row, table);
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
    status = monitor_create_table(&table, snapshot, err);
    if (!status)
        add_columns(snapshot, &rows, table);
    for (size_t i = 0; i < rows.n && !status; i++)
        status = put_samples(snapshot, &rows.rows[i], store, table, err);
    if (!status)
        monitor_add_notes(snapshot, &rows, table);
    monitor_rows_free(&rows);
    if (status)
        table_free(table);
    else
        *out = table;
    return status;
}
