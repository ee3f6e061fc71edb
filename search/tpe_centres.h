/* tpe_centres.h - the trials of a history as the centres of the kernels of Parzen estimates.
 *
 * A row has a number for each coordinate of the space, or NaN where the parameter is inactive:
 * a place in [0, 1] for parameters of many values, which are treated as continuous ones, and
 * the number of the level for the rest. Threading: one owner at a time. */
#ifndef SEARCH_TPE_CENTRES_H
#define SEARCH_TPE_CENTRES_H

#include "base/status.h"
#include "search/strategy.h"

#include <stddef.h>

/* A parameter of numbers with more levels than this is taken for a continuous one. */
#define TPE_LEVELS_MAX 64

enum tpe_axis_kind { TPE_CONTINUOUS, TPE_LEVELS, TPE_CATEGORIES };

struct tpe_axis {
    enum tpe_axis_kind kind;
    size_t param;
    size_t n_levels; /* of levels and categories */
    double *places;  /* [n_levels]: coordinates of the levels */
};

struct tpe_centres {
    const struct space *space;
    struct tpe_axis *axes; /* [dims] */
    size_t dims;
    double *rows; /* [n x dims], by past_number() */
    size_t n, capacity;
    double *u; /* [dims], scratch */
};

/* No rows yet. The space must outlive it. A zeroed one may be freed. Errors: ST_NOMEM. */
enum status tpe_centres_init(struct tpe_centres *centres, const struct space *space);
void tpe_centres_free(struct tpe_centres *centres);

/* Add rows for the trials that are new in the history. Errors: ST_NOMEM. */
enum status tpe_centres_update(struct tpe_centres *centres, const struct problem *problem,
                               const struct history *history);

/* Write a point as a row[dims]. */
void tpe_centres_row(struct tpe_centres *centres, const double *point, double *row);

#endif
