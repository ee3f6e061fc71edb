/* fidelity.h - the parameter that says how long a trial trains: more of it costs more and tells
 * more about what the rest of the point, the configuration, is worth.
 *
 * It is an integer or an ordinal of numbers, all positive, without conditions and named by
 * none. Threading: no shared state. */
#ifndef SEARCH_FIDELITY_H
#define SEARCH_FIDELITY_H

#include "search/strategy.h"

struct fidelity {
    const struct space *space;
    size_t param;
    size_t count; /* values that it takes, at least 2 */
};

/* Read the option "fidelity", the parameter's name ("epochs"). The problem's space must outlive
 * it. Errors: ST_INVALID with what is wrong noted among the problems of the options. */
enum status fidelity_read(struct fidelity *fidelity, const struct problem *problem,
                          struct json_reader *options);

/* The k-th smallest amount, and its value as it stands in a point. */
double fidelity_amount(const struct fidelity *fidelity, size_t k);
double fidelity_value(const struct fidelity *fidelity, size_t k);

/* The amount of a point, and the place k of that. */
double fidelity_of(const struct fidelity *fidelity, const double *point);
size_t fidelity_place(const struct fidelity *fidelity, const double *point);

/* The place of the amount nearest to `amount` in ratio. */
size_t fidelity_nearest(const struct fidelity *fidelity, double amount);

#endif
