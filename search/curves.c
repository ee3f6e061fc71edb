#include "search/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Larger targets would overflow when they are squared. */
#define LARGEST 1e100

static void make_levels(struct curves *curves)
{
    double least = fidelity_amount(&curves->fidelity, 0), most = curves_most(curves);
    size_t n = 1;
    while (n < CURVE_LEVELS && most / exp2((double)n) > least / sqrt(2))
        n++;
    for (size_t k = 0; k < n; k++)
        curves->level[k] = most / exp2((double)(n - 1 - k));
    curves->level[0] = fmin(curves->level[0], least);
    curves->n_levels = n;
}

enum status curves_init(struct curves *curves, const struct problem *problem,
                        const struct space *configs, const struct fidelity *fidelity)
{
    *curves = (struct curves){.problem = problem,
                              .configs = configs,
                              .fidelity = *fidelity,
                              .dims = space_dims(configs) + 1};
    curves->point = calloc(space_count(configs), sizeof *curves->point);
    make_levels(curves);
    return curves->point ? ST_OK : ST_NOMEM;
}

void curves_free(struct curves *curves)
{
    free(curves->rows);
    free(curves->u);
    free(curves->last);
    free(curves->scratch);
    free(curves->point);
}

size_t curves_level(const struct curves *curves, double epochs)
{
    size_t k = curves->n_levels - 1;
    while (k > 0 && epochs < curves->level[k])
        k--;
    return k;
}

double curves_most(const struct curves *curves)
{
    return fidelity_amount(&curves->fidelity, curves->fidelity.count - 1);
}

double curves_epochs(const struct curves *curves, const struct history *history,
                     const struct trial *trial)
{
    if (trial->state == TRIAL_COMPLETE)
        return fidelity_of(&curves->fidelity, trial->point);
    if (trial->n_reports > 0)
        return fmin(trial->reports[trial->n_reports - 1].step, curves_most(curves));
    if (trial->continues == TRIAL_NONE)
        return 0;
    return curves_epochs(curves, history, &history->trials[trial->continues]);
}

static enum status reserve(struct curves *curves, size_t n)
{
    if (n <= curves->capacity)
        return ST_OK;
    size_t capacity = n + n / 2 + 64;
    struct curve_row *rows = realloc(curves->rows, capacity * sizeof *rows);
    if (!rows)
        return ST_NOMEM;
    curves->rows = rows;
    double *u = realloc(curves->u, capacity * curves->dims * sizeof *u);
    if (!u)
        return ST_NOMEM;
    curves->u = u;
    double *scratch = realloc(curves->scratch, capacity * sizeof *scratch);
    if (!scratch)
        return ST_NOMEM;
    curves->scratch = scratch;
    curves->capacity = capacity;
    return ST_OK;
}

void curves_unit(const struct curves *curves, const double *point, double *u)
{
    memcpy(curves->point, point, space_count(curves->configs) * sizeof *point);
    curves->point[curves->fidelity.param] = 0;
    space_to_unit(curves->configs, curves->point, u);
    u[curves->dims - 1] = 1;
}

size_t curves_first(const struct history *history, const struct trial *trial)
{
    while (trial->continues != TRIAL_NONE)
        trial = &history->trials[trial->continues];
    return (size_t)trial->number;
}

size_t curves_last_row(const struct curves *curves, size_t first)
{
    return first < curves->last_capacity ? curves->last[first] : SIZE_MAX;
}

/* Room in last[] for a curve that begins with this trial. */
static enum status reserve_last(struct curves *curves, size_t first)
{
    if (first < curves->last_capacity)
        return ST_OK;
    size_t capacity = 2 * first + 64;
    size_t *last = realloc(curves->last, capacity * sizeof *last);
    if (!last)
        return ST_NOMEM;
    for (size_t i = curves->last_capacity; i < capacity; i++)
        last[i] = SIZE_MAX;
    curves->last = last;
    curves->last_capacity = capacity;
    return ST_OK;
}

/* There is room. A row that says no more than the one before it is left out. */
static void push(struct curves *curves, const struct trial *trial, size_t first, double epochs,
                 double cost)
{
    size_t before = curves->last[first], level = curves_level(curves, epochs);
    if (before != SIZE_MAX && curves->rows[before].level >= level)
        return;
    double *u = curves->u + curves->n * curves->dims, least = curves->level[0];
    curves_unit(curves, trial->point, u);
    u[curves->dims - 1] = log(fmax(epochs, least) / least) / log(curves_most(curves) / least);
    curves->last[first] = curves->n;
    curves->rows[curves->n++] = (struct curve_row){first, level, before, cost};
    curves->n_ended += level == curves->n_levels - 1 && isfinite(cost);
}

static double cost_of(const struct curves *curves, double value)
{
    double cost = goal_cost(curves->problem->objectives[0].goal, value);
    return fmin(fmax(cost, -LARGEST), LARGEST);
}

double curves_last_cost(const struct curves *curves, const struct history *history,
                        const struct trial *trial)
{
    if (trial->state == TRIAL_COMPLETE)
        return cost_of(curves, trial->values[0]);
    if (trial->n_reports > 0)
        return cost_of(curves, trial->reports[trial->n_reports - 1].value);
    if (trial->continues == TRIAL_NONE)
        return HUGE_VAL;
    return curves_last_cost(curves, history, &history->trials[trial->continues]);
}

enum status curves_add(struct curves *curves, const struct history *history,
                       const struct trial *trial)
{
    double most = curves_most(curves);
    size_t first = curves_first(history, trial);
    if (reserve(curves, curves->n + curves->n_levels + 1) || reserve_last(curves, first))
        return ST_NOMEM;
    if (trial->state == TRIAL_FAILED)
        push(curves, trial, first, most, HUGE_VAL);
    if (trial->state == TRIAL_FAILED || trial->state == TRIAL_CANCELLED)
        return ST_OK;
    for (size_t i = 0; i < trial->n_reports; i++)
        if (trial->reports[i].step < most)
            push(curves, trial, first, trial->reports[i].step,
                 cost_of(curves, trial->reports[i].value));
    if (trial->state == TRIAL_COMPLETE)
        push(curves, trial, first, fidelity_of(&curves->fidelity, trial->point),
             cost_of(curves, trial->values[0]));
    return ST_OK;
}

void curves_cut(struct curves *curves, size_t n)
{
    for (; curves->n > n; curves->n--) {
        const struct curve_row *row = &curves->rows[curves->n - 1];
        curves->n_ended -= row->level == curves->n_levels - 1 && isfinite(row->cost);
        curves->last[row->trial] = row->before;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How far curves fall from the level below to this one, in the median. */
static double step_fall(struct curves *curves, size_t level)
{
    size_t n = 0;
    for (size_t i = 0; i < curves->n; i++) {
        const struct curve_row *row = &curves->rows[i];
        if (row->before == SIZE_MAX || row->level < level || !isfinite(row->cost))
            continue;
        const struct curve_row *before = &curves->rows[row->before];
        if (before->level < level)
            curves->scratch[n++] =
                (before->cost - row->cost) / (double)(row->level - before->level);
    }
    qsort(curves->scratch, n, sizeof *curves->scratch, ascending);
    return n > 0 ? curves->scratch[n / 2] : 0;
}

void curves_learn_falls(struct curves *curves)
{
    size_t top = curves->n_levels - 1;
    curves->fall[top] = 0;
    for (size_t k = top; k > 0; k--)
        curves->fall[k - 1] = curves->fall[k] + step_fall(curves, k);
}

double curves_target(const struct curves *curves, size_t row, double worst)
{
    const struct curve_row *at = &curves->rows[row];
    return isfinite(at->cost) ? at->cost - curves->fall[at->level] : worst;
}

double curves_worst(const struct curves *curves, size_t n)
{
    double worst = -HUGE_VAL;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, curves_target(curves, i, -HUGE_VAL));
    return worst;
}
