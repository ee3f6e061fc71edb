#include "search/surrogate.h"

#include "search/local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct surrogate {
    const struct problem *problem;
    size_t n_objectives;
    struct gp *gp;
    size_t *rows; /* [n_rows]: the observations that the process was given, ascending */
    size_t n_rows, rows_capacity;
    size_t next_row; /* the next observation to be appended */
    struct observations observations;
    size_t first_fit; /* rows with a target of their own that the first fit needs */
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
    bool warped = surrogate->observations.output.kind != OUTPUT_COST; /* a logarithm already */
    enum status status = gp_create(&surrogate->gp, dims, categorical, warped);
    free(categorical);
    return status;
}

enum status surrogate_create(struct surrogate **out, const struct problem *problem,
                             struct output output, size_t n_objectives, size_t first_fit)
{
    struct surrogate *surrogate = calloc(1, sizeof *surrogate);
    if (!surrogate)
        return ST_NOMEM;
    surrogate->problem = problem;
    surrogate->n_objectives = n_objectives;
    surrogate->first_fit = first_fit;
    observations_init(&surrogate->observations, problem, output);
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
    free(surrogate->rows);
    observations_free(&surrogate->observations);
    free(surrogate->scratch);
    free(surrogate);
}

void surrogate_limit_warp(struct surrogate *surrogate, double least_tau)
{
    gp_limit_warp(surrogate->gp, least_tau);
}

struct gp *surrogate_gp(const struct surrogate *surrogate)
{
    return gp_count(surrogate->gp) > 0 ? surrogate->gp : NULL;
}

const struct observations *surrogate_observations(const struct surrogate *surrogate)
{
    return &surrogate->observations;
}

size_t surrogate_row(const struct surrogate *surrogate, size_t i)
{
    return surrogate->rows[i];
}

double surrogate_fitted(const struct surrogate *surrogate, size_t past)
{
    size_t low = 0, high = gp_count(surrogate->gp);
    while (low < high) {
        size_t middle = (low + high) / 2;
        size_t here = surrogate->observations.past[surrogate_row(surrogate, middle)];
        if (here == past)
            return gp_fitted(surrogate->gp, middle);
        if (here < past)
            low = middle + 1;
        else
            high = middle;
    }
    return nan("");
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

static enum status reserve_rows(struct surrogate *surrogate, size_t n)
{
    if (n <= surrogate->rows_capacity)
        return ST_OK;
    size_t *rows = realloc(surrogate->rows, (n + n / 2 + 32) * sizeof *rows);
    if (!rows)
        return ST_NOMEM;
    surrogate->rows = rows;
    surrogate->rows_capacity = n + n / 2 + 32;
    return ST_OK;
}

/* Rows from n of them, of which the process is to be given n_rows, until the next choice of
 * hyperparameters: each, then every few per cent, and no more than there is room for. */
static size_t interval(size_t n, size_t n_rows)
{
    size_t rows = 1 + n / 12, room = LOCAL_MOST + 1 - n_rows;
    return rows < room ? rows : room;
}

/* Much work at first; later the previous hyperparameters are near, and a fresh start now and
 * then escapes from a poor optimum. Many data leave little to choose, and an evaluation costs
 * O(n^3): a sample of them will do. */
static struct gp_effort fit_effort(size_t fits, size_t n)
{
    if (fits == 0)
        return (struct gp_effort){.evaluations = 40, .starts = 2};
    if (n > 300)
        return (struct gp_effort){.evaluations = 8, .rows = 256};
    return (struct gp_effort){.evaluations = 15, .starts = fits % 4 == 0 ? 1 : 0};
}

/* Which of the first n rows the process is to be given: all, or a choice of many. */
static enum status choose_rows(const struct surrogate *surrogate, const struct history *history,
                               size_t n, size_t *rows, size_t *n_rows)
{
    const struct observations *o = &surrogate->observations;
    size_t n_past = o->past[n - 1] + 1;
    bool *chosen = malloc(n_past * sizeof *chosen);
    enum status status = chosen ? ST_OK : ST_NOMEM;
    if (!status && n > LOCAL_MOST)
        status =
            local_choose(surrogate->problem, history, n_past, surrogate->n_objectives, chosen);
    *n_rows = 0;
    for (size_t i = 0; i < n && !status; i++)
        if (n <= LOCAL_MOST || chosen[o->past[i]])
            rows[(*n_rows)++] = i;
    free(chosen);
    return status;
}

/* Fit to rows[n_rows] of the first n; scratch[n x (dims + 3)]. */
static enum status fit_rows(struct surrogate *surrogate, size_t n, const size_t *rows,
                            size_t n_rows, double *scratch)
{
    const struct observations *o = &surrogate->observations;
    size_t dims = space_dims(surrogate->problem->space);
    double *y = scratch, *part_y = y + n, *part_u = part_y + n;
    struct gp_effort effort = fit_effort(surrogate->fits, n_rows);
    observations_targets(o, n, y, part_y);
    for (size_t i = 0; i < n_rows; i++) {
        part_y[i] = y[rows[i]];
        memcpy(part_u + i * dims, o->u + rows[i] * dims, dims * sizeof *part_u);
    }
    enum status status = gp_fit(surrogate->gp, part_u, part_y, n_rows, &effort);
    if (status)
        return status;
    memcpy(surrogate->rows, rows, n_rows * sizeof *rows);
    surrogate->n_rows = n_rows;
    surrogate->next_row = n;
    return ST_OK;
}

/* Choose the rows and the hyperparameters by the first n rows. */
static enum status fit(struct surrogate *surrogate, const struct history *history, size_t n)
{
    size_t dims = space_dims(surrogate->problem->space), n_rows = 0;
    double *scratch = reserve_scratch(surrogate, n * (dims + 3));
    size_t *rows = malloc(n * sizeof *rows);
    enum status status = scratch && rows ? reserve_rows(surrogate, n) : ST_NOMEM;
    if (!status)
        status = choose_rows(surrogate, history, n, rows, &n_rows);
    if (!status)
        status = fit_rows(surrogate, n, rows, n_rows, scratch);
    free(rows);
    if (status == ST_NOMEM)
        return status; /* to be tried again */
    surrogate->fits++;
    surrogate->next_fit = n + interval(n, n_rows);
    return ST_OK;
}

/* The target of row i, as the rows up to it say. */
static enum status target(struct surrogate *surrogate, size_t i, double *y)
{
    const struct observations *o = &surrogate->observations;
    *y = o->y[i];
    if (isfinite(*y))
        return ST_OK;
    double *all = reserve_scratch(surrogate, 2 * (i + 1));
    if (!all)
        return ST_NOMEM;
    observations_targets(o, i + 1, all, all + i + 1);
    *y = all[i];
    return ST_OK;
}

/* Rows that came after the last fit. */
static enum status append_rest(struct surrogate *surrogate)
{
    const struct observations *o = &surrogate->observations;
    size_t dims = space_dims(surrogate->problem->space);
    if (reserve_rows(surrogate, o->n))
        return ST_NOMEM;
    for (; surrogate->next_row < o->n; surrogate->next_row++) {
        size_t i = surrogate->next_row;
        double y;
        enum status status = target(surrogate, i, &y);
        if (!status)
            status = gp_append(surrogate->gp, o->u + i * dims, y);
        if (status)
            return status;
        surrogate->rows[surrogate->n_rows++] = i;
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
        status = fit(surrogate, history, surrogate->next_fit);
    if (status)
        return status;
    return gp_count(surrogate->gp) > 0 ? append_rest(surrogate) : ST_NUMERIC;
}

enum status surrogate_fantasize(struct surrogate *surrogate, const struct history *history)
{
    if (gp_count(surrogate->gp) == 0)
        return ST_NUMERIC;
    size_t p = history->n_pending, dims = space_dims(surrogate->problem->space);
    double *u = reserve_scratch(surrogate, p * dims + 1);
    if (!u)
        return ST_NOMEM;
    for (size_t k = 0; k < p; k++)
        space_to_unit(surrogate->problem->space, history->trials[history->pending[k]].point,
                      u + k * dims);
    return gp_fantasize(surrogate->gp, u, p);
}
