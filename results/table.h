/* table.h - a table of results, and its three forms: aligned text, CSV (RFC 4180) and JSON.
 *
 * Missing cells are empty in text and CSV and null in JSON, never 0. Text is laid out by
 * libsmartcols. Threading: one owner at a time. */
#ifndef RESULTS_TABLE_H
#define RESULTS_TABLE_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum table_format { TABLE_TEXT, TABLE_CSV, TABLE_JSON };

/* How a column's numbers are shown in text (CSV and JSON always hold every digit). */
enum column_kind {
    COLUMN_TEXT,
    COLUMN_INTEGER,
    COLUMN_NUMBER,  /* four significant digits */
    COLUMN_JOULES,  /* with a prefix: 1.23 kJ */
    COLUMN_SECONDS, /* 1.2 s, 3 min 20 s, 2 h 5 min */
    COLUMN_PERCENT  /* of a fraction: 12.3 % */
};

struct table;

enum status table_create(struct table **out, const char *title);
void table_free(struct table *table);

/* Columns first, then rows. `name` is the key in CSV and JSON; `heading` is for text, NULL to
 * leave the column out of the text form. Failures (no memory) are remembered and answered by
 * table_write(). */
void table_add_column(struct table *table, const char *name, const char *heading,
                      enum column_kind kind);
void table_begin_row(struct table *table);
/* The next cell of the row. NaN and NULL are missing. Texts are copied. */
void table_put_text(struct table *table, const char *text);
void table_put_number(struct table *table, double value);
void table_put_integer(struct table *table, int64_t value);
void table_put_missing(struct table *table);
/* A line under the text form: what a figure means, that it is estimated. Left out of CSV;
 * "notes" in JSON. */
void table_add_note(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

size_t table_rows(const struct table *table);

/* Append the whole table. `width` is the terminal's (0: unlimited), `colour` allows ANSI
 * sequences. */
enum status table_write(const struct table *table, enum table_format format, size_t width,
                        bool colour, struct strbuf *out);

#endif
