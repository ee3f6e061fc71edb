#include "search/start.h"

#include "search/sobol.h"

#include <stdlib.h>

struct start {
    const struct problem *problem;
    struct unasked *unasked;
    uint64_t seed;
    struct sobol *sobol;
    double *u; /* [space_dims()] */
};

size_t start_default(const struct problem *problem)
{
    size_t n = 2 * space_dims(problem->space) + 2;
    if (n < 8)
        n = 8;
    if (problem->budget_trials > 0 && n > problem->budget_trials / 4)
        n = problem->budget_trials / 4;
    return n < 2 ? 2 : n;
}

enum status start_create(struct start **out, const struct problem *problem,
                         struct unasked *unasked, uint64_t seed)
{
    *out = NULL;
    size_t dims = space_dims(problem->space);
    struct start *start = calloc(1, sizeof *start);
    if (!start)
        return ST_NOMEM;
    *start = (struct start){.problem = problem, .unasked = unasked, .seed = seed};
    start->u = calloc(dims + 1, sizeof *start->u);
    enum status status = start->u ? sobol_create(&start->sobol, dims, seed) : ST_NOMEM;
    if (status)
        start_free(start);
    else
        *out = start;
    return status;
}

void start_free(struct start *start)
{
    if (!start)
        return;
    sobol_free(start->sobol);
    free(start->u);
    free(start);
}

bool start_propose(struct start *start, const struct history *history, double *point)
{
    sobol_point(start->sobol, history->n, start->u);
    space_sample(start->problem->space, start->u, point);
    if (start->problem->allow_duplicates || !history_contains(history, point))
        return true;
    uint64_t seed = rng_derive(start->seed, "start", history->n, 0);
    return unasked_draw(start->unasked, history, seed, point);
}
