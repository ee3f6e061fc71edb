/* csv_reader.h - read a CSV file by the names of its columns.
 *
 * RFC 4180, except that a quoted field ends on the line that it began on. Line ends may be LF
 * or CR LF, empty lines are passed over, and so is a byte order mark. The first record names
 * the columns. Errors name the file and the line. Threading: one owner at a time. */
#ifndef BASE_CSV_READER_H
#define BASE_CSV_READER_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { CSV_FIELDS_MAX = 256 };

struct csv_reader {
    const char *source; /* names the file in messages; borrowed */
    char *text;         /* owned; the fields are cut out of it */
    char *next;         /* the start of the next line, NULL at the end */
    size_t line;        /* of the present record, from 1 */
    char *fields[CSV_FIELDS_MAX];
    size_t n_fields;
    size_t columns[CSV_FIELDS_MAX]; /* the place of each of the wanted columns */
    size_t n_columns;               /* wanted */
};

/* Start reading a file of at most 64 MiB, or a text that is copied, and find the n wanted
 * columns in its first record; others are passed over. Until the first csv_next(), the fields
 * are the names of all columns; those texts stay until csv_close(). Errors: ST_FORMAT for a
 * column that is missing or there twice, for a NUL byte; what the system says of the file;
 * ST_NOMEM. */
enum status csv_open_file(struct csv_reader *csv, const char *path, const char *const *wanted,
                          size_t n, struct error *err);
enum status csv_open_text(struct csv_reader *csv, const char *source, const char *text,
                          const char *const *wanted, size_t n, struct error *err);
/* Safe after a failed open. */
void csv_close(struct csv_reader *csv);

/* Go to the next record; *more is false when there is none. Errors: ST_FORMAT for a record that
 * is malformed or too short. */
enum status csv_next(struct csv_reader *csv, bool *more, struct error *err);

/* True when the text is a finite decimal number and nothing else: no white space, no 0x10. */
bool csv_parse_number(const char *text, double *value);

/* The i-th wanted column of the present record; borrowed until the next one is read. */
const char *csv_field(const struct csv_reader *csv, size_t i);

/* The same as a decimal number in [low, high]. Errors: ST_FORMAT. */
enum status csv_number(const struct csv_reader *csv, size_t i, double low, double high,
                       double *value, struct error *err);

#endif
