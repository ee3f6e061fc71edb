/* Bayesian optimisation: a Gaussian process over the space, and the point of the largest log
 * expected improvement. What is proposed depends on (space, options, seed, history) alone: the
 * state kept here is a cache that any replay of the history rebuilds bit by bit. */
#include "search/acquisition.h"
#include "search/gp.h"
#include "search/maximise.h"
#include "search/observations.h"
#include "search/sobol.h"
#include "search/strategy.h"
#include "search/unasked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points known to be good that the maximiser looks near. */
#define GOOD 5

/* Points that are scored together. */
#define BLOCK 64

struct bayes {
    const struct problem *problem;
    size_t start; /* Sobol points before the process is asked */
    size_t dims, count;
    struct unasked *unasked;
    struct sobol *sobol;
    struct maximiser *maximiser;
    struct gp *gp;
    struct observations observations;
    size_t next_fit; /* rows at which the hyperparameters are chosen again */
    size_t fits;     /* how often they were */
    double best;     /* the incumbent, in the units of the process */
    double *scratch; /* [2 x rows], or [4 x pending x dims] */
    size_t scratch_n;
    double *u;      /* [dims] */
    double *slopes; /* [BLOCK x dims] */
    double *good;   /* [GOOD + 1 x count] */
};

/* Creating. */

static size_t default_start(const struct problem *problem)
{
    size_t start = 2 * space_dims(problem->space) + 2;
    if (start < 8)
        start = 8;
    if (problem->budget_trials > 0 && start > problem->budget_trials / 4)
        start = problem->budget_trials / 4;
    return start < 2 ? 2 : start;
}

static void read_options(struct bayes *bayes, struct json_reader *options)
{
    static const char *const acquisitions[] = {"logei"};
    json_read_choice(options, "acquisition", 0, acquisitions, 1);
    bayes->start = (size_t)json_read_integer(
        options, "start", (int64_t)default_start(bayes->problem), 2, 1000000);
}

static void bayes_free(void *state)
{
    struct bayes *bayes = state;
    if (!bayes)
        return;
    unasked_free(bayes->unasked);
    sobol_free(bayes->sobol);
    maximiser_free(bayes->maximiser);
    gp_free(bayes->gp);
    observations_free(&bayes->observations);
    free(bayes->scratch);
    free(bayes->u);
    free(bayes->slopes);
    free(bayes->good);
    free(bayes);
}

static enum status create_process(struct bayes *bayes)
{
    const struct space *space = bayes->problem->space;
    bool *categorical = calloc(bayes->dims + 1, sizeof *categorical);
    if (!categorical)
        return ST_NOMEM;
    for (size_t d = 0; d < bayes->dims; d++)
        categorical[d] =
            space_param(space, space_dim_param(space, d))->kind == PARAM_CATEGORICAL;
    enum status status = gp_create(&bayes->gp, bayes->dims, categorical, true);
    free(categorical);
    return status;
}

static enum status create_parts(struct bayes *bayes)
{
    const struct problem *problem = bayes->problem;
    bayes->u = calloc(bayes->dims + 1, sizeof *bayes->u);
    bayes->slopes = calloc(BLOCK * bayes->dims + 1, sizeof *bayes->slopes);
    bayes->good = calloc((GOOD + 1) * bayes->count, sizeof *bayes->good);
    if (!bayes->u || !bayes->slopes || !bayes->good ||
        unasked_create(&bayes->unasked, problem) ||
        sobol_create(&bayes->sobol, bayes->dims, rng_derive(problem->seed, "bayes", 0, 0)) ||
        maximiser_create(&bayes->maximiser, problem))
        return ST_NOMEM;
    return create_process(bayes);
}

static enum status bayes_create(void **state, const struct problem *problem,
                                struct json_reader *options, struct error *err)
{
    struct bayes *bayes = calloc(1, sizeof *bayes);
    if (!bayes)
        return error_set(err, ST_NOMEM, "out of memory");
    bayes->problem = problem;
    bayes->dims = space_dims(problem->space);
    bayes->count = space_count(problem->space);
    observations_init(&bayes->observations, problem);
    read_options(bayes, options);
    if (create_parts(bayes)) {
        bayes_free(bayes);
        return error_set(err, ST_NOMEM, "out of memory");
    }
    *state = bayes;
    return ST_OK;
}

/* The start. */

/* Sobol point number history->n, or any other where that was asked for already. */
static enum ask propose_start(struct bayes *bayes, const struct history *history, double *point)
{
    uint64_t number = history->n;
    sobol_point(bayes->sobol, number, bayes->u);
    space_sample(bayes->problem->space, bayes->u, point);
    if (bayes->problem->allow_duplicates || !history_contains(history, point))
        return ASK_PROPOSED;
    uint64_t seed = rng_derive(bayes->problem->seed, "bayes start", number, 0);
    return unasked_draw(bayes->unasked, history, seed, point) ? ASK_PROPOSED : ASK_DONE;
}

/* Complete trials before the process has anything to say. */
static size_t first_fit(const struct bayes *bayes)
{
    return bayes->start / 2 > 2 ? bayes->start / 2 : 2;
}

/* The process. */

static double *reserve_scratch(struct bayes *bayes, size_t n)
{
    if (n > bayes->scratch_n) {
        double *more = realloc(bayes->scratch, 2 * n * sizeof *more);
        if (!more)
            return NULL;
        bayes->scratch = more;
        bayes->scratch_n = 2 * n;
    }
    return bayes->scratch;
}

/* Rows until the next choice of hyperparameters: each, then every few per cent. */
static size_t interval(size_t n)
{
    return 1 + n / 12;
}

/* Much work at first; later the previous hyperparameters are near, and a fresh start now and
 * then escapes from a poor optimum. */
static struct gp_effort fit_effort(size_t fits)
{
    if (fits == 0)
        return (struct gp_effort){40, 2};
    return (struct gp_effort){15, fits % 4 == 0 ? 1 : 0};
}

/* Choose the hyperparameters by the first n rows. */
static enum status fit(struct bayes *bayes, size_t n)
{
    double *y = reserve_scratch(bayes, 2 * n);
    if (!y)
        return ST_NOMEM;
    struct gp_effort effort = fit_effort(bayes->fits);
    observations_targets(&bayes->observations, n, y, y + n);
    enum status status = gp_fit(bayes->gp, bayes->observations.u, y, n, &effort);
    if (status == ST_NOMEM)
        return status; /* to be tried again */
    bayes->fits++;
    bayes->next_fit = n + interval(n);
    return ST_OK;
}

/* Rows that came after the last fit. */
static enum status append_rest(struct bayes *bayes)
{
    const struct observations *o = &bayes->observations;
    for (size_t i = gp_count(bayes->gp); i < o->n; i++) {
        double *y = reserve_scratch(bayes, 2 * (i + 1));
        if (!y)
            return ST_NOMEM;
        observations_targets(o, i + 1, y, y + i + 1);
        enum status status = gp_append(bayes->gp, o->u + i * bayes->dims, y[i]);
        if (status)
            return status;
    }
    return ST_OK;
}

/* Bring the process up to the told trials. Fits happen at fixed numbers of rows, each from the
 * one before, whenever the results came and proposals were asked for. ST_NUMERIC: there is no
 * fit. */
static enum status learn(struct bayes *bayes, const struct history *history)
{
    struct observations *o = &bayes->observations;
    enum status status = observations_update(o, history);
    if (!status && bayes->next_fit == 0 && observations_complete(o, o->n) >= first_fit(bayes)) {
        size_t n = first_fit(bayes);
        while (observations_complete(o, n) < first_fit(bayes))
            n++;
        bayes->next_fit = n;
    }
    while (!status && bayes->next_fit > 0 && bayes->next_fit <= o->n)
        status = fit(bayes, bayes->next_fit);
    if (status)
        return status;
    return gp_count(bayes->gp) > 0 ? append_rest(bayes) : ST_NUMERIC;
}

/* The points of the lowest posterior means, best first, into bayes->good; answers how many. */
static size_t choose_good(struct bayes *bayes)
{
    size_t chosen[GOOD], n = 0;
    for (size_t i = 0; i < gp_count(bayes->gp); i++) {
        if (!isfinite(bayes->observations.y[i]))
            continue;
        size_t k = n < GOOD ? n++ : GOOD;
        for (; k > 0 && gp_fitted(bayes->gp, i) < gp_fitted(bayes->gp, chosen[k - 1]); k--)
            if (k < GOOD)
                chosen[k] = chosen[k - 1];
        if (k < GOOD)
            chosen[k] = i;
    }
    for (size_t k = 0; k < n; k++)
        space_from_unit(bayes->problem->space, bayes->observations.u + chosen[k] * bayes->dims,
                        bayes->good + k * bayes->count);
    bayes->best = gp_fitted(bayes->gp, chosen[0]);
    return n;
}

/* The score. */

static void score_block(struct bayes *bayes, const double *u, size_t m, double *values,
                        double *slopes)
{
    double mean[BLOCK], variance[BLOCK], by_mean, by_variance;
    gp_predict(bayes->gp, u, m, mean, variance, slopes, slopes ? bayes->slopes : NULL);
    for (size_t k = 0; k < m; k++) {
        values[k] =
            log_expected_improvement(bayes->best, mean[k], variance[k], &by_mean, &by_variance);
        for (size_t i = k * bayes->dims; slopes && i < (k + 1) * bayes->dims; i++)
            slopes[i] = by_mean * slopes[i] + by_variance * bayes->slopes[i];
    }
}

/* struct score: the log expected improvement. */
static void evaluate(void *context, const double *u, size_t m, double *values, double *slopes)
{
    struct bayes *bayes = context;
    for (size_t i = 0; i < m; i += BLOCK)
        score_block(bayes, u + i * bayes->dims, m - i < BLOCK ? m - i : BLOCK, values + i,
                    slopes ? slopes + i * bayes->dims : NULL);
}

/* struct score: minus the posterior mean. */
static void evaluate_mean(void *context, const double *u, size_t m, double *values,
                          double *slopes)
{
    struct bayes *bayes = context;
    double variance[BLOCK];
    for (size_t i = 0; i < m; i += BLOCK)
        gp_predict(bayes->gp, u + i * bayes->dims, m - i < BLOCK ? m - i : BLOCK, values + i,
                   variance, slopes ? slopes + i * bayes->dims : NULL,
                   slopes ? bayes->slopes : NULL);
    for (size_t i = 0; i < m; i++)
        values[i] = -values[i];
    for (size_t i = 0; slopes && i < m * bayes->dims; i++)
        slopes[i] = -slopes[i];
}

/* Condition on the pending trials as if each had given what is expected of it. The first of
 * them went to where improvement is likely, so that those that follow must not creep towards
 * the lowest expected value step by step: it is the incumbent, wherever it lies. */
static enum status believe(struct bayes *bayes, const struct history *history, size_t n_good)
{
    size_t p = history->n_pending, dims = bayes->dims;
    const struct effort effort = {0, 32, 96, 4, 20, 2};
    struct score score = {evaluate_mean, bayes};
    double *u = reserve_scratch(bayes, p * dims + 1), value;
    if (!u)
        return ST_NOMEM;
    for (size_t k = 0; k < p; k++)
        space_to_unit(bayes->problem->space, history->trials[history->pending[k]].point,
                      u + k * dims);
    enum status status = gp_fantasize(bayes->gp, u, p);
    if (status || p == 0)
        return status;
    status = maximise(bayes->maximiser, &score, NULL, bayes->good, n_good,
                      rng_derive(bayes->problem->seed, "bayes mean", history->n, 0), &effort,
                      bayes->good + GOOD * bayes->count);
    if (status)
        return status;
    space_to_unit(bayes->problem->space, bayes->good + GOOD * bayes->count, bayes->u);
    evaluate_mean(bayes, bayes->u, 1, &value, NULL);
    bayes->best = fmin(bayes->best, -value);
    return ST_OK;
}

/* A prediction costs O(n^2): fewer of them as the data grow. */
static struct effort effort_for(size_t n)
{
    if (n <= 80)
        return (struct effort){1024, 512, 128, 6, 30, 6};
    if (n <= 256)
        return (struct effort){768, 384, 128, 5, 25, 5};
    if (n <= 640)
        return (struct effort){512, 256, 96, 4, 20, 4};
    return (struct effort){384, 192, 64, 4, 16, 3};
}

static enum ask propose(struct bayes *bayes, const struct history *history, double *point)
{
    struct score score = {evaluate, bayes};
    struct effort effort = effort_for(gp_count(bayes->gp) + history->n_pending);
    uint64_t seed = rng_derive(bayes->problem->seed, "bayes maximise", history->n, 0);
    size_t n_good = choose_good(bayes);
    enum status status = believe(bayes, history, n_good);
    if (!status)
        status = maximise(bayes->maximiser, &score, history, bayes->good, n_good, seed, &effort,
                          point);
    if (status == ST_NOMEM)
        return ASK_FAILED;
    if (status) /* what looks best has all been asked for */
        return unasked_draw(bayes->unasked, history, seed, point) ? ASK_PROPOSED : ASK_DONE;
    return ASK_PROPOSED;
}

static enum ask bayes_ask(void *state, const struct history *history, double *point)
{
    struct bayes *bayes = state;
    if (unasked_none(bayes->unasked, history))
        return ASK_DONE;
    if (history->n < bayes->start)
        return propose_start(bayes, history, point);
    enum status status = learn(bayes, history);
    if (status == ST_NOMEM)
        return ASK_FAILED;
    if (status) /* nothing complete to learn from yet */
        return propose_start(bayes, history, point);
    return propose(bayes, history, point);
}

const struct strategy_type strategy_bayes = {
    .name = "bayes",
    .summary = "Bayesian optimisation: Gaussian process and log expected improvement",
    .create = bayes_create,
    .free = bayes_free,
    .ask = bayes_ask,
};
