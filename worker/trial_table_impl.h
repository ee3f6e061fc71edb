/* trial_table_impl.h - what the files of the trial table share; for no one else.
 *
 * trial_table_columns.c understands the first line; trial_table_read.c reads the others;
 * trial_table.c looks trials up. */
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
};

#endif
