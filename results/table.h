/* table.h - a table of results, and its three forms: aligned text, CSV (RFC 4180) and JSON.
 *
 * Missing cells are "-" in text, empty in CSV and null in JSON, never 0. CSV and JSON hold
 * every digit that tells a number from its neighbours. Text is laid out by libsmartcols.
 * Threading: one owner at a time. */
#ifndef RESULTS_TABLE_H
#define RESULTS_TABLE_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum table_format { TABLE_TEXT, TABLE_CSV, TABLE_JSON };

/* How a column's numbers are shown in text (units.h). */
enum column_kind {
    COLUMN_TEXT,
    COLUMN_INTEGER,
    COLUMN_NUMBER,     /* four significant digits, whole numbers whole */
    COLUMN_DECIMAL,    /* two decimals: 3.98 processors */
    COLUMN_RATIO,      /* three decimals, or three digits where they are few: 0.0619 */
    COLUMN_JOULES,     /* with a prefix: 1.23 kJ */
    COLUMN_CO2E,       /* kilograms, with a prefix: 26.7 g */
    COLUMN_WATTS,      /* with a prefix: 1.23 kW */
    COLUMN_MEMORY,     /* MiB, with a prefix: 1.23 GiB */
    COLUMN_OPERATIONS, /* floating-point, with a prefix: 1.23 GFLOP */
    COLUMN_SPEED,      /* of them a second: 1.23 GFLOP/s */
    COLUMN_SECONDS,    /* 12.3 ms, 3 min 20 s, 2 h 5 min */
    COLUMN_PERCENT,    /* of a fraction: 12.3 %, 0.018 % */
    COLUMN_FIGURE      /* numbers of different kinds, each with its own: table_put_figure() */
};

struct table;

/* `title` (may be NULL) stands above the text form and is "title" in JSON. Errors: ST_NOMEM. */
enum status table_create(struct table **out, const char *title);
void table_free(struct table *table);

/* Columns first, then rows. `name` is the key in CSV and JSON, `heading` is for text; either is
 * NULL to leave the column out of those forms. Failures (no memory) are remembered and answered
 * by table_write(). */
void table_add_column(struct table *table, const char *name, const char *heading,
                      enum column_kind kind);
void table_begin_row(struct table *table);
/* The next cell of the row. NaN and NULL are missing. Texts are copied. */
void table_put_text(struct table *table, const char *text);
void table_put_number(struct table *table, double value);
void table_put_integer(struct table *table, int64_t value);
void table_put_missing(struct table *table);
void table_put_count(struct table *table, int64_t count);  /* missing when it is negative */
void table_put_time(struct table *table, int64_t time_us); /* likewise; as UTC */
/* A number shown as another kind than its column's. */
void table_put_figure(struct table *table, enum column_kind kind, double value);
/* A line under the text form: what a figure means, that it is estimated. Left out of CSV;
 * "notes" in JSON. */
void table_add_note(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A table to stand between the rows and the notes, in the text form alone. Owned from then on.
 */
void table_set_below(struct table *table, struct table *below);

/* Order the rows by the numbers of column i, lowest or highest first; rows that lack it come
 * last, ties keep their order. */
void table_sort(struct table *table, size_t i, bool highest_first);

size_t table_rows(const struct table *table);

/* Append the whole table. `width` is the terminal's (0: unlimited): long texts are shortened to
 * fit it, numbers and short texts never. `colour` allows ANSI sequences. Text is UTF-8 whatever
 * the locale is. Errors: ST_NOMEM, also for what failed while the table was built. */
enum status table_write(const struct table *table, enum table_format format, size_t width,
                        bool colour, struct strbuf *out);

#endif
