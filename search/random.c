/* Random search: independent draws, and no point twice. */
#include "search/strategy.h"
#include "search/unasked.h"

#include <stdlib.h>

struct random_search {
    const struct problem *problem;
    struct unasked *unasked;
};

static void random_free(void *state)
{
    struct random_search *search = state;
    unasked_free(search->unasked);
    free(search);
}

static enum status random_create(void **state, const struct problem *problem,
                                 struct json_reader *options, struct error *err)
{
    (void)options; /* it has none */
    struct random_search *search = calloc(1, sizeof *search);
    if (!search || unasked_create(&search->unasked, problem)) {
        free(search);
        return error_set(err, ST_NOMEM, "out of memory");
    }
    search->problem = problem;
    *state = search;
    return ST_OK;
}

/* The draw of trial n has a stream of its own, so nothing has to be remembered between trials
 * or restored after an interruption. */
static enum ask random_ask(void *state, const struct history *history,
                           struct proposal *proposal)
{
    struct random_search *search = state;
    uint64_t seed = rng_derive(search->problem->seed, "random", history->n, 0);
    return unasked_draw(search->unasked, history, seed, proposal->point) ? ASK_PROPOSED
                                                                         : ASK_DONE;
}

const struct strategy_type strategy_random = {
    .name = "random",
    .summary = "independent draws",
    .create = random_create,
    .free = random_free,
    .ask = random_ask,
};
