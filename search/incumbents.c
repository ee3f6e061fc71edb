#include "search/incumbents.h"

#include <math.h>
#include <stdlib.h>

void incumbents_free(struct incumbents *known)
{
    free(known->mean);
    free(known->excess);
    free(known->u);
    free(known->order);
    *known = (struct incumbents){0};
}

static bool grow(double **numbers, size_t n)
{
    double *more = realloc(*numbers, n * sizeof *more);
    if (more)
        *numbers = more;
    return more != NULL;
}

static enum status reserve(struct incumbents *known, size_t n)
{
    if (n <= known->capacity)
        return ST_OK;
    size_t capacity = n + n / 2 + 32;
    if (!grow(&known->mean, capacity * known->objectives) || !grow(&known->excess, capacity) ||
        !grow(&known->u, capacity * known->dims + 1))
        return ST_NOMEM;
    size_t *order = realloc(known->order, capacity * sizeof *order);
    if (!order)
        return ST_NOMEM;
    known->order = order;
    known->capacity = capacity;
    return ST_OK;
}

/* The posterior mean of an output at a trial of the past; at one that its process was not given
 * it is predicted. */
static double fitted(const struct beliefs *beliefs, size_t output, size_t past, const double *u)
{
    double mean = surrogate_fitted(beliefs_of(beliefs, output), past), variance;
    if (isnan(mean))
        gp_predict(beliefs_gp(beliefs, output), u, 1, &mean, &variance, NULL, NULL);
    return mean;
}

/* Where the coordinates of the next one belong. */
static double *next(const struct incumbents *known)
{
    return known->u + known->n * known->dims;
}

/* Add the one whose coordinates are there. */
static void add(struct incumbents *known, const struct problem *problem,
                const struct beliefs *beliefs, size_t past)
{
    const double *u = next(known);
    size_t i = known->n++;
    for (size_t k = 0; k < known->objectives; k++)
        known->mean[i * known->objectives + k] = fitted(beliefs, k, past, u);
    known->excess[i] = 0;
    for (size_t k = 0; k < problem->n_constraints; k++)
        if (beliefs_of(beliefs, known->objectives + k))
            known->excess[i] += fmax(0, fitted(beliefs, known->objectives + k, past, u) -
                                            beliefs_bound(beliefs, k));
    known->n_feasible += known->excess[i] == 0;
}

enum status incumbents_find(struct incumbents *known, const struct problem *problem,
                            struct beliefs *beliefs)
{
    const struct surrogate *first = beliefs_of(beliefs, 0);
    const struct observations *o = surrogate_observations(first);
    size_t n = gp_count(surrogate_gp(first));
    known->n = known->n_feasible = 0;
    known->objectives = beliefs_objectives(beliefs);
    known->dims = space_dims(problem->space);
    if (reserve(known, n))
        return ST_NOMEM;
    for (size_t i = 0; i < n; i++) {
        size_t row = surrogate_row(first, i);
        if (!isfinite(o->y[row]))
            continue;
        for (size_t d = 0; d < known->dims; d++)
            next(known)[d] = o->u[row * known->dims + d];
        add(known, problem, beliefs, o->past[row]);
    }
    return ST_OK;
}

enum status incumbents_add_pending(struct incumbents *known, const struct problem *problem,
                                   struct beliefs *beliefs, const struct history *history)
{
    if (reserve(known, known->n + history->n_pending + 1))
        return ST_NOMEM;
    for (size_t k = 0; k < history->n_pending; k++) {
        space_to_unit(problem->space, history->trials[history->pending[k]].point, next(known));
        add(known, problem, beliefs, SIZE_MAX);
    }
    return ST_OK;
}

static bool is_better(const struct incumbents *known, size_t i, size_t j)
{
    if (known->excess[i] != known->excess[j])
        return known->excess[i] < known->excess[j];
    return known->mean[i * known->objectives] < known->mean[j * known->objectives];
}

size_t incumbents_best(const struct incumbents *known, size_t *best, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < known->n; i++) {
        size_t k = n < most ? n++ : most;
        for (; k > 0 && is_better(known, i, best[k - 1]); k--)
            if (k < most)
                best[k] = best[k - 1];
        if (k < most)
            best[k] = i;
    }
    return n;
}

void incumbents_range(const struct incumbents *known, size_t objective, double *best,
                      double *worst)
{
    *best = INFINITY;
    *worst = -INFINITY;
    for (size_t i = 0; i < known->n; i++) {
        double mean = known->mean[i * known->objectives + objective];
        *best = fmin(*best, mean);
        *worst = fmax(*worst, mean);
    }
}

static int by_first_objective(const void *a, const void *b, void *of)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const struct incumbents *known = of;
    const double *p = known->mean + i * known->objectives;
    const double *q = known->mean + j * known->objectives;
    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    if (p[1] != q[1])
        return p[1] < q[1] ? -1 : 1;
    return (i > j) - (i < j);
}

size_t incumbents_front(struct incumbents *known, const size_t **front)
{
    size_t n = 0, n_front = 0;
    for (size_t i = 0; i < known->n; i++)
        if (known->excess[i] == 0)
            known->order[n++] = i;
    qsort_r(known->order, n, sizeof *known->order, by_first_objective, known);
    double lowest = INFINITY;
    for (size_t k = 0; k < n; k++) {
        size_t i = known->order[k];
        double second = known->mean[i * known->objectives + 1];
        if (second >= lowest)
            continue;
        lowest = second;
        known->order[n_front++] = i;
    }
    *front = known->order;
    return n_front;
}
