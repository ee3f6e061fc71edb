/* maximise.h - the lattice point of a space where a score is largest.
 *
 * A small finite space is searched through. Elsewhere: a scrambled Sobol sweep and perturbed
 * copies of the best points known; then local ascent from the best few of them, along gradients
 * in the continuous coordinates (real parameters, and integers of many values, which are
 * rounded afterwards) and by trying other values of one discrete parameter at a time, in turns
 * until neither improves. Changing a parameter that others depend on gives those their middle
 * values. The work is fixed by `effort`, so the answer depends on nothing but the arguments.
 * Threading: one maximiser per thread. */
#ifndef SEARCH_MAXIMISE_H
#define SEARCH_MAXIMISE_H

#include "base/status.h"
#include "search/pool.h"
#include "search/strategy.h"

#include <stddef.h>
#include <stdint.h>

struct effort {
    size_t exhaustive;  /* finite spaces of at most so many points are searched through */
    size_t sweep;       /* Sobol points */
    size_t near;        /* perturbed copies of the points known to be good */
    size_t starts;      /* local ascents, at most MAXIMISE_STARTS */
    size_t evaluations; /* of gradients, in each turn of each ascent */
    size_t turns;       /* of gradients and discrete steps */
};

#define MAXIMISE_STARTS 16

struct maximiser;

/* The problem must outlive it. Errors: ST_NOMEM. */
enum status maximiser_create(struct maximiser **out, const struct problem *problem);
void maximiser_free(struct maximiser *maximiser);

/* Find a point with a large score that is not in the history (unless that is NULL or the
 * problem allows duplicates). good[n_good x space_count()] are points known to be good, best
 * first; n_good may be 0. Answers ST_OK with the point; ST_NOTFOUND when all points that were
 * looked at have been asked for; ST_NOMEM. */
enum status maximise(struct maximiser *maximiser, const struct score *score,
                     const struct history *history, const double *good, size_t n_good,
                     uint64_t seed, const struct effort *effort, double *point);

#endif
