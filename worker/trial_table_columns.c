/* The first line of a table of recorded trials: which column is what. */
#include "worker/trial_table_columns.h"

#include "base/columns.h"
#include "worker/printable.h"

#include <string.h>

#define ENERGY_MAX_J 9e9

const struct figure table_figure_columns[FIGURES] = {
    {"energy_j", offsetof(struct table_figures, energy_j), -ENERGY_MAX_J, ENERGY_MAX_J},
    {"energy_low_j", offsetof(struct table_figures, energy_low_j), -ENERGY_MAX_J, ENERGY_MAX_J},
    {"energy_high_j", offsetof(struct table_figures, energy_high_j), -ENERGY_MAX_J,
     ENERGY_MAX_J},
    {"duration_s", offsetof(struct table_figures, duration_s), 0, 1e10},
    {"cpu_s", offsetof(struct table_figures, cpu_s), 0, 1e15},
    {"peak_memory_mb", offsetof(struct table_figures, peak_memory_mb), 0, 1e15},
    {"epochs_done", offsetof(struct table_figures, epochs_done), 0, 0x1p53},
};

void table_mistake(struct table_reader *reader, const char *column, const char *expected,
                   const char *got)
{
    const struct table_source *source = reader->source;
    if (reader->mistakes++ < MISTAKES_SHOWN)
        json_problem(source->problems, source->at, source->path, "%s:%zu: %s%s%s%s%s%.40s%s",
                     source->file, reader->table->csv.line, column ? "column '" : "",
                     column ? column : "", column ? "': " : "", expected, got ? ", got '" : "",
                     got ? got : "", got ? "'" : "");
}

static size_t find_column(const struct columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->names[i], name) == 0)
            return i;
    return NO_COLUMN;
}

/* The column of that name, which is noted as missing when there is none. */
static size_t require_column(struct table_reader *reader, const char *name, const char *what)
{
    struct columns *columns = &reader->columns;
    size_t at = find_column(columns, name);
    if (at != NO_COLUMN)
        return at;
    const char *near = json_closest_name(name, columns->names, columns->n);
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "is missing: %s%s%s%s", what, near ? "; did you mean '" : "",
                  near ? near : "", near ? "'?" : "");
    table_mistake(reader, name, strbuf_text(&text), NULL);
    strbuf_free(&text);
    return NO_COLUMN;
}

/* They are printed and exported as names of metrics. */
static void read_names(struct table_reader *reader)
{
    struct columns *columns = &reader->columns;
    const struct csv_reader *csv = &reader->table->csv;
    for (size_t i = 0; i < csv->n_fields; i++) {
        printable_line(csv->fields[i]);
        if (*csv->fields[i] && find_column(columns, csv->fields[i]) != NO_COLUMN)
            table_mistake(reader, csv->fields[i], "is there twice", NULL);
        columns->names[columns->n++] = csv->fields[i];
    }
}

static bool is_param(const struct trial_params *params, const char *name)
{
    for (size_t i = 0; i < params->n; i++)
        if (strcmp(params->names[i], name) == 0)
            return true;
    return false;
}

/* What is neither a parameter nor a column of Wattune's own is a metric; a column without a
 * name is the index that some programs write. */
static void find_metrics(struct table_reader *reader)
{
    struct columns *columns = &reader->columns;
    struct trial_table *table = reader->table;
    for (size_t i = 0; i < columns->n; i++) {
        const char *name = columns->names[i];
        if (!*name || is_param(reader->params, name) || column_is_reserved(name))
            continue;
        table->metrics[table->n_metrics] = name;
        columns->metrics[table->n_metrics++] = i;
    }
}

void table_find_columns(struct table_reader *reader)
{
    const struct trial_params *params = reader->params;
    struct columns *columns = &reader->columns;
    read_names(reader);
    for (size_t i = 0; i < params->n; i++)
        columns->params[i] =
            params->constant[i]
                ? find_column(columns, params->names[i])
                : require_column(reader, params->names[i], "it is a parameter of the space");
    for (const char *const *name = params->needed; *name; name++) {
        size_t at = require_column(reader, *name, "the study's objectives or budget need it");
        if (at != NO_COLUMN)
            columns->objective[at] = true;
    }
    for (size_t i = 0; i < FIGURES; i++)
        columns->figures[i] = find_column(columns, table_figure_columns[i].name);
    columns->state = find_column(columns, "state");
    columns->reason = find_column(columns, "reason");
    columns->arm = find_column(columns, "arm");
    columns->trial = find_column(columns, "trial");
    columns->continues = find_column(columns, "continues");
    reader->table->has_energy = find_column(columns, "energy_j") != NO_COLUMN;
    find_metrics(reader);
}
