#include "search/surrogate.h"

#include "search/observations.h"

#include <math.h>
#include <stdlib.h>

struct surrogate {
    const struct problem *problem;
    struct gp *gp;
    struct observations observations;
    size_t first_fit; /* complete trials that the first fit needs */
    size_t next_fit;  /* rows at which the hyperparameters are chosen again; 0: not known yet */
    size_t fits;      /* how often they were */
    double *scratch;
    size_t scratch_n;
};

static enum status create_process(struct surrogate *surrogate)
{
    const struct space *space = surrogate->problem->space;
    size_t dims = space_dims(space);
    bool *categorical = calloc(dims + 1, sizeof *categorical);
    if (!categorical)
        return ST_NOMEM;
    for (size_t d = 0; d < dims; d++)
        categorical[d] =
            space_param(space, space_dim_param(space, d))->kind == PARAM_CATEGORICAL;
    enum status status = gp_create(&surrogate->gp, dims, categorical, true);
    free(categorical);
    return status;
}

enum status surrogate_create(struct surrogate **out, const struct problem *problem,
                             size_t first_fit)
{
    struct surrogate *surrogate = calloc(1, sizeof *surrogate);
    if (!surrogate)
        return ST_NOMEM;
    surrogate->problem = problem;
    surrogate->first_fit = first_fit;
    observations_init(&surrogate->observations, problem);
    if (create_process(surrogate)) {
        surrogate_free(surrogate);
        return ST_NOMEM;
    }
    *out = surrogate;
    return ST_OK;
}

void surrogate_free(struct surrogate *surrogate)
{
    if (!surrogate)
        return;
    gp_free(surrogate->gp);
    observations_free(&surrogate->observations);
    free(surrogate->scratch);
    free(surrogate);
}

struct gp *surrogate_gp(const struct surrogate *surrogate)
{
    return surrogate->gp;
}

static double *reserve_scratch(struct surrogate *surrogate, size_t n)
{
    if (n > surrogate->scratch_n) {
        double *more = realloc(surrogate->scratch, 2 * n * sizeof *more);
        if (!more)
            return NULL;
        surrogate->scratch = more;
        surrogate->scratch_n = 2 * n;
    }
    return surrogate->scratch;
}

/* Rows until the next choice of hyperparameters: each, then every few per cent. */
static size_t interval(size_t n)
{
    return 1 + n / 12;
}

/* Much work at first; later the previous hyperparameters are near, and a fresh start now and
 * then escapes from a poor optimum. An evaluation costs O(n^3), and many data leave little to
 * choose. */
static struct gp_effort fit_effort(size_t fits, size_t n)
{
    if (fits == 0)
        return (struct gp_effort){40, 2};
    if (n > 300)
        return (struct gp_effort){8, 0};
    return (struct gp_effort){15, fits % 4 == 0 ? 1 : 0};
}

/* Choose the hyperparameters by the first n rows. */
static enum status fit(struct surrogate *surrogate, size_t n)
{
    double *y = reserve_scratch(surrogate, 2 * n);
    if (!y)
        return ST_NOMEM;
    struct gp_effort effort = fit_effort(surrogate->fits, n);
    observations_targets(&surrogate->observations, n, y, y + n);
    enum status status = gp_fit(surrogate->gp, surrogate->observations.u, y, n, &effort);
    if (status == ST_NOMEM)
        return status; /* to be tried again */
    surrogate->fits++;
    surrogate->next_fit = n + interval(n);
    return ST_OK;
}

/* Rows that came after the last fit. */
static enum status append_rest(struct surrogate *surrogate)
{
    const struct observations *o = &surrogate->observations;
    size_t dims = space_dims(surrogate->problem->space);
    for (size_t i = gp_count(surrogate->gp); i < o->n; i++) {
        double *y = reserve_scratch(surrogate, 2 * (i + 1));
        if (!y)
            return ST_NOMEM;
        observations_targets(o, i + 1, y, y + i + 1);
        enum status status = gp_append(surrogate->gp, o->u + i * dims, y[i]);
        if (status)
            return status;
    }
    return ST_OK;
}

/* The fewest rows with enough complete trials among them, once there are. */
static void schedule_first(struct surrogate *surrogate)
{
    const struct observations *o = &surrogate->observations;
    size_t n = surrogate->first_fit;
    if (observations_complete(o, o->n) < surrogate->first_fit)
        return;
    while (observations_complete(o, n) < surrogate->first_fit)
        n++;
    surrogate->next_fit = n;
}

enum status surrogate_learn(struct surrogate *surrogate, const struct history *history)
{
    struct observations *o = &surrogate->observations;
    enum status status = observations_update(o, history);
    if (!status && surrogate->next_fit == 0)
        schedule_first(surrogate);
    while (!status && surrogate->next_fit > 0 && surrogate->next_fit <= o->n)
        status = fit(surrogate, surrogate->next_fit);
    if (status)
        return status;
    return gp_count(surrogate->gp) > 0 ? append_rest(surrogate) : ST_NUMERIC;
}

enum status surrogate_fantasize(struct surrogate *surrogate, const struct history *history)
{
    size_t p = history->n_pending, dims = space_dims(surrogate->problem->space);
    double *u = reserve_scratch(surrogate, p * dims + 1);
    if (!u)
        return ST_NOMEM;
    for (size_t k = 0; k < p; k++)
        space_to_unit(surrogate->problem->space, history->trials[history->pending[k]].point,
                      u + k * dims);
    return gp_fantasize(surrogate->gp, u, p);
}

size_t surrogate_good(const struct surrogate *surrogate, double *good, size_t most,
                      double *best)
{
    const struct gp *gp = surrogate->gp;
    const struct observations *o = &surrogate->observations;
    const struct space *space = surrogate->problem->space;
    size_t chosen[SURROGATE_GOOD] = {0}, n = 0; /* without any finite value: the first point */
    for (size_t i = 0; i < gp_count(gp); i++) {
        if (!isfinite(o->y[i]))
            continue;
        size_t k = n < most ? n++ : most;
        for (; k > 0 && gp_fitted(gp, i) < gp_fitted(gp, chosen[k - 1]); k--)
            if (k < most)
                chosen[k] = chosen[k - 1];
        if (k < most)
            chosen[k] = i;
    }
    for (size_t k = 0; k < n; k++)
        space_from_unit(space, o->u + chosen[k] * space_dims(space),
                        good + k * space_count(space));
    *best = gp_fitted(gp, chosen[0]);
    return n;
}
