#include "search/unasked.h"

#include "search/cells.h"
#include "search/permutation.h"

#include <math.h>
#include <stdlib.h>

/* Draws before the points that are left are sought one by one. In a space with a real parameter
 * there is always another point: there it takes far more old ones to give up. */
enum { DRAWS_FINITE = 32, DRAWS_ENDLESS = 10000 };

struct unasked {
    const struct problem *problem;
    struct cells *cells;
    double *u; /* [space_dims()] */
};

enum status unasked_create(struct unasked **out, const struct problem *problem)
{
    *out = NULL;
    struct unasked *unasked = calloc(1, sizeof *unasked);
    if (!unasked)
        return ST_NOMEM;
    unasked->problem = problem;
    unasked->u = calloc(space_dims(problem->space) + 1, sizeof *unasked->u);
    enum status status =
        unasked->u ? cells_create(&unasked->cells, problem->space, CELLS_ALL, NULL) : ST_NOMEM;
    if (status)
        unasked_free(unasked);
    else
        *out = unasked;
    return status;
}

void unasked_free(struct unasked *unasked)
{
    if (!unasked)
        return;
    cells_free(unasked->cells);
    free(unasked->u);
    free(unasked);
}

bool unasked_none(const struct unasked *unasked, const struct history *history)
{
    return !unasked->problem->allow_duplicates &&
           (double)history->n_distinct >= cells_count(unasked->cells);
}

static void draw(struct unasked *unasked, struct rng *rng, double *point)
{
    const struct space *space = unasked->problem->space;
    for (size_t d = 0; d < space_dims(space); d++)
        unasked->u[d] = rng_uniform(rng);
    space_sample(space, unasked->u, point);
}

/* Go through the points in a random order. Some point is left, and when few draws found it, a
 * good part of all points is taken: the walk is no longer than the history is long. */
static void seek(struct unasked *unasked, const struct history *history, uint64_t seed,
                 double *point)
{
    uint64_t n = (uint64_t)cells_count(unasked->cells), i = 0;
    do
        cells_point(unasked->cells, permutation_at(seed, n, i++), point);
    while (i < n && history_contains(history, point));
}

bool unasked_draw(struct unasked *unasked, const struct history *history, uint64_t seed,
                  double *point)
{
    if (unasked_none(unasked, history))
        return false;
    bool finite = cells_count(unasked->cells) <= CELLS_MAX;
    int draws = unasked->problem->allow_duplicates ? 1 : finite ? DRAWS_FINITE : DRAWS_ENDLESS;
    struct rng rng;
    rng_seed(&rng, seed);
    for (int i = 0; i < draws; i++) {
        draw(unasked, &rng, point);
        if (!history_contains(history, point))
            return true;
    }
    if (finite && draws > 1)
        seek(unasked, history, seed, point);
    return true;
}
