#include "results/monitor_columns.h"

#include "base/json.h"
#include "results/provenance.h"

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

enum status monitor_create_table(struct table **out, const struct snapshot *snapshot,
                                 struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "Trials of %s over time", snapshot->study->name);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    if (status)
        return error_set(err, status, "out of memory");
    add_identity_columns(*out);
    return ST_OK;
}

void monitor_put_identity(const struct snapshot *snapshot, const struct monitor_row *row,
                          struct table *table)
{
    struct strbuf name = STRBUF_INIT;
    attempt_append_name(row->attempt, row->arm->arm, &name);
    table_put_text(table, snapshot->study->name);
    table_put_integer(table, row->arm->arm->number);
    table_put_text(table, row->arm->arm->strategy);
    table_put_integer(table, row->arm->arm->repeat);
    table_put_integer(table, (int64_t)row->attempt->trial);
    table_put_integer(table, row->attempt->attempt);
    table_put_text(table, strbuf_text(&name));
    strbuf_free(&name);
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

void monitor_add_notes(const struct snapshot *snapshot, const struct monitor_rows *rows,
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
    provenance_add_notes(snapshot, table);
}
