/* trial_table_columns.h - the columns of a table of recorded trials while it is read; for no
 * one else. */
#ifndef WORKER_TRIAL_TABLE_COLUMNS_H
#define WORKER_TRIAL_TABLE_COLUMNS_H

#include "worker/trial_spec.h"
#include "worker/trial_table_impl.h"

#include <stdint.h>

/* Mistakes beyond these are only counted. */
enum { MISTAKES_SHOWN = 10 };

#define NO_COLUMN SIZE_MAX

/* One of Wattune's own columns that holds a figure of the trial: where it goes, and its range.
 */
struct figure {
    const char *name;
    size_t offset; /* in struct table_figures */
    double low, high;
};

enum { FIGURES = 7 };
extern const struct figure table_figure_columns[FIGURES];

/* The names of the columns, and where those are that matter. */
struct columns {
    const char *names[CSV_FIELDS_MAX];
    size_t n;
    bool objective[CSV_FIELDS_MAX]; /* must be a number in a complete row */
    size_t *params;                 /* [n_params]; NO_COLUMN for a constant that it lacks */
    size_t metrics[CSV_FIELDS_MAX]; /* [n_metrics] */
    size_t figures[FIGURES], state, reason;
    size_t arm, trial, continues; /* of an export */
};

struct table_reader {
    struct trial_table *table;
    const struct trial_params *params;
    const struct table_source *source;
    struct columns columns;
    size_t mistakes;
};

/* Note a mistake of the present line, in a column or, NULL, in all of it. */
void table_mistake(struct table_reader *reader, const char *column, const char *expected,
                   const char *got);

/* Of the row that was just read: when its trial went on from that of an earlier row, add what
 * that one took. */
void table_add_earlier(struct table_reader *reader);

/* Find the columns by the names in the first line; what is missing or twice is noted. */
void table_find_columns(struct table_reader *reader);

#endif
