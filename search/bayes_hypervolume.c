/* The expected hypervolume improvement of two objectives over the front that is known. */
#include "search/bayes_kind.h"
#include "search/ehvi.h"

#include <math.h>
#include <stdlib.h>

struct hypervolume {
    struct corner *front; /* [n] */
    size_t n, capacity;
    struct corner reference;
};

static void hypervolume_free(void *state)
{
    struct hypervolume *hypervolume = state;
    if (hypervolume)
        free(hypervolume->front);
    free(hypervolume);
}

static enum status hypervolume_create(void **state, const struct problem *problem)
{
    (void)problem;
    *state = calloc(1, sizeof(struct hypervolume));
    return *state ? ST_OK : ST_NOMEM;
}

static double log_hypervolume(const void *context, const struct belief *at, struct belief *by)
{
    const struct hypervolume *h = context;
    return log_ehvi(h->front, h->n, h->reference, at, by);
}

static enum status reserve(struct hypervolume *h, size_t n)
{
    if (n <= h->capacity)
        return ST_OK;
    struct corner *front = realloc(h->front, 2 * n * sizeof *front);
    if (!front)
        return ST_NOMEM;
    h->front = front;
    h->capacity = 2 * n;
    return ST_OK;
}

/* Some points of the front, different ones each time. */
static void look_near(struct bayes_work *work, uint64_t seed)
{
    const size_t *front;
    size_t n = incumbents_front(&work->incumbents, &front);
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t k = 0; k < BAYES_GOOD; k++)
        bayes_add_good(work, front[rng_below(&rng, n)]);
}

/* The reference point: a tenth of the range beyond the worst known value of each objective, so
 * that the ends of the front are worth something from the start. (With the ends of the front
 * itself, the search stays between the first few points of it.) */
#define BEYOND 0.1

static double beyond_worst(const struct incumbents *known, size_t k)
{
    double best, worst;
    incumbents_range(known, k, &best, &worst);
    return worst > best ? worst + BEYOND * (worst - best) : worst + BEYOND;
}

static enum status hypervolume_prepare(void *state, struct bayes_work *work,
                                       const struct history *history)
{
    struct hypervolume *h = state;
    struct incumbents *known = &work->incumbents;
    uint64_t seed = rng_derive(work->problem->seed, "bayes front", history->n, 0);
    const size_t *front;
    look_near(work, seed);
    if (incumbents_add_pending(known, work->problem, work->beliefs, history))
        return ST_NOMEM;
    size_t n = incumbents_front(known, &front);
    if (reserve(h, n))
        return ST_NOMEM;
    h->n = n;
    for (size_t i = 0; i < n; i++)
        h->front[i] = (struct corner){known->mean[2 * front[i]], known->mean[2 * front[i] + 1]};
    h->reference = (struct corner){beyond_worst(known, 0), beyond_worst(known, 1)};
    work->score.acquisition = log_hypervolume;
    work->score.context = h;
    return ST_OK;
}

const struct bayes_kind bayes_hypervolume = {
    .create = hypervolume_create,
    .free = hypervolume_free,
    .prepare = hypervolume_prepare,
};
