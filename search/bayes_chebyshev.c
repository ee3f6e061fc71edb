/* The expected improvement of three or more objectives, scalarised with random weights that are
 * drawn anew for each proposal. */
#include "search/bayes_kind.h"
#include "search/chebyshev.h"

#include <math.h>
#include <stdlib.h>

static void scalarised_free(void *state)
{
    struct chebyshev *c = state;
    if (!c)
        return;
    free(c->weights);
    free(c->ideal);
    free(c);
}

static enum status scalarised_create(void **state, const struct problem *problem)
{
    struct chebyshev *c = calloc(1, sizeof *c);
    if (!c)
        return ST_NOMEM;
    c->n = problem->n_objectives;
    c->weights = calloc(c->n, sizeof *c->weights);
    c->ideal = calloc(c->n, sizeof *c->ideal);
    if (!c->weights || !c->ideal) {
        scalarised_free(c);
        return ST_NOMEM;
    }
    *state = c;
    return ST_OK;
}

static double log_scalarised(const void *context, const struct belief *at, struct belief *by)
{
    return log_chebyshev(context, at, by);
}

/* Even over the simplex, as shares of each objective's known range. */
static void draw_weights(struct chebyshev *c, const struct incumbents *known, uint64_t seed)
{
    struct rng rng;
    double sum = 0;
    rng_seed(&rng, seed);
    for (size_t k = 0; k < c->n; k++) {
        c->weights[k] = -log1p(-rng_uniform(&rng)) + 1e-3;
        sum += c->weights[k];
    }
    for (size_t k = 0; k < c->n; k++) {
        double worst;
        incumbents_range(known, k, &c->ideal[k], &worst);
        c->weights[k] /= sum * (worst > c->ideal[k] ? worst - c->ideal[k] : 1);
    }
}

/* The feasible trial of the lowest value. */
static size_t lowest(const struct chebyshev *c, const struct incumbents *known, double *value)
{
    size_t best = 0;
    *value = INFINITY;
    for (size_t i = 0; i < known->n; i++) {
        double here = chebyshev_value(c, known->mean + i * c->n);
        if (known->excess[i] > 0 || here >= *value)
            continue;
        *value = here;
        best = i;
    }
    return best;
}

static enum status scalarised_prepare(void *state, struct bayes_work *work,
                                      const struct history *history)
{
    struct chebyshev *c = state;
    struct incumbents *known = &work->incumbents;
    if (incumbents_add_pending(known, work->problem, work->beliefs, history))
        return ST_NOMEM;
    for (uint64_t draw = 0; draw < BAYES_GOOD; draw++) {
        uint64_t seed = rng_derive(work->problem->seed, "bayes weights", history->n, draw);
        draw_weights(c, known, seed);
        bayes_add_good(work, lowest(c, known, &c->best));
    } /* the last weights count; near the best of the others is worth a look too */
    work->score.acquisition = log_scalarised;
    work->score.context = c;
    return ST_OK;
}

const struct bayes_kind bayes_scalarised = {
    .create = scalarised_create,
    .free = scalarised_free,
    .prepare = scalarised_prepare,
};
