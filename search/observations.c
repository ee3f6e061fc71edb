#include "search/observations.h"

#include "search/past.h"
#include "search/standing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Larger targets would overflow when they are squared. */
#define LARGEST 1e100

/* Where joules are compared by their logarithms. */
#define LEAST_JOULES 1e-9

void observations_init(struct observations *o, const struct problem *problem,
                       struct output output)
{
    *o = (struct observations){.problem = problem, .output = output};
}

void observations_free(struct observations *o)
{
    free(o->u);
    free(o->y);
    free(o->past);
    free(o->standing);
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
    size_t *past = realloc(o->past, capacity * sizeof *past);
    if (past)
        o->past = past;
    double *standings = realloc(o->standing, capacity * sizeof *standings);
    if (standings)
        o->standing = standings;
    if (!u || !y || !past || !standings)
        return ST_NOMEM;
    o->capacity = capacity;
    return ST_OK;
}

/* NaN for what is not finite: the figure is as good as unknown. */
static double clamp(double y)
{
    return !isfinite(y) ? nan("") : fmin(fmax(y, -LARGEST), LARGEST);
}

static double ln_joules(double energy_j)
{
    return energy_j > 0 ? log(energy_j) : nan("");
}

/* Joules differ by factors, not by amounts. */
static double target_of_constraint(const struct constraint *constraint, double value)
{
    if (strcmp(constraint->metric, "energy_j") == 0)
        value = value < LEAST_JOULES ? log(LEAST_JOULES) : log(value);
    return clamp(constraint->at_least ? -value : value);
}

double observations_bound(const struct constraint *constraint)
{
    return target_of_constraint(constraint, constraint->bound);
}

/* False when the trial tells nothing about the output. */
static bool target_of(const struct observations *o, const struct trial *trial, double *y)
{
    const struct problem *problem = o->problem;
    size_t index = o->output.index;
    bool complete = trial->state == TRIAL_COMPLETE;
    if (o->output.kind == OUTPUT_COST)
        *y = complete || trial->state == TRIAL_PRUNED ? ln_joules(trial->energy_j) : nan("");
    else if (o->output.kind == OUTPUT_CONSTRAINT)
        *y = target_of_constraint(&problem->constraints[index], trial->constrained[index]);
    else if (complete)
        *y = clamp(goal_cost(problem->objectives[index].goal, trial->values[index]));
    else
        *y = trial->state == TRIAL_PRUNED ? nan("") : HUGE_VAL;
    return trial->state != TRIAL_CANCELLED &&
           (isfinite(*y) || o->output.kind == OUTPUT_OBJECTIVE);
}

/* Reports are of the first objective. */
static bool reports_tell(const struct observations *o)
{
    return o->output.kind == OUTPUT_OBJECTIVE && o->output.index == 0;
}

enum status observations_update(struct observations *o, const struct history *history)
{
    size_t dims = space_dims(o->problem->space);
    for (; o->seen < past_count(o->problem, history); o->seen++) {
        const struct trial *trial = past_trial(o->problem, history, o->seen);
        double y;
        if (!target_of(o, trial, &y))
            continue;
        if (reserve(o, o->n + 1))
            return ST_NOMEM;
        space_to_unit(o->problem->space, trial->point, o->u + o->n * dims);
        o->past[o->n] = o->seen;
        o->standing[o->n] = trial->state == TRIAL_PRUNED && reports_tell(o)
                                ? standing(o->problem, history, o->seen, trial)
                                : nan("");
        o->y[o->n++] = y;
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

/* Of the targets sorted[n], that of the complete trial which stood where a pruned one did, but
 * never better than the median. */
static double pruned_target(double standing, const double *sorted, size_t n)
{
    size_t place = isnan(standing) ? 0 : (size_t)(standing * (double)(n - 1));
    return sorted[place > n / 2 ? place : n / 2];
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
            y[i] = pruned_target(o->standing[i], sorted, complete);
        else if (isinf(y[i]))
            y[i] = sorted[complete - 1];
    }
}
