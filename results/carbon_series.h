/* carbon_series.h - a grid's carbon intensity over time, from a user's file.
 *
 * The file is a CSV with the columns timestamp (timestamp.h) and g_per_kwh, in the order of
 * time. A value holds from its timestamp to the next one; the last holds as long as the one
 * before it did. Threading: read-only once loaded. */
#ifndef RESULTS_CARBON_SERIES_H
#define RESULTS_CARBON_SERIES_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct carbon_series {
    char *path;
    int64_t *times_us; /* [n + 1] ascending; the last is where the series ends */
    double *g_per_kwh; /* [n] */
    size_t n;          /* 2 or more */
};

/* Errors: ST_FORMAT with file and line (a timestamp that is none or not after the one before
 * it, a value that no grid has, fewer than two points); what the system says of the file;
 * ST_NOMEM. */
enum status carbon_series_load(struct carbon_series *series, const char *path,
                               struct error *err);
/* Safe after a failed load. */
void carbon_series_free(struct carbon_series *series);

/* The mean over [from_us, to_us], weighed by time; the value at from_us unless from_us < to_us.
 * NaN when the series does not cover all of it. */
double carbon_series_mean(const struct carbon_series *series, int64_t from_us, int64_t to_us);

#endif
