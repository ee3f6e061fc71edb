/* trial_table_impl.h - what the files of the trial table share; for no one else.
 *
 * trial_table_columns.c understands the first line; trial_table_read.c reads the others, with
 * trial_table_chain.c for trials that continued others;
 * trial_table.c looks trials up; trial_table_run.c has what they came to on the way. */
#ifndef WORKER_TRIAL_TABLE_IMPL_H
#define WORKER_TRIAL_TABLE_IMPL_H

#include "base/csv_reader.h"
#include "worker/trial_table.h"

#include <stdbool.h>

/* A parameter's value in a row. */
struct table_value {
    const char *text; /* NULL: the table has no such column, and any value will do */
    double number;    /* NaN unless the text is one */
};

/* Which trial of the exported study a row is; NaN where the table does not say. */
struct table_origin {
    double arm, trial;
};

struct trial_table {
    char *file;
    struct csv_reader csv; /* owns all texts */
    char **params;         /* [n_params] names, owned */
    size_t n_params;
    double *low, *high;   /* [n_params] of the numbers in the table */
    const char **metrics; /* [n_metrics] */
    size_t n_metrics;
    struct table_row *rows;     /* [n_rows] */
    struct table_value *values; /* [n_rows x n_params] */
    double *results;            /* [n_rows x n_metrics], NaN: none */
    size_t n_rows, capacity;
    bool has_energy;
    struct table_origin *origins; /* [n_rows] while it is read */
    size_t fidelity; /* the parameter that says how long a trial trains, or NO_PARAM */
};

#define NO_PARAM SIZE_MAX

/* A value that is looked for. */
struct sought {
    enum json_kind kind; /* JSON_NULL: the parameter does not exist at this point */
    double number;
    const char *text;
};

/* What a point asks for, [n_params], to free(); NULL when out of memory. */
struct sought *trial_table_seek(const struct trial_table *table, const struct json *point);

/* Is this row of that point, whatever its parameter `except`? */
bool trial_table_matches(const struct trial_table *table, size_t row,
                         const struct sought *sought, size_t except);

/* Which of n rows of a point the seed chooses. */
size_t trial_table_draw(uint64_t seed, size_t n);

#endif
