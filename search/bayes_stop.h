/* bayes_stop.h - when the strategy `bayes` ends by itself, because too little is left to gain.
 *
 * Two prices, both in the unit of the objective: a gain that is not worth any trial, and a gain
 * that is not worth a joule. For the first, what is left to gain is bounded from above by
 *
 *     min over the told trials of (mean + B sigma) - min over the space of (mean - B sigma)
 *
 * (Makarova et al. 2022, "Automatic termination for hyperparameter optimization"). The second
 * is compared with the expected improvement of the next trial over its expected joules.
 * Threading: one owner at a time. */
#ifndef SEARCH_BAYES_STOP_H
#define SEARCH_BAYES_STOP_H

#include "search/bayes_kind.h"

#include <stdbool.h>

struct bayes_stop {
    double gain;           /* 0: never ends by it */
    double gain_per_joule; /* likewise */
    size_t told;           /* not before so many trials were told */
    char reason[160];      /* why it ended */
};

/* Read "stop" of the options; mistakes are noted there. */
void bayes_stop_read(struct bayes_stop *stop, struct json_reader *options, size_t n_objectives,
                     size_t start);

/* Is the bound on what is left below the gain? After bayes_kind.prepare(). Errors: ST_NOMEM. */
enum status bayes_stop_by_gain(struct bayes_stop *stop, struct bayes_work *work,
                               const struct history *history, bool *ends);

/* Is the improvement that is expected at the point u, which is to be proposed, not worth its
 * joules? False as long as nothing is known of joules. */
bool bayes_stop_by_price(struct bayes_stop *stop, struct bayes_work *work,
                         const struct history *history, const double *u);

#endif
