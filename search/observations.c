#include "search/observations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Larger targets would overflow when they are squared. */
#define LARGEST 1e100

void observations_init(struct observations *o, const struct problem *problem)
{
    *o = (struct observations){.problem = problem};
}

void observations_free(struct observations *o)
{
    free(o->u);
    free(o->y);
}

static enum status reserve(struct observations *o, size_t n)
{
    if (n <= o->capacity)
        return ST_OK;
    size_t capacity = n + n / 2 + 32;
    double *u = realloc(o->u, (capacity * space_dims(o->problem->space) + 1) * sizeof *u);
    if (u)
        o->u = u;
    double *y = realloc(o->y, capacity * sizeof *y);
    if (y)
        o->y = y;
    if (!u || !y)
        return ST_NOMEM;
    o->capacity = capacity;
    return ST_OK;
}

static double target_of(const struct observations *o, const struct trial *trial)
{
    if (trial->state == TRIAL_PRUNED)
        return nan("");
    if (trial->state == TRIAL_FAILED)
        return HUGE_VAL;
    double y = goal_cost(o->problem->objectives[0].goal, trial->values[0]);
    return fmin(fmax(y, -LARGEST), LARGEST);
}

enum status observations_update(struct observations *o, const struct history *history)
{
    size_t dims = space_dims(o->problem->space);
    for (; o->seen < history->n_told; o->seen++) {
        const struct trial *trial = &history->trials[history->told[o->seen]];
        if (trial->state == TRIAL_CANCELLED)
            continue;
        if (reserve(o, o->n + 1))
            return ST_NOMEM;
        space_to_unit(o->problem->space, trial->point, o->u + o->n * dims);
        o->y[o->n++] = target_of(o, trial);
    }
    return ST_OK;
}

size_t observations_complete(const struct observations *o, size_t n)
{
    size_t complete = 0;
    for (size_t i = 0; i < n; i++)
        complete += isfinite(o->y[i]) != 0;
    return complete;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void observations_targets(const struct observations *o, size_t n, double *y, double *sorted)
{
    size_t complete = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(o->y[i]))
            sorted[complete++] = o->y[i];
    qsort(sorted, complete, sizeof *sorted, ascending);
    for (size_t i = 0; i < n; i++) {
        y[i] = o->y[i];
        if (isnan(y[i]))
            y[i] = sorted[complete / 2];
        else if (isinf(y[i]))
            y[i] = sorted[complete - 1];
    }
}
