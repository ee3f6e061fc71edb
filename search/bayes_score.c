#include "search/bayes_score.h"

#include "search/acquisition.h"

#include <math.h>
#include <stdlib.h>

enum status bayes_score_init(struct bayes_score *score, struct beliefs *beliefs, size_t dims)
{
    size_t n = beliefs_outputs(beliefs);
    *score = (struct bayes_score){.beliefs = beliefs, .dims = dims, .ln_affordable = INFINITY};
    score->at = calloc(n, sizeof *score->at);
    score->by = calloc(n, sizeof *score->by);
    if (!score->at || !score->by || prediction_init(&score->prediction, beliefs)) {
        bayes_score_free(score);
        return ST_NOMEM;
    }
    return ST_OK;
}

void bayes_score_free(struct bayes_score *score)
{
    prediction_free(&score->prediction);
    free(score->at);
    free(score->by);
    *score = (struct bayes_score){0};
}

/* Sum over the constraints that something is known of. */
static double log_feasibility(const struct bayes_score *score)
{
    size_t from = beliefs_objectives(score->beliefs), to = beliefs_cost(score->beliefs);
    double sum = 0, slope;
    for (size_t i = from; i < to; i++) {
        if (!beliefs_of(score->beliefs, i))
            continue;
        double deviation = sqrt(score->at[i].variance);
        double z = (beliefs_bound(score->beliefs, i - from) - score->at[i].mean) / deviation;
        sum += log_probability(z, &slope);
        score->by[i] =
            (struct belief){-slope / deviation, -slope * z / (2 * score->at[i].variance)};
    }
    return sum;
}

/* How far points that cannot be paid for are below all others. */
#define UNAFFORDABLE 1e9

/* What the expected joules take from the value. */
static double price(const struct bayes_score *score)
{
    size_t cost = beliefs_cost(score->beliefs);
    if (cost == beliefs_outputs(score->beliefs) || !beliefs_of(score->beliefs, cost))
        return 0;
    double by_mean,
        ln_joules = beliefs_ln_joules(score->beliefs, score->at[cost].mean, &by_mean);
    double excess = ln_joules - score->ln_affordable;
    if (!(excess > 0)) {
        score->by[cost].mean = -score->thrift * by_mean;
        return score->thrift * ln_joules;
    }
    score->by[cost].mean = -UNAFFORDABLE * by_mean;
    return score->thrift * ln_joules + UNAFFORDABLE * (1 + excess);
}

/* The value at one point whose beliefs are in score->at, and its derivatives by them. */
static double value_of(const struct bayes_score *score)
{
    double value = 0;
    for (size_t i = 0; i < beliefs_outputs(score->beliefs); i++)
        score->by[i] = (struct belief){0, 0};
    if (score->acquisition)
        value = score->acquisition(score->context, score->at, score->by);
    return value + log_feasibility(score) - price(score);
}

static void put_slopes(const struct bayes_score *score, size_t c, double *slopes)
{
    const struct prediction *p = &score->prediction;
    for (size_t d = 0; d < score->dims; d++)
        slopes[d] = 0;
    for (size_t i = 0; i < beliefs_outputs(score->beliefs); i++) {
        size_t at = (i * BELIEFS_BLOCK + c) * score->dims;
        struct belief by = score->by[i];
        for (size_t d = 0; d < score->dims; d++)
            slopes[d] +=
                by.mean * p->mean_slope[at + d] + by.variance * p->variance_slope[at + d];
    }
}

static void evaluate_block(struct bayes_score *score, const double *u, size_t m, double *values,
                           double *slopes)
{
    const struct prediction *p = &score->prediction;
    beliefs_predict(score->beliefs, u, m, slopes != NULL, &score->prediction);
    for (size_t c = 0; c < m; c++) {
        for (size_t i = 0; i < beliefs_outputs(score->beliefs); i++)
            score->at[i] = (struct belief){p->mean[i * BELIEFS_BLOCK + c],
                                           p->variance[i * BELIEFS_BLOCK + c]};
        values[c] = value_of(score);
        if (slopes)
            put_slopes(score, c, slopes + c * score->dims);
    }
}

static void evaluate(void *context, const double *u, size_t m, double *values, double *slopes)
{
    struct bayes_score *score = context;
    for (size_t i = 0; i < m; i += BELIEFS_BLOCK)
        evaluate_block(score, u + i * score->dims,
                       m - i < BELIEFS_BLOCK ? m - i : BELIEFS_BLOCK, values + i,
                       slopes ? slopes + i * score->dims : NULL);
}

struct score bayes_score_of(struct bayes_score *score)
{
    return (struct score){evaluate, score};
}
