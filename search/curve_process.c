#include "search/curve_process.h"

#include "search/acquisition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct curve_process {
    struct curves curves;
    struct gp *gp;
    struct gp *judge; /* the same with the rows of one pending trial */
    size_t seen;      /* told trials whose rows are there */
    size_t next_fit;  /* rows at which the hyperparameters are chosen again */
    size_t fits;
    double *u; /* [dims] */
    double *y; /* [y_capacity] */
    size_t y_capacity;
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
    if (!status)
        status = gp_create(&process->judge, dims, categorical, true);
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
    gp_free(process->judge);
    free(process->u);
    free(process->y);
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

/* Targets of all rows, for the falls as they are. */
static enum status find_targets(struct curve_process *process)
{
    struct curves *curves = &process->curves;
    if (curves->n > process->y_capacity) {
        size_t capacity = 2 * curves->n;
        double *y = realloc(process->y, capacity * sizeof *y);
        if (!y)
            return ST_NOMEM;
        process->y = y;
        process->y_capacity = capacity;
    }
    for (size_t i = 0; i < curves->n; i++)
        process->y[i] = curves_target(curves, i, curves->n);
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

static enum status fit(struct curve_process *process)
{
    struct curves *curves = &process->curves;
    curves_learn_falls(curves);
    if (find_targets(process))
        return ST_NOMEM;
    struct gp_effort effort = fit_effort(process->fits, curves->n);
    enum status status = gp_fit(process->gp, curves->u, process->y, curves->n, &effort);
    if (status == ST_NOMEM)
        return status;
    process->fits++;
    process->next_fit = curves->n + 2 + curves->n / 8;
    return ST_OK;
}

static enum status append_rest(struct curve_process *process)
{
    struct curves *curves = &process->curves;
    for (size_t i = gp_count(process->gp); i < curves->n; i++) {
        enum status status = gp_append(process->gp, curves->u + i * curves->dims,
                                       curves_target(curves, i, curves->n));
        if (status)
            return status;
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

static bool ended(const struct curves *curves, size_t row)
{
    return curves->rows[row].level == curves->n_levels - 1 && isfinite(curves->rows[row].cost);
}

static double best_of(const struct curve_process *process, const struct gp *gp)
{
    double best = HUGE_VAL;
    for (size_t i = 0; i < gp_count(gp); i++)
        if (ended(&process->curves, i))
            best = fmin(best, gp_fitted(gp, i));
    return best;
}

double curve_process_best(const struct curve_process *process)
{
    return best_of(process, process->gp);
}

/* With the rows of the pending trial behind the others. */
static enum status judge(struct curve_process *process, const struct trial *trial,
                         double *improvement)
{
    struct curves *curves = &process->curves;
    double mean, variance, by_mean, by_variance;
    enum status status = find_targets(process);
    if (!status)
        status = gp_fit_fixed(process->judge, curves->u, process->y, curves->n,
                              gp_theta(process->gp));
    if (status)
        return status;
    curves_unit(curves, trial->point, process->u);
    gp_predict(process->judge, process->u, 1, &mean, &variance, NULL, NULL);
    *improvement = log_expected_improvement(best_of(process, process->judge), mean, variance,
                                            &by_mean, &by_variance);
    return ST_OK;
}

enum status curve_process_judge(struct curve_process *process, const struct history *history,
                                const struct trial *trial, double *improvement)
{
    size_t n = process->curves.n;
    enum status status = curves_add(&process->curves, history, trial);
    if (!status)
        status = judge(process, trial, improvement);
    curves_cut(&process->curves, n);
    return status;
}

size_t curve_process_good(const struct curve_process *process, double *good, size_t most)
{
    const struct curves *curves = &process->curves;
    size_t count = space_count(curves->configs), n = 0, best[16];
    for (size_t i = 0; i < gp_count(process->gp) && most <= 16; i++) {
        if (!ended(curves, i))
            continue;
        size_t k = n < most ? n++ : most;
        for (; k > 0 && gp_fitted(process->gp, i) < gp_fitted(process->gp, best[k - 1]); k--)
            if (k < most)
                best[k] = best[k - 1];
        if (k < most)
            best[k] = i;
    }
    for (size_t k = 0; k < n; k++)
        space_from_unit(curves->configs, curves->u + best[k] * curves->dims, good + k * count);
    return n;
}
