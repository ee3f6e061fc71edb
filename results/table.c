#include "results/table.h"

#include "base/clock.h"
#include "results/table_impl.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status table_create(struct table **out, const char *title)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table)
        return ST_NOMEM;
    if (title && !(table->title = strdup(title))) {
        free(table);
        return ST_NOMEM;
    }
    *out = table;
    return ST_OK;
}

static void free_rows(struct table *table)
{
    for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
        if (table->cells[i].kind == CELL_TEXT)
            free(table->cells[i].text);
    free(table->cells);
}

void table_free(struct table *table)
{
    if (!table)
        return;
    free_rows(table);
    for (size_t i = 0; i < table->n_columns; i++) {
        free(table->columns[i].name);
        free(table->columns[i].heading);
    }
    for (size_t i = 0; i < table->n_notes; i++)
        free(table->notes[i]);
    table_free(table->below);
    free(table->columns);
    free(table->notes);
    free(table->title);
    free(table);
}

void table_add_column(struct table *table, const char *name, const char *heading,
                      enum column_kind kind)
{
    assert(table->n_rows == 0);
    struct column *grown =
        reallocarray(table->columns, table->n_columns + 1, sizeof *table->columns);
    char *name_copy = name ? strdup(name) : NULL;
    char *heading_copy = heading ? strdup(heading) : NULL;
    if (grown)
        table->columns = grown;
    if (!grown || (name && !name_copy) || (heading && !heading_copy)) {
        free(name_copy);
        free(heading_copy);
        table->failed = true;
        return;
    }
    table->columns[table->n_columns++] =
        (struct column){.name = name_copy, .heading = heading_copy, .kind = kind};
}

void table_begin_row(struct table *table)
{
    size_t wanted = (table->n_rows + 1) * table->n_columns;
    if (table->failed)
        return;
    if (wanted > table->room) {
        size_t room = 2 * wanted;
        struct cell *grown = reallocarray(table->cells, room, sizeof *grown);
        if (!grown) {
            table->failed = true;
            return;
        }
        table->cells = grown;
        table->room = room;
    }
    memset(table->cells + table->n_rows * table->n_columns, 0,
           table->n_columns * sizeof *table->cells);
    table->n_rows++;
    table->filled = 0;
}

/* The next cell of the row, missing until it is filled; NULL after a failure. */
static struct cell *next_cell(struct table *table)
{
    if (table->failed)
        return NULL;
    assert(table->n_rows > 0 && table->filled < table->n_columns);
    struct cell *cell = &table->cells[(table->n_rows - 1) * table->n_columns + table->filled];
    cell->shown = table->columns[table->filled++].kind;
    return cell;
}

void table_put_text(struct table *table, const char *text)
{
    struct cell *cell = next_cell(table);
    if (!cell || !text)
        return;
    cell->text = strdup(text);
    if (cell->text)
        cell->kind = CELL_TEXT;
    else
        table->failed = true;
}

void table_put_number(struct table *table, double value)
{
    struct cell *cell = next_cell(table);
    if (!cell || !isfinite(value))
        return;
    cell->kind = CELL_NUMBER;
    cell->number = value;
}

void table_put_integer(struct table *table, int64_t value)
{
    struct cell *cell = next_cell(table);
    if (!cell)
        return;
    cell->kind = CELL_INTEGER;
    cell->integer = value;
}

void table_put_missing(struct table *table)
{
    next_cell(table);
}

void table_put_count(struct table *table, int64_t count)
{
    if (count < 0)
        table_put_missing(table);
    else
        table_put_integer(table, count);
}

void table_put_time(struct table *table, int64_t time_us)
{
    char text[CLOCK_TEXT_SIZE];
    if (time_us >= 0)
        clock_format(time_us, text);
    table_put_text(table, time_us < 0 ? NULL : text);
}

void table_put_figure(struct table *table, enum column_kind kind, double value)
{
    struct cell *cell = next_cell(table);
    if (!cell || !isfinite(value))
        return;
    cell->kind = CELL_NUMBER;
    cell->shown = kind;
    cell->number = value;
}

void table_add_note(struct table *table, const char *format, ...)
{
    char **grown = reallocarray(table->notes, table->n_notes + 1, sizeof *grown);
    if (!grown) {
        table->failed = true;
        return;
    }
    table->notes = grown;
    va_list args;
    va_start(args, format);
    if (vasprintf(&table->notes[table->n_notes], format, args) < 0)
        table->failed = true;
    else
        table->n_notes++;
    va_end(args);
}

void table_set_below(struct table *table, struct table *below)
{
    table_free(table->below);
    table->below = below;
}

size_t table_rows(const struct table *table)
{
    return table->n_rows;
}

const struct cell *table_cell(const struct table *table, size_t row, size_t column)
{
    return &table->cells[row * table->n_columns + column];
}

static double cell_number(const struct cell *cell)
{
    if (cell->kind == CELL_NUMBER)
        return cell->number;
    return cell->kind == CELL_INTEGER ? (double)cell->integer : (double)NAN;
}

/* A row's place in a sorted table. */
struct place {
    double key; /* lowest first; NaN last */
    size_t row;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (isnan(p->key) != isnan(q->key))
        return isnan(p->key) ? 1 : -1;
    if (p->key < q->key || p->key > q->key)
        return p->key < q->key ? -1 : 1;
    return p->row < q->row ? -1 : 1;
}

void table_sort(struct table *table, size_t i, bool highest_first)
{
    if (table->failed || table->n_rows == 0)
        return;
    size_t width = table->n_columns;
    struct place *places = calloc(table->n_rows, sizeof *places);
    struct cell *sorted = reallocarray(NULL, table->n_rows * width, sizeof *sorted);
    if (!places || !sorted) {
        free(places);
        free(sorted);
        table->failed = true;
        return;
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        double key = cell_number(table_cell(table, row, i));
        places[row] = (struct place){highest_first ? -key : key, row};
    }
    qsort(places, table->n_rows, sizeof *places, compare_places);
    for (size_t row = 0; row < table->n_rows; row++)
        memcpy(sorted + row * width, table->cells + places[row].row * width,
               width * sizeof *sorted);
    free(table->cells);
    free(places);
    table->cells = sorted;
    table->room = table->n_rows * width;
}

void table_append_exact(struct strbuf *out, double value)
{
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    strbuf_append(out, text);
}

enum status table_write(const struct table *table, enum table_format format, size_t width,
                        bool colour, struct strbuf *out)
{
    if (table->failed || (table->below && table->below->failed))
        return ST_NOMEM;
    switch (format) {
    case TABLE_TEXT:
        return table_write_text(table, width, colour, out);
    case TABLE_CSV:
        return table_write_csv(table, out);
    case TABLE_JSON:
        return table_write_json(table, out);
    }
    return ST_INVALID;
}
