/* points.h - the parameters of trials as cells of a table. */
#ifndef RESULTS_POINTS_H
#define RESULTS_POINTS_H

#include "results/snapshot.h"
#include "results/table.h"

/* The parsed parameters of every trial of a snapshot. */
struct points {
    const struct snapshot *snapshot;
    struct json ***objects; /* [n_arms][n_trials] */
};

/* Errors: ST_FORMAT for parameters that are no JSON; ST_NOMEM. */
enum status points_open(struct points *points, const struct snapshot *snapshot,
                        struct error *err);
/* Safe after a failed open. */
void points_close(struct points *points);

/* One column a parameter. Its name is no other column's: the space refuses those
 * (column_is_reserved()). */
void points_add_columns(const struct points *points, struct table *table);
/* The cells of one trial. */
void points_put(const struct points *points, size_t arm, size_t trial, struct table *table);

#endif
