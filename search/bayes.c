/* Bayesian optimisation: a Gaussian process over the space, and the point of the largest log
 * expected improvement. What is proposed depends on (space, options, seed, history) alone: the
 * state kept here is a cache that any replay of the history rebuilds bit by bit. */
#include "search/acquisition.h"
#include "search/maximise.h"
#include "search/start.h"
#include "search/strategy.h"
#include "search/surrogate.h"
#include "search/unasked.h"

#include <math.h>
#include <stdlib.h>

/* Points known to be good that the maximiser looks near. */
#define GOOD 5

/* Points that are scored together. */
#define BLOCK 64

struct bayes {
    const struct problem *problem;
    size_t start; /* trials before the process is asked */
    size_t dims, count;
    struct unasked *unasked;
    struct start *first_points;
    struct maximiser *maximiser;
    struct surrogate *surrogate;
    struct gp *gp;  /* the surrogate's */
    double best;    /* the incumbent, in the units of the process */
    double *u;      /* [dims] */
    double *slopes; /* [BLOCK x dims] */
    double *good;   /* [GOOD + 1 x count] */
};

/* Creating. */

static void read_options(struct bayes *bayes, struct json_reader *options)
{
    static const char *const acquisitions[] = {"logei"};
    json_read_choice(options, "acquisition", 0, acquisitions, 1);
    bayes->start = (size_t)json_read_integer(
        options, "start", (int64_t)start_default(bayes->problem), 2, 1000000);
}

static void bayes_free(void *state)
{
    struct bayes *bayes = state;
    if (!bayes)
        return;
    start_free(bayes->first_points);
    unasked_free(bayes->unasked);
    maximiser_free(bayes->maximiser);
    surrogate_free(bayes->surrogate);
    free(bayes->u);
    free(bayes->slopes);
    free(bayes->good);
    free(bayes);
}

/* Complete trials before the process has anything to say. */
static size_t first_fit(size_t start)
{
    return start / 2 > 2 ? start / 2 : 2;
}

static enum status create_parts(struct bayes *bayes)
{
    const struct problem *problem = bayes->problem;
    bayes->u = calloc(bayes->dims + 1, sizeof *bayes->u);
    bayes->slopes = calloc(BLOCK * bayes->dims + 1, sizeof *bayes->slopes);
    bayes->good = calloc((GOOD + 1) * bayes->count, sizeof *bayes->good);
    if (!bayes->u || !bayes->slopes || !bayes->good ||
        unasked_create(&bayes->unasked, problem) ||
        start_create(&bayes->first_points, problem, bayes->unasked,
                     rng_derive(problem->seed, "bayes", 0, 0)) ||
        maximiser_create(&bayes->maximiser, problem) ||
        surrogate_create(&bayes->surrogate, problem, first_fit(bayes->start)))
        return ST_NOMEM;
    bayes->gp = surrogate_gp(bayes->surrogate);
    return ST_OK;
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
    read_options(bayes, options);
    if (create_parts(bayes)) {
        bayes_free(bayes);
        return error_set(err, ST_NOMEM, "out of memory");
    }
    *state = bayes;
    return ST_OK;
}

/* A point of the start. */
static enum ask propose_start(struct bayes *bayes, const struct history *history, double *point)
{
    return start_propose(bayes->first_points, history, point) ? ASK_PROPOSED : ASK_DONE;
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

/* Find the incumbent: the lowest posterior mean of the trials told. While trials are pending
 * the first of them went to where improvement is likely, and those that follow must not creep
 * from there towards the lowest mean of all in ever smaller steps: that mean is theirs to
 * beat, wherever it lies. */
static enum status find_incumbent(struct bayes *bayes, const struct history *history,
                                  size_t *n_good)
{
    const struct effort effort = {0, 32, 96, 4, 20, 2};
    struct score score = {evaluate_mean, bayes};
    double *lowest = bayes->good + GOOD * bayes->count, value;
    *n_good = surrogate_good(bayes->surrogate, bayes->good, GOOD, &bayes->best);
    if (history->n_pending == 0)
        return ST_OK;
    uint64_t seed = rng_derive(bayes->problem->seed, "bayes mean", history->n, 0);
    enum status status =
        maximise(bayes->maximiser, &score, NULL, bayes->good, *n_good, seed, &effort, lowest);
    if (status)
        return status;
    space_to_unit(bayes->problem->space, lowest, bayes->u);
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
    size_t n_good;
    enum status status = find_incumbent(bayes, history, &n_good);
    if (!status)
        status = maximise(bayes->maximiser, &score, history, bayes->good, n_good, seed, &effort,
                          point);
    if (status == ST_NOMEM)
        return ASK_FAILED;
    if (status) /* what looks best has all been asked for */
        return unasked_draw(bayes->unasked, history, seed, point) ? ASK_PROPOSED : ASK_DONE;
    return ASK_PROPOSED;
}

static enum ask bayes_ask(void *state, const struct history *history, struct proposal *proposal)
{
    struct bayes *bayes = state;
    if (unasked_none(bayes->unasked, history))
        return ASK_DONE;
    if (history->n < bayes->start)
        return propose_start(bayes, history, proposal->point);
    enum status status = surrogate_learn(bayes->surrogate, history);
    if (!status)
        status = surrogate_fantasize(bayes->surrogate, history);
    if (status == ST_NOMEM)
        return ASK_FAILED;
    if (status) /* nothing complete to learn from yet */
        return propose_start(bayes, history, proposal->point);
    return propose(bayes, history, proposal->point);
}

const struct strategy_type strategy_bayes = {
    .name = "bayes",
    .summary = "Bayesian optimisation: Gaussian process and log expected improvement",
    .create = bayes_create,
    .free = bayes_free,
    .ask = bayes_ask,
};
