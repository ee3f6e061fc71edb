#include "search/bayes_epochs.h"

#include "search/configs.h"
#include "search/curve_score.h"
#include "search/frozen.h"
#include "search/maximise.h"
#include "search/start.h"
#include "search/unasked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points known to be good that the maximiser looks near. */
enum { GOOD = 5 };

/* The first configurations train for this share of the epochs. Then so many of the best of them
 * go on to the end, before the process is asked. */
#define FIRST_SHARE 0.05
enum { FIRST_ENDED = 2 };

/* A running trial is stopped when another one promises so much more: not for every small
 * difference, because it takes a start to go on again. In logarithms. */
#define RIVAL_AHEAD 0.2

struct bayes_epochs {
    const struct problem *problem;
    struct fidelity fidelity;
    size_t start;
    struct configs *configs;
    struct unasked *unasked; /* over the configurations */
    struct start *first_points;
    struct maximiser *maximiser;
    struct curve_process *process;
    struct curve_score *score;
    double *good; /* [GOOD x space_count()] */
    struct frozen frozen;
    size_t rival_told;  /* told trials that rival_score belongs to */
    double rival_score; /* of the best that could be trained instead of a running trial */
};

/* What could be trained next. */
struct candidate {
    double score; /* log expected improvement for an epoch of those that are left */
    int64_t continues;
};

/* Creating. */

void bayes_epochs_free(struct bayes_epochs *epochs)
{
    if (!epochs)
        return;
    start_free(epochs->first_points);
    unasked_free(epochs->unasked);
    maximiser_free(epochs->maximiser);
    curve_score_free(epochs->score);
    curve_process_free(epochs->process);
    configs_free(epochs->configs);
    free(epochs->good);
    frozen_free(&epochs->frozen);
    free(epochs);
}

static enum status create_parts(struct bayes_epochs *epochs)
{
    const struct problem *problem = epochs->problem;
    if (configs_create(&epochs->configs, problem, &epochs->fidelity))
        return ST_NOMEM;
    const struct problem *configs = configs_problem(epochs->configs);
    epochs->good = calloc(GOOD * space_count(problem->space), sizeof *epochs->good);
    if (!epochs->good || unasked_create(&epochs->unasked, configs) ||
        start_create(&epochs->first_points, configs, epochs->unasked,
                     rng_derive(problem->seed, "bayes", 0, 0)) ||
        maximiser_create(&epochs->maximiser, configs))
        return ST_NOMEM;
    enum status status =
        curve_process_create(&epochs->process, problem, configs->space, &epochs->fidelity);
    return status ? status : curve_score_create(&epochs->score, epochs->process);
}

enum status bayes_epochs_create(struct bayes_epochs **out, const struct problem *problem,
                                struct json_reader *options, size_t start)
{
    *out = NULL;
    struct bayes_epochs *epochs = calloc(1, sizeof *epochs);
    if (!epochs)
        return ST_NOMEM;
    epochs->problem = problem;
    epochs->start = start;
    epochs->rival_told = SIZE_MAX;
    enum status status = fidelity_read(&epochs->fidelity, problem, options);
    if (!status)
        status = create_parts(epochs);
    if (status)
        bayes_epochs_free(epochs);
    else
        *out = epochs;
    return status;
}

double bayes_epochs_count(const struct bayes_epochs *epochs)
{
    const struct curves *curves = curve_process_curves(epochs->process);
    return configs_count(epochs->configs) * (double)curves->n_levels;
}

/* What is known. */

static double most_epochs(const struct bayes_epochs *epochs)
{
    return fidelity_amount(&epochs->fidelity, epochs->fidelity.count - 1);
}

/* Take in new trials. Errors: ST_NUMERIC without a process; ST_NOMEM. */
static enum status update(struct bayes_epochs *epochs, const struct history *history)
{
    if (frozen_update(&epochs->frozen, history) || configs_update(epochs->configs, history))
        return ST_NOMEM;
    return curve_process_learn(epochs->process, history);
}

/* Scores. */

/* The improvement for what is left to train, in logarithms. */
static double per_epoch(double improvement, double epochs)
{
    return improvement - log(epochs);
}

/* The best of m <= CURVE_SCORE_BLOCK frozen trials, if it is better than the candidate. */
static void consider_block(struct bayes_epochs *epochs, const struct history *history,
                           const size_t *numbers, size_t m, struct candidate *best)
{
    const struct curves *curves = curve_process_curves(epochs->process);
    const double *points[CURVE_SCORE_BLOCK];
    double values[CURVE_SCORE_BLOCK];
    for (size_t k = 0; k < m; k++)
        points[k] = history->trials[numbers[k]].point;
    curve_score_points(epochs->score, points, m, values);
    for (size_t k = 0; k < m; k++) {
        const struct trial *trial = &history->trials[numbers[k]];
        double left = most_epochs(epochs) - curves_epochs(curves, history, trial);
        double score = per_epoch(values[k], left);
        if (score > best->score)
            *best = (struct candidate){score, (int64_t)trial->number};
    }
}

/* The best of the frozen trials that the process knows, if it is better than the candidate. */
static void consider_frozen(struct bayes_epochs *epochs, const struct history *history,
                            struct candidate *best)
{
    const struct curves *curves = curve_process_curves(epochs->process);
    size_t numbers[CURVE_SCORE_BLOCK], m = 0;
    for (size_t i = 0; i < history->n_told; i++) {
        const struct trial *trial = &history->trials[history->told[i]];
        if (!frozen_has(&epochs->frozen, curves, history, trial) ||
            !curve_process_knows(epochs->process, history, trial))
            continue;
        numbers[m++] = (size_t)trial->number;
        if (m == CURVE_SCORE_BLOCK) {
            consider_block(epochs, history, numbers, m, best);
            m = 0;
        }
    }
    consider_block(epochs, history, numbers, m, best);
}

static struct effort effort_for(size_t n)
{
    if (n <= 100)
        return (struct effort){1024, 384, 128, 5, 25, 5};
    if (n <= 256)
        return (struct effort){512, 256, 96, 4, 20, 4};
    return (struct effort){384, 192, 64, 3, 16, 3};
}

/* The best of the new configurations into point. Errors: ST_NOTFOUND; ST_NOMEM. */
static enum status consider_new(struct bayes_epochs *epochs, uint64_t seed, double *point,
                                struct candidate *best)
{
    struct effort effort = effort_for(gp_count(curve_process_gp(epochs->process)));
    struct score by_improvement = {curve_score_evaluate, epochs->score};
    size_t n_good = curve_process_good(epochs->process, epochs->good, GOOD);
    enum status status =
        maximise(epochs->maximiser, &by_improvement, configs_history(epochs->configs),
                 epochs->good, n_good, seed, &effort, point);
    if (status)
        return status;
    double improvement;
    curve_score_points(epochs->score, (const double *const[]){point}, 1, &improvement);
    *best = (struct candidate){per_epoch(improvement, most_epochs(epochs)), TRIAL_NONE};
    return ST_OK;
}

/* Asking. */

static enum ask finish_point(const struct bayes_epochs *epochs, double *point)
{
    point[epochs->fidelity.param] =
        fidelity_value(&epochs->fidelity, epochs->fidelity.count - 1);
    return ASK_PROPOSED;
}

static enum ask propose_frozen(const struct bayes_epochs *epochs, const struct history *history,
                               int64_t number, struct proposal *proposal)
{
    proposal->continues = number;
    memcpy(proposal->point, history->trials[number].point,
           space_count(history->space) * sizeof *proposal->point);
    return finish_point(epochs, proposal->point);
}

/* The frozen trial of the lowest cost so far; TRIAL_NONE when there is none. */
static int64_t best_frozen(const struct bayes_epochs *epochs, const struct history *history)
{
    return frozen_lowest(&epochs->frozen, curve_process_curves(epochs->process), history);
}

/* Any configuration; when there is none any more, what is frozen. */
static enum ask propose_any(struct bayes_epochs *epochs, const struct history *history,
                            struct proposal *proposal)
{
    if (start_propose(epochs->first_points, configs_history(epochs->configs), proposal->point))
        return finish_point(epochs, proposal->point);
    int64_t frozen = best_frozen(epochs, history);
    if (frozen != TRIAL_NONE)
        return propose_frozen(epochs, history, frozen, proposal);
    return history->n_pending > 0 ? ASK_WAIT : ASK_DONE;
}

/* Too few curves have an end: the best of the short ones goes on, unless enough of them do.
 * With many workers these are a quarter of the pending ones, or else what most of them train
 * until the first end would be stopped early. */
static enum ask propose_first(struct bayes_epochs *epochs, const struct history *history,
                              struct proposal *proposal)
{
    size_t ending = curve_process_curves(epochs->process)->n_ended;
    size_t quarter = history->n_pending / 4;
    size_t wanted = quarter > FIRST_ENDED ? quarter : FIRST_ENDED;
    for (size_t k = 0; k < history->n_pending; k++)
        ending += history->trials[history->pending[k]].continues != TRIAL_NONE;
    int64_t frozen = ending < wanted ? best_frozen(epochs, history) : TRIAL_NONE;
    if (frozen != TRIAL_NONE)
        return propose_frozen(epochs, history, frozen, proposal);
    return propose_any(epochs, history, proposal);
}

static enum ask propose(struct bayes_epochs *epochs, const struct history *history,
                        struct proposal *proposal)
{
    struct candidate best = {-HUGE_VAL, TRIAL_NONE};
    uint64_t seed = rng_derive(epochs->problem->seed, "bayes epochs", history->n, 0);
    enum status status = curve_process_fantasize(epochs->process, history, true);
    if (!status) {
        curve_score_begin(epochs->score);
        status = consider_new(epochs, seed, proposal->point, &best);
    }
    if (status == ST_NOMEM)
        return ASK_FAILED;
    consider_frozen(epochs, history, &best);
    if (!(best.score > -HUGE_VAL))
        return propose_any(epochs, history, proposal);
    if (best.continues != TRIAL_NONE)
        return propose_frozen(epochs, history, best.continues, proposal);
    return finish_point(epochs, proposal->point);
}

/* The process knows how some curves end. */
static bool is_started(const struct bayes_epochs *epochs)
{
    return curve_process_curves(epochs->process)->n_ended >= FIRST_ENDED;
}

enum ask bayes_epochs_ask(struct bayes_epochs *epochs, const struct history *history,
                          struct proposal *proposal)
{
    enum status status = update(epochs, history);
    if (status == ST_NOMEM)
        return ASK_FAILED;
    if (configs_history(epochs->configs)->n < epochs->start)
        return propose_any(epochs, history, proposal);
    if (status || !is_started(epochs))
        return propose_first(epochs, history, proposal);
    return propose(epochs, history, proposal);
}

/* Reports. */

/* The score of what would be trained instead. */
static enum status find_rival(struct bayes_epochs *epochs, const struct history *history)
{
    if (epochs->rival_told == history->n_told)
        return ST_OK;
    struct candidate best = {-HUGE_VAL, TRIAL_NONE};
    double *point = calloc(space_count(history->space), sizeof *point);
    enum status status =
        point ? curve_process_fantasize(epochs->process, history, false) : ST_NOMEM;
    if (!status) {
        uint64_t seed = rng_derive(epochs->problem->seed, "bayes rival", history->n_told, 0);
        curve_score_begin(epochs->score);
        status = consider_new(epochs, seed, point, &best);
    }
    free(point);
    if (status && status != ST_NOTFOUND)
        return status;
    consider_frozen(epochs, history, &best);
    epochs->rival_score = best.score;
    epochs->rival_told = history->n_told;
    return ST_OK;
}

/* Is the last report the first one of a level that is not the end? */
static bool enters_level(const struct bayes_epochs *epochs, const struct history *history,
                         const struct trial *trial)
{
    const struct curves *curves = curve_process_curves(epochs->process);
    double step = trial->reports[trial->n_reports - 1].step, before = 0;
    if (trial->n_reports > 1)
        before = trial->reports[trial->n_reports - 2].step;
    else if (trial->continues != TRIAL_NONE)
        before = curves_epochs(curves, history, &history->trials[trial->continues]);
    bool first =
        before < curves->level[0] || curves_level(curves, before) < curves_level(curves, step);
    return first && step < most_epochs(epochs);
}

enum verdict bayes_epochs_report(struct bayes_epochs *epochs, const struct history *history,
                                 const struct trial *trial)
{
    double improvement;
    if (!enters_level(epochs, history, trial))
        return VERDICT_GO_ON;
    enum status status = update(epochs, history);
    if (status == ST_NOMEM)
        return VERDICT_GO_ON;
    double step = trial->reports[trial->n_reports - 1].step, left = most_epochs(epochs) - step;
    if (status || trial->number < epochs->start || !is_started(epochs))
        return trial->continues == TRIAL_NONE && step >= FIRST_SHARE * most_epochs(epochs)
                   ? VERDICT_STOP
                   : VERDICT_GO_ON;
    if (find_rival(epochs, history) ||
        curve_process_judge(epochs->process, history, trial, &improvement))
        return VERDICT_GO_ON;
    return per_epoch(improvement, left) < epochs->rival_score - RIVAL_AHEAD ? VERDICT_STOP
                                                                            : VERDICT_GO_ON;
}
