/* emissions.h - the CO2 of every joule of a study, by one intensity and PUE.
 *
 * What is kept is kg CO2e per joule: an attempt's from its own time, the overhead's from the
 * time between the first start and the last end of its arm's attempts, since overhead is not
 * dated. So a figure by any idle policy, and a bound, is that times its joules, and a missing
 * one stays missing. Threading: read-only once made. */
#ifndef RESULTS_EMISSIONS_H
#define RESULTS_EMISSIONS_H

#include "results/carbon.h"
#include "results/snapshot.h"

struct emissions {
    const struct carbon *carbon; /* borrowed, as is the snapshot that they were made of */
    double **attempts;           /* [n_arms][n_attempts]; NaN for one without joules */
    double *overhead;            /* [n_arms]; NaN when a series cannot tell */
    size_t n_arms;
};

/* `carbon` may be NULL: then *out is NULL, and there is no CO2 figure. Errors: ST_NOTFOUND for
 * an attempt that a series does not cover, with its time; ST_NOMEM. */
enum status emissions_create(struct emissions **out, const struct carbon *carbon,
                             const struct snapshot *snapshot, struct error *err);
void emissions_free(struct emissions *emissions);

/* All that an arm has booked, kg CO2e; NaN when nothing of it has a figure or a part of it has
 * no intensity. */
double emissions_of_arm(const struct emissions *emissions, const struct snapshot *snapshot,
                        size_t arm);

#endif
