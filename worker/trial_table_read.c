/* Reading a table of recorded trials: all its mistakes at once. */
#include "worker/trial_table_columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True for a row that is kept; its state is in *state. */
static bool read_state(struct table_reader *reader, enum outcome_state *state)
{
    static const char *const without_result[] = {"queued", "running", "cancelled"};
    *state = OUTCOME_COMPLETE;
    if (reader->columns.state == NO_COLUMN)
        return true;
    const char *text = reader->table->csv.fields[reader->columns.state];
    for (*state = OUTCOME_COMPLETE; *state < OUTCOME_CANCELLED; (*state)++)
        if (strcmp(text, outcome_state_text(*state)) == 0)
            return true;
    for (size_t i = 0; i < sizeof without_result / sizeof without_result[0]; i++)
        if (strcmp(text, without_result[i]) == 0)
            return false;
    table_mistake(reader, "state", "expected complete, pruned or failed", text);
    return false;
}

/* Make room for one row more. */
static enum status grow(struct trial_table *table)
{
    if (table->n_rows < table->capacity)
        return ST_OK;
    size_t capacity = table->capacity ? 2 * table->capacity : 64;
    struct table_row *rows = reallocarray(table->rows, capacity, sizeof *rows);
    if (rows)
        table->rows = rows;
    struct table_value *values =
        reallocarray(table->values, capacity * (table->n_params + 1), sizeof *values);
    if (values)
        table->values = values;
    double *results =
        reallocarray(table->results, capacity * (table->n_metrics + 1), sizeof *results);
    if (results)
        table->results = results;
    struct table_origin *origins = reallocarray(table->origins, capacity, sizeof *origins);
    if (origins)
        table->origins = origins;
    if (!rows || !values || !results || !origins)
        return ST_NOMEM;
    table->capacity = capacity;
    return ST_OK;
}

static void read_params(struct table_reader *reader, struct table_value *values)
{
    struct trial_table *table = reader->table;
    for (size_t i = 0; i < table->n_params; i++) {
        size_t at = reader->columns.params[i];
        values[i] = (struct table_value){.number = NAN};
        if (at == NO_COLUMN)
            continue;
        values[i].text = table->csv.fields[at];
        if (!csv_parse_number(values[i].text, &values[i].number)) {
            values[i].number = NAN;
            if (reader->params->numeric[i] && *values[i].text)
                table_mistake(reader, table->params[i], "expected a number", values[i].text);
        }
        table->low[i] = fmin(table->low[i], values[i].number);
        table->high[i] = fmax(table->high[i], values[i].number);
    }
}

/* A cell that is empty or a number of that figure's range. */
static double read_figure(struct table_reader *reader, const struct figure *figure, size_t at,
                          bool complete)
{
    char expected[80];
    const char *text = reader->table->csv.fields[at];
    double number;
    if (!*text && !(complete && reader->columns.objective[at]))
        return (double)NAN;
    if (csv_parse_number(text, &number) && number >= figure->low && number <= figure->high)
        return number;
    snprintf(expected, sizeof expected, "expected a number from %g to %g", figure->low,
             figure->high);
    table_mistake(reader, reader->columns.names[at], expected, text);
    return (double)NAN;
}

static void read_figures(struct table_reader *reader, struct table_row *row)
{
    for (size_t i = 0; i < FIGURES; i++) {
        size_t at = reader->columns.figures[i];
        double *figure =
            (double *)(void *)((char *)&row->figures + table_figure_columns[i].offset);
        *figure = at == NO_COLUMN ? (double)NAN
                                  : read_figure(reader, &table_figure_columns[i], at,
                                                row->state == OUTCOME_COMPLETE);
    }
}

/* Only objectives must be numbers: a column that holds anything else is no metric. */
static void read_metrics(struct table_reader *reader, bool complete, double *results)
{
    struct trial_table *table = reader->table;
    for (size_t i = 0; i < table->n_metrics; i++) {
        size_t at = reader->columns.metrics[i];
        const char *text = table->csv.fields[at];
        bool objective = reader->columns.objective[at];
        if (csv_parse_number(text, &results[i]))
            continue;
        results[i] = NAN;
        if (objective && (*text || complete))
            table_mistake(reader, reader->columns.names[at], "expected a number", text);
        else if (*text)
            table->metrics[i] = NULL;
    }
}

static enum status read_row(struct table_reader *reader)
{
    struct trial_table *table = reader->table;
    struct table_row row = {.line = table->csv.line, .reason = ""};
    if (table->csv.n_fields != reader->columns.n) {
        table_mistake(reader, NULL, "the line has not as many fields as the first line", NULL);
        return ST_OK;
    }
    if (!read_state(reader, &row.state))
        return ST_OK;
    if (grow(table))
        return ST_NOMEM;
    if (reader->columns.reason != NO_COLUMN)
        row.reason = table->csv.fields[reader->columns.reason];
    read_params(reader, &table->values[table->n_rows * table->n_params]);
    read_figures(reader, &row);
    read_metrics(reader, row.state == OUTCOME_COMPLETE,
                 &table->results[table->n_rows * table->n_metrics]);
    table->rows[table->n_rows++] = row;
    table_add_earlier(reader);
    return ST_OK;
}

/* Note what the CSV itself has wrong, whose text names the file and the line. */
static enum status broken(struct table_reader *reader, enum status status,
                          const struct error *err)
{
    const struct table_source *source = reader->source;
    if (status == ST_NOMEM)
        return ST_NOMEM;
    json_problem(source->problems, source->at, source->path, "%s", err->what);
    reader->mistakes++;
    return ST_INVALID;
}

static enum status read_rows(struct table_reader *reader)
{
    struct error err;
    for (bool more = true; more;) {
        enum status status = csv_next(&reader->table->csv, &more, &err);
        if (status)
            return broken(reader, status, &err);
        if (more && read_row(reader))
            return ST_NOMEM;
    }
    if (reader->table->n_rows > 0 || reader->mistakes > 0)
        return ST_OK;
    error_set(&err, ST_FORMAT, "%s: holds no trial that is complete, pruned or failed",
              reader->source->file);
    return broken(reader, ST_FORMAT, &err);
}

static enum status read_table(struct table_reader *reader)
{
    struct error err;
    struct trial_table *table = reader->table;
    enum status status = csv_open_file(&table->csv, table->file, NULL, 0, &err);
    if (status)
        return broken(reader, status, &err);
    table_find_columns(reader);
    /* Without its columns, every line would be a mistake. */
    return reader->mistakes ? ST_INVALID : read_rows(reader);
}

static bool allocate(struct table_reader *reader)
{
    struct trial_table *table = reader->table;
    size_t n = reader->params->n;
    table->fidelity = NO_PARAM;
    table->file = strdup(reader->source->file);
    table->params = calloc(n + 1, sizeof *table->params);
    table->low = calloc(n + 1, sizeof *table->low);
    table->high = calloc(n + 1, sizeof *table->high);
    table->metrics = calloc(CSV_FIELDS_MAX, sizeof *table->metrics);
    reader->columns.params = calloc(n + 1, sizeof *reader->columns.params);
    if (!table->file || !table->params || !table->low || !table->high || !table->metrics ||
        !reader->columns.params)
        return false;
    for (size_t i = 0; i < n; i++) {
        table->low[i] = INFINITY;
        table->high[i] = -INFINITY;
        table->n_params = i + 1;
        if (!(table->params[i] = strdup(reader->params->names[i])))
            return false;
    }
    return true;
}

enum status trial_table_read(struct trial_table **out, const struct table_source *source,
                             const struct trial_params *params)
{
    *out = NULL;
    struct table_reader reader = {.params = params, .source = source};
    reader.table = calloc(1, sizeof *reader.table);
    if (!reader.table)
        return ST_NOMEM;
    enum status status = allocate(&reader) ? read_table(&reader) : ST_NOMEM;
    free(reader.columns.params);
    free(reader.table->origins);
    reader.table->origins = NULL;
    if (reader.mistakes > MISTAKES_SHOWN)
        json_problem(source->problems, source->at, source->path, "%s: and %zu mistakes more",
                     source->file, reader.mistakes - MISTAKES_SHOWN);
    if (!status && reader.mistakes)
        status = ST_INVALID;
    if (status)
        trial_table_free(reader.table);
    else
        *out = reader.table;
    return status;
}
