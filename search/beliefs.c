#include "search/beliefs.h"

#include <stdlib.h>

struct beliefs {
    const struct problem *problem;
    size_t n_objectives, n_outputs, dims;
    bool cost;
    struct surrogate **surrogates; /* [n_outputs] */
};

/* Where objectives are weighed against one another, a warp that stretches the best values of
 * one over most of the scale would have the search look at the ends of the front only. */
#define LEAST_TAU 2.7

static struct output output_number(const struct beliefs *beliefs, size_t i)
{
    size_t objectives = beliefs->n_objectives, constraints = beliefs->problem->n_constraints;
    if (i < objectives)
        return (struct output){OUTPUT_OBJECTIVE, i};
    if (i < objectives + constraints)
        return (struct output){OUTPUT_CONSTRAINT, i - objectives};
    return (struct output){OUTPUT_COST, 0};
}

enum status beliefs_create(struct beliefs **out, const struct problem *problem,
                           size_t n_objectives, bool cost, size_t first_fit)
{
    size_t n = n_objectives + problem->n_constraints + cost;
    struct beliefs *beliefs = calloc(1, sizeof *beliefs);
    if (!beliefs)
        return ST_NOMEM;
    *beliefs = (struct beliefs){problem, n_objectives,
                                n,       space_dims(problem->space),
                                cost,    calloc(n, sizeof *beliefs->surrogates)};
    enum status status = beliefs->surrogates ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < n && !status; i++)
        status = surrogate_create(&beliefs->surrogates[i], problem, output_number(beliefs, i),
                                  n_objectives, first_fit);
    for (size_t i = 0; i < n_objectives && n_objectives > 1 && !status; i++)
        surrogate_limit_warp(beliefs->surrogates[i], LEAST_TAU);
    if (status)
        beliefs_free(beliefs);
    else
        *out = beliefs;
    return status;
}

void beliefs_free(struct beliefs *beliefs)
{
    if (!beliefs)
        return;
    for (size_t i = 0; i < beliefs->n_outputs && beliefs->surrogates; i++)
        surrogate_free(beliefs->surrogates[i]);
    free(beliefs->surrogates);
    free(beliefs);
}

/* Only the objectives cannot be done without. */
static enum status for_outputs(struct beliefs *beliefs, size_t n, const struct history *history,
                               enum status (*call)(struct surrogate *, const struct history *))
{
    for (size_t i = 0; i < n; i++) {
        enum status status = call(beliefs->surrogates[i], history);
        if (status == ST_NOMEM || (status && i < beliefs->n_objectives))
            return status;
    }
    return ST_OK;
}

enum status beliefs_learn(struct beliefs *beliefs, const struct history *history)
{
    return for_outputs(beliefs, beliefs->n_outputs, history, surrogate_learn);
}

enum status beliefs_fantasize(struct beliefs *beliefs, const struct history *history)
{
    size_t n = beliefs_cost(beliefs); /* only the mean of the cost counts */
    return for_outputs(beliefs, n, history, surrogate_fantasize);
}

size_t beliefs_outputs(const struct beliefs *beliefs)
{
    return beliefs->n_outputs;
}

size_t beliefs_objectives(const struct beliefs *beliefs)
{
    return beliefs->n_objectives;
}

size_t beliefs_cost(const struct beliefs *beliefs)
{
    return beliefs->n_outputs - beliefs->cost;
}

struct gp *beliefs_gp(const struct beliefs *beliefs, size_t output)
{
    return surrogate_gp(beliefs->surrogates[output]);
}

const struct surrogate *beliefs_of(const struct beliefs *beliefs, size_t output)
{
    return beliefs_gp(beliefs, output) ? beliefs->surrogates[output] : NULL;
}

size_t beliefs_count(const struct beliefs *beliefs)
{
    size_t most = 0;
    for (size_t i = 0; i < beliefs->n_outputs; i++) {
        const struct gp *gp = beliefs_gp(beliefs, i);
        size_t n = gp ? gp_count(gp) : 0;
        most = n > most ? n : most;
    }
    return most;
}

double beliefs_bound(const struct beliefs *beliefs, size_t k)
{
    return gp_target(beliefs_gp(beliefs, beliefs->n_objectives + k),
                     observations_bound(&beliefs->problem->constraints[k]));
}

double beliefs_ln_joules(const struct beliefs *beliefs, double mean, double *by_mean)
{
    const struct gp *gp = beliefs_gp(beliefs, beliefs_cost(beliefs));
    double zero = gp_target(gp, 0);
    *by_mean = 1 / (gp_target(gp, 1) - zero); /* its targets are not warped */
    return (mean - zero) * *by_mean;
}

enum status prediction_init(struct prediction *prediction, const struct beliefs *beliefs)
{
    size_t n = beliefs->n_outputs * BELIEFS_BLOCK;
    double *memory = calloc(2 * n * (1 + beliefs->dims), sizeof *memory);
    if (!memory)
        return ST_NOMEM;
    *prediction = (struct prediction){memory, memory + n, memory + 2 * n,
                                      memory + (2 + beliefs->dims) * n};
    return ST_OK;
}

void prediction_free(struct prediction *prediction)
{
    free(prediction->mean);
    *prediction = (struct prediction){0};
}

void beliefs_predict(struct beliefs *beliefs, const double *u, size_t m, bool slopes,
                     struct prediction *prediction)
{
    for (size_t i = 0; i < beliefs->n_outputs; i++) {
        struct gp *gp = beliefs_gp(beliefs, i);
        size_t at = i * BELIEFS_BLOCK, slope_at = at * beliefs->dims;
        if (gp)
            gp_predict(gp, u, m, prediction->mean + at, prediction->variance + at,
                       slopes ? prediction->mean_slope + slope_at : NULL,
                       slopes ? prediction->variance_slope + slope_at : NULL);
    }
}

bool beliefs_feasible(struct beliefs *beliefs, const double *u, struct prediction *prediction)
{
    beliefs_predict(beliefs, u, 1, false, prediction);
    for (size_t k = 0; k < beliefs->problem->n_constraints; k++) {
        size_t output = beliefs->n_objectives + k;
        if (beliefs_gp(beliefs, output) &&
            prediction->mean[output * BELIEFS_BLOCK] > beliefs_bound(beliefs, k))
            return false;
    }
    return true;
}
