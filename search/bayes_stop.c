#include "search/bayes_stop.h"

#include "search/acquisition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Deviations that a bound lies from the mean. */
#define BOUND 2.0

/* Trials before there is an end, in starts: the first hyperparameters are not to be trusted. */
#define STARTS 2

void bayes_stop_read(struct bayes_stop *stop, struct json_reader *options, size_t n_objectives,
                     size_t start)
{
    struct json_reader reader;
    json_reader_enter(&reader, options, "stop");
    *stop = (struct bayes_stop){.told = STARTS * start};
    stop->gain = json_read_number(&reader, "gain", 0, 0, 1e300);
    stop->gain_per_joule = json_read_number(&reader, "gain_per_joule", 0, 0, 1e300);
    if (json_kind(reader.object) == JSON_OBJECT && !json_member(reader.object, "gain") &&
        !json_member(reader.object, "gain_per_joule"))
        json_reader_problem(&reader, NULL, "it needs \"gain\" or \"gain_per_joule\", a number");
    json_reader_close(&reader);
    if ((stop->gain > 0 || stop->gain_per_joule > 0) && n_objectives > 1)
        json_reader_problem(options, "stop",
                            "what is left to gain is known for one objective "
                            "only: leave out \"stop\" or \"multi\"");
}

/* The highest value of this is the lowest lower bound. */
static double minus_lower_bound(const void *context, const struct belief *at, struct belief *by)
{
    (void)context;
    double deviation = sqrt(at->variance);
    *by = (struct belief){-1, BOUND / (2 * deviation)};
    return BOUND * deviation - at->mean;
}

/* The mean and deviation of the first objective at u. */
static double bound_at(struct bayes_work *work, const double *u, double side)
{
    struct prediction *prediction = &work->score.prediction;
    beliefs_predict(work->beliefs, u, 1, false, prediction);
    return prediction->mean[0] + side * BOUND * sqrt(prediction->variance[0]);
}

/* The lowest upper bound at the good trials. */
static double reached(struct bayes_work *work)
{
    const struct incumbents *known = &work->incumbents;
    size_t best[BAYES_GOOD];
    size_t n = incumbents_best(known, best, BAYES_GOOD);
    double lowest = INFINITY;
    for (size_t k = 0; k < n; k++)
        lowest = fmin(lowest, bound_at(work, known->u + best[k] * known->dims, 1));
    return lowest;
}

/* The lowest lower bound of the space. */
static enum status reachable(struct bayes_work *work, const struct history *history,
                             double *lowest)
{
    const struct effort effort = {1024, 128, 96, 4, 20, 3};
    const struct space *space = work->problem->space;
    struct score score = bayes_score_of(&work->score);
    uint64_t seed = rng_derive(work->problem->seed, "bayes stop", history->n, 0);
    double *point = calloc(space_count(space) + space_dims(space), sizeof *point);
    if (!point)
        return ST_NOMEM;
    acquisition *wanted = work->score.acquisition;
    double thrift = work->score.thrift;
    work->score.acquisition = minus_lower_bound;
    work->score.thrift = 0;
    enum status status =
        maximise(work->maximiser, &score, NULL, work->good, work->n_good, seed, &effort, point);
    work->score.acquisition = wanted;
    work->score.thrift = thrift;
    if (!status) {
        double *u = point + space_count(space);
        space_to_unit(space, point, u);
        *lowest = bound_at(work, u, -1);
    }
    free(point);
    return status;
}

enum status bayes_stop_by_gain(struct bayes_stop *stop, struct bayes_work *work,
                               const struct history *history, bool *ends)
{
    double low;
    *ends = false;
    if (!(stop->gain > 0) || history->n_told < stop->told)
        return ST_OK;
    enum status status = reachable(work, history, &low);
    if (status)
        return status;
    const struct gp *gp = beliefs_gp(work->beliefs, 0);
    double left = gp_value(gp, reached(work)) - gp_value(gp, low);
    *ends = left < stop->gain;
    if (*ends)
        snprintf(stop->reason, sizeof stop->reason,
                 "at most %.3g is left to gain, less than the %.3g of \"stop\"", fmax(left, 0),
                 stop->gain);
    return ST_OK;
}

bool bayes_stop_by_price(struct bayes_stop *stop, struct bayes_work *work,
                         const struct history *history, const double *u)
{
    const struct prediction *prediction = &work->score.prediction;
    size_t cost = beliefs_cost(work->beliefs), best;
    double unused;
    if (!(stop->gain_per_joule > 0) || history->n_told < stop->told ||
        !beliefs_of(work->beliefs, cost) || incumbents_best(&work->incumbents, &best, 1) == 0)
        return false;
    beliefs_predict(work->beliefs, u, 1, false, &work->score.prediction);
    const struct gp *gp = beliefs_gp(work->beliefs, 0);
    double lowest = work->incumbents.mean[best];
    double gain = exp(log_expected_improvement(lowest, prediction->mean[0],
                                               prediction->variance[0], &unused, &unused));
    double joules =
        exp(beliefs_ln_joules(work->beliefs, prediction->mean[cost * BELIEFS_BLOCK], &unused));
    double price = (gp_value(gp, lowest) - gp_value(gp, lowest - gain)) / joules;
    if (!(price < stop->gain_per_joule))
        return false;
    snprintf(stop->reason, sizeof stop->reason,
             "the next trial would gain %.3g a joule, less than the %.3g of \"stop\"", price,
             stop->gain_per_joule);
    return true;
}
