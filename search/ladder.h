/* ladder.h - the results on each rung of successive halving, and who goes up next.
 *
 * A trial goes up when it is among the best floor(n / eta) of the n results on its rung, as
 * soon as it is: no rung waits to be full (asynchronous successive halving: Li et al. 2020).
 * Threading: one owner at a time. */
#ifndef SEARCH_LADDER_H
#define SEARCH_LADDER_H

#include "search/rungs.h"

struct climber {
    double
        cost; /* of the first objective, to be minimised; INFINITY for one that never goes up */
    size_t trial;
    bool promoted;
};

struct ladder_rung {
    struct climber *ranked; /* [n], best first; equal ones in the order of telling */
    size_t n, capacity;
};

struct ladder {
    const struct rungs *rungs; /* borrowed */
    struct ladder_rung at[RUNGS_MAX];
};

void ladder_free(struct ladder *ladder);

/* Add a result. One that is not complete counts but never goes up. Errors: ST_NOMEM, and
 * nothing has changed. */
enum status ladder_add(struct ladder *ladder, const struct trial *trial, enum goal goal);

/* The next promotion, from the highest rung that has one: the point of the trial with the
 * fidelity of the next rung, and the trial that it continues, into the proposal. A trial whose
 * point on the next rung was asked for here already does not go up. False when there is none.
 */
bool ladder_promote(struct ladder *ladder, const struct history *history,
                    struct proposal *proposal);

/* When nothing more will come in from below: the best trial of the lowest rung from which none
 * went up, because too few are there. False when every rung has sent one up or is empty. */
bool ladder_finish(struct ladder *ladder, const struct history *history,
                   struct proposal *proposal);

#endif
