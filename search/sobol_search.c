/* Sobol search: the points of a scrambled Sobol sequence, leaving out those that were asked. */
#include "search/sobol.h"
#include "search/strategy.h"
#include "search/unasked.h"

#include <stdlib.h>

struct sobol_search {
    const struct problem *problem;
    struct unasked *unasked;
    struct sobol *sobol;
    double *u;     /* [space_dims()] */
    uint64_t next; /* all points of the sequence before this one were asked */
};

static void sobol_search_free(void *state)
{
    struct sobol_search *search = state;
    if (!search)
        return;
    unasked_free(search->unasked);
    sobol_free(search->sobol);
    free(search->u);
    free(search);
}

static enum status sobol_search_create(void **state, const struct problem *problem,
                                       struct json_reader *options, struct error *err)
{
    (void)options; /* it has none */
    size_t dims = space_dims(problem->space);
    struct sobol_search *search = calloc(1, sizeof *search);
    if (search) {
        search->problem = problem;
        search->u = calloc(dims, sizeof *search->u);
    }
    if (!search || !search->u || unasked_create(&search->unasked, problem) ||
        sobol_create(&search->sobol, dims, rng_derive(problem->seed, "sobol", 0, 0))) {
        sobol_search_free(search);
        return error_set(err, ST_NOMEM, "out of memory");
    }
    *state = search;
    return ST_OK;
}

static void point_at(struct sobol_search *search, uint64_t index, double *point)
{
    sobol_point(search->sobol, index, search->u);
    space_sample(search->problem->space, search->u, point);
}

/* The first point of the sequence that was not asked yet. That is a function of the history
 * alone, wherever `next` stands, and so is how far it looks: in a finite space that is nearly
 * used up, the rest is drawn at random. */
static enum ask sobol_search_ask(void *state, const struct history *history,
                                 struct proposal *proposal)
{
    struct sobol_search *search = state;
    if (search->problem->allow_duplicates) {
        point_at(search, history->n, proposal->point);
        return ASK_PROPOSED;
    }
    if (unasked_none(search->unasked, history))
        return ASK_DONE;
    uint64_t limit = 4 * history->n + 256;
    for (; search->next < limit; search->next++) {
        point_at(search, search->next, proposal->point);
        if (!history_contains(history, proposal->point))
            return ASK_PROPOSED;
    }
    uint64_t seed = rng_derive(search->problem->seed, "sobol draw", history->n, 0);
    return unasked_draw(search->unasked, history, seed, proposal->point) ? ASK_PROPOSED
                                                                         : ASK_DONE;
}

const struct strategy_type strategy_sobol = {
    .name = "sobol",
    .summary = "evenly spread points of a scrambled Sobol sequence",
    .create = sobol_search_create,
    .free = sobol_search_free,
    .ask = sobol_search_ask,
};
