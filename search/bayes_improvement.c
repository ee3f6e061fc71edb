/* The expected improvement of one objective over the incumbent. */
#include "search/acquisition.h"
#include "search/bayes_kind.h"

#include <math.h>
#include <stdlib.h>

/* Less noise than this, in units of the process, is that of a fit to a function without any. */
#define NEGLIGIBLE_NOISE 1e-3

struct improvement {
    double best; /* in the units of the process */
    double noise;
    double *point, *u;
};

static void improvement_free(void *state)
{
    struct improvement *improvement = state;
    if (!improvement)
        return;
    free(improvement->point);
    free(improvement->u);
    free(improvement);
}

static enum status improvement_create(void **state, const struct problem *problem)
{
    struct improvement *improvement = calloc(1, sizeof *improvement);
    if (!improvement)
        return ST_NOMEM;
    improvement->point = calloc(space_count(problem->space), sizeof *improvement->point);
    improvement->u = calloc(space_dims(problem->space) + 1, sizeof *improvement->u);
    if (!improvement->point || !improvement->u) {
        improvement_free(improvement);
        return ST_NOMEM;
    }
    *state = improvement;
    return ST_OK;
}

static double log_improvement(const void *context, const struct belief *at, struct belief *by)
{
    const struct improvement *improvement = context;
    double by_share;
    double value = log_expected_improvement(improvement->best, at->mean, at->variance,
                                            &by->mean, &by->variance);
    value += log_learned_share(at->variance, improvement->noise, &by_share);
    by->variance += by_share;
    return value;
}

/* The noise that counts: all of it when there is much, nearly none when it is negligible. */
static double noise_of(const struct gp *gp)
{
    double noise = gp_noise(gp);
    return noise * noise / (noise + NEGLIGIBLE_NOISE);
}

static double minus_mean(const void *context, const struct belief *at, struct belief *by)
{
    (void)context;
    *by = (struct belief){-1, 0};
    return -at->mean;
}

/* The lowest mean of the whole space, and where it is believed to be infeasible the best that
 * is known. */
static enum status lower_to_mean(struct improvement *improvement, struct bayes_work *work,
                                 const struct history *history)
{
    const struct effort effort = {0, 32, 96, 4, 20, 2};
    struct bayes_score *score = &work->score;
    struct score wanted = bayes_score_of(score);
    uint64_t seed = rng_derive(work->problem->seed, "bayes mean", history->n, 0);
    score->acquisition = minus_mean;
    enum status status = maximise(work->maximiser, &wanted, NULL, work->good, work->n_good,
                                  seed, &effort, improvement->point);
    if (status)
        return status;
    space_to_unit(work->problem->space, improvement->point, improvement->u);
    if (beliefs_feasible(work->beliefs, improvement->u, &score->prediction))
        improvement->best = fmin(improvement->best, score->prediction.mean[0]);
    return ST_OK;
}

/* Find the incumbent: the lowest posterior mean of the trials told. While trials are pending
 * the first of them went to where improvement is likely, and those that follow must not creep
 * from there towards the lowest mean of all in ever smaller steps: that mean is theirs to
 * beat, wherever it lies. */
static enum status improvement_prepare(void *state, struct bayes_work *work,
                                       const struct history *history)
{
    struct improvement *improvement = state;
    improvement->best = work->incumbents.mean[bayes_best_are_good(work)];
    enum status status =
        history->n_pending > 0 ? lower_to_mean(improvement, work, history) : ST_OK;
    improvement->noise = noise_of(beliefs_gp(work->beliefs, 0));
    work->score.acquisition = log_improvement;
    work->score.context = improvement;
    return status;
}

const struct bayes_kind bayes_improvement = {
    .create = improvement_create,
    .free = improvement_free,
    .prepare = improvement_prepare,
};
