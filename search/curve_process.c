#include "search/curve_process.h"

#include "search/acquisition.h"
#include "search/curves_choose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More observations than OBSERVED_MOST, and a few, the process never has: of more rows it is
 * given OBSERVED_CHOSEN. */
enum { OBSERVED_MOST = 700, OBSERVED_CHOSEN = 500 };

struct curve_process {
    struct curves curves;
    struct gp *gp;
    size_t seen;     /* told trials whose rows are there */
    size_t taken;    /* rows that the process was given, or that were not chosen */
    size_t next_fit; /* rows at which the hyperparameters are chosen again */
    size_t fits;
    size_t *rows; /* [gp_count()]: of each observation */
    bool *given;  /* [curves.n]: the row is an observation */
    size_t capacity;
    double *u; /* [dims] */
};

static enum status create_parts(struct curve_process *process)
{
    const struct space *configs = process->curves.configs;
    size_t dims = process->curves.dims;
    bool *categorical = calloc(dims, sizeof *categorical);
    process->u = calloc(dims, sizeof *process->u);
    if (!categorical || !process->u) {
        free(categorical);
        return ST_NOMEM;
    }
    for (size_t d = 0; d + 1 < dims; d++)
        categorical[d] =
            space_param(configs, space_dim_param(configs, d))->kind == PARAM_CATEGORICAL;
    enum status status = gp_create(&process->gp, dims, categorical, true);
    free(categorical);
    return status;
}

enum status curve_process_create(struct curve_process **out, const struct problem *problem,
                                 const struct space *configs, const struct fidelity *fidelity)
{
    *out = NULL;
    struct curve_process *process = calloc(1, sizeof *process);
    if (!process)
        return ST_NOMEM;
    if (curves_init(&process->curves, problem, configs, fidelity) || create_parts(process)) {
        curve_process_free(process);
        return ST_NOMEM;
    }
    *out = process;
    return ST_OK;
}

void curve_process_free(struct curve_process *process)
{
    if (!process)
        return;
    curves_free(&process->curves);
    gp_free(process->gp);
    free(process->rows);
    free(process->given);
    free(process->u);
    free(process);
}

const struct curves *curve_process_curves(const struct curve_process *process)
{
    return &process->curves;
}

struct gp *curve_process_gp(const struct curve_process *process)
{
    return process->gp;
}

/* Room in rows[] and given[] for all rows; new ones are not given. */
static enum status reserve(struct curve_process *process)
{
    if (process->curves.n <= process->capacity)
        return ST_OK;
    size_t capacity = 2 * process->curves.n;
    size_t *rows = realloc(process->rows, capacity * sizeof *rows);
    if (!rows)
        return ST_NOMEM;
    process->rows = rows;
    bool *given = realloc(process->given, capacity * sizeof *given);
    if (!given)
        return ST_NOMEM;
    memset(given + process->capacity, 0, (capacity - process->capacity) * sizeof *given);
    process->given = given;
    process->capacity = capacity;
    return ST_OK;
}

/* As in surrogate.c: much work at first, little when there are many data. */
static struct gp_effort fit_effort(size_t fits, size_t n)
{
    if (fits == 0)
        return (struct gp_effort){.evaluations = 40, .starts = 2};
    if (n > 200)
        return (struct gp_effort){.evaluations = 8, .rows = 160};
    return (struct gp_effort){.evaluations = 15, .starts = fits % 4 == 0 ? 1 : 0};
}

/* Rows until the next choice: the more there are, the less changes, but for what would make
 * too many. */
static size_t interval(size_t n)
{
    size_t rows = 2 + n / 8, room = OBSERVED_MOST - OBSERVED_CHOSEN;
    return rows < room ? rows : room;
}

/* Fit to the m chosen rows; memory is for [m x (dims + 1)]. */
static enum status fit_rows(struct curve_process *process, const bool *chosen, size_t m,
                            double *memory)
{
    const struct curves *curves = &process->curves;
    double *u = memory, *y = memory + m * curves->dims;
    double worst = curves_worst(curves, curves->n);
    size_t k = 0;
    for (size_t i = 0; i < curves->n; i++) {
        if (!chosen[i])
            continue;
        memcpy(u + k * curves->dims, curves->u + i * curves->dims, curves->dims * sizeof *u);
        y[k++] = curves_target(curves, i, worst);
    }
    struct gp_effort effort = fit_effort(process->fits, m);
    return gp_fit(process->gp, u, y, m, &effort);
}

/* The process has been fitted to the chosen rows. */
static void enter_rows(struct curve_process *process, const bool *chosen)
{
    size_t k = 0, n = process->curves.n;
    for (size_t i = 0; i < n; i++)
        if (chosen[i])
            process->rows[k++] = i;
    memcpy(process->given, chosen, n * sizeof *chosen);
    process->taken = n;
}

/* Choose the observations among all rows, and the hyperparameters. */
static enum status fit(struct curve_process *process)
{
    struct curves *curves = &process->curves;
    size_t n = curves->n, m = n <= OBSERVED_MOST ? n : OBSERVED_CHOSEN;
    bool *chosen = malloc(n * sizeof *chosen);
    double *memory = malloc(m * (curves->dims + 1) * sizeof *memory);
    enum status status = chosen && memory ? reserve(process) : ST_NOMEM;
    curves_learn_falls(curves);
    if (!status)
        status = curves_choose(curves, m, chosen);
    if (!status)
        status = fit_rows(process, chosen, m, memory);
    if (!status)
        enter_rows(process, chosen);
    free(chosen);
    free(memory);
    if (status == ST_NOMEM)
        return status;
    process->fits++;
    process->next_fit = n + interval(n);
    return ST_OK;
}

static enum status append(struct curve_process *process, size_t row)
{
    struct curves *curves = &process->curves;
    bool failed = !isfinite(curves->rows[row].cost);
    double worst = failed ? curves_worst(curves, row + 1) : 0;
    return gp_append(process->gp, curves->u + row * curves->dims,
                     curves_target(curves, row, worst));
}

/* Rows that came after the last fit. */
static enum status append_rest(struct curve_process *process)
{
    if (reserve(process))
        return ST_NOMEM;
    for (; process->taken < process->curves.n; process->taken++) {
        enum status status = append(process, process->taken);
        if (status)
            return status;
        process->rows[gp_count(process->gp) - 1] = process->taken;
        process->given[process->taken] = true;
    }
    return ST_OK;
}

enum status curve_process_learn(struct curve_process *process, const struct history *history)
{
    struct curves *curves = &process->curves;
    while (true) {
        if (curves->n_ended > 0 && curves->n >= process->next_fit && fit(process))
            return ST_NOMEM;
        if (process->seen == history->n_told)
            break;
        if (curves_add(curves, history, &history->trials[history->told[process->seen]]))
            return ST_NOMEM;
        process->seen++;
    }
    return gp_count(process->gp) > 0 ? append_rest(process) : ST_NUMERIC;
}

enum status curve_process_fantasize(struct curve_process *process,
                                    const struct history *history, bool pending)
{
    size_t p = pending ? history->n_pending : 0, dims = process->curves.dims;
    double *u = calloc(p * dims + 1, sizeof *u);
    if (!u)
        return ST_NOMEM;
    for (size_t k = 0; k < p; k++)
        curves_unit(&process->curves, history->trials[history->pending[k]].point, u + k * dims);
    enum status status = gp_fantasize(process->gp, u, p);
    free(u);
    return status;
}

bool curve_process_knows(const struct curve_process *process, const struct history *history,
                         const struct trial *trial)
{
    size_t row = curves_last_row(&process->curves, curves_first(history, trial));
    return row != SIZE_MAX && process->given[row];
}

/* Is observation i of a curve's end? */
static bool ended(const struct curve_process *process, size_t i)
{
    const struct curves *curves = &process->curves;
    const struct curve_row *row = &curves->rows[process->rows[i]];
    return row->level == curves->n_levels - 1 && isfinite(row->cost);
}

/* Among the first n observations. */
static double best_of(const struct curve_process *process, size_t n)
{
    double best = HUGE_VAL;
    for (size_t i = 0; i < n; i++)
        if (ended(process, i))
            best = fmin(best, gp_fitted(process->gp, i));
    return best;
}

double curve_process_best(const struct curve_process *process)
{
    return best_of(process, gp_count(process->gp));
}

/* With what is not given of a curve behind the n observations. */
static enum status judge(struct curve_process *process, size_t first, size_t n,
                         double *improvement)
{
    const struct curves *curves = &process->curves;
    size_t last = curves_last_row(curves, first);
    double mean, variance, by_mean, by_variance;
    enum status status = reserve(process);
    for (size_t i = last; !status && i != SIZE_MAX; i = curves->rows[i].before)
        if (i >= process->taken || !process->given[i])
            status = append(process, i);
    if (status)
        return status;
    gp_predict(process->gp, process->u, 1, &mean, &variance, NULL, NULL);
    *improvement =
        log_expected_improvement(best_of(process, n), mean, variance, &by_mean, &by_variance);
    return ST_OK;
}

enum status curve_process_judge(struct curve_process *process, const struct history *history,
                                const struct trial *trial, double *improvement)
{
    size_t n_rows = process->curves.n, n = gp_count(process->gp);
    enum status status = curves_add(&process->curves, history, trial);
    if (status)
        return status;
    gp_truncate(process->gp, n); /* drops fantasies */
    curves_unit(&process->curves, trial->point, process->u);
    status = judge(process, curves_first(history, trial), n, improvement);
    gp_truncate(process->gp, n);
    curves_cut(&process->curves, n_rows);
    return status;
}

size_t curve_process_good(const struct curve_process *process, double *good, size_t most)
{
    const struct curves *curves = &process->curves;
    size_t count = space_count(curves->configs), n = 0, best[16];
    for (size_t i = 0; i < gp_count(process->gp) && most <= 16; i++) {
        if (!ended(process, i))
            continue;
        size_t k = n < most ? n++ : most;
        for (; k > 0 && gp_fitted(process->gp, i) < gp_fitted(process->gp, best[k - 1]); k--)
            if (k < most)
                best[k] = best[k - 1];
        if (k < most)
            best[k] = i;
    }
    for (size_t k = 0; k < n; k++)
        space_from_unit(curves->configs, curves->u + process->rows[best[k]] * curves->dims,
                        good + k * count);
    return n;
}
