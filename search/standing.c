#include "search/standing.h"

#include "search/past.h"

#include <math.h>

/* The lowest cost that a trial and those that it continues had reported by a step. */
static double best_by(const struct problem *problem, const struct history *history,
                      const struct trial *trial, double step)
{
    double best = HUGE_VAL;
    for (size_t i = 0; i < trial->n_reports && trial->reports[i].step <= step; i++)
        best = fmin(best, goal_cost(problem->objectives[0].goal, trial->reports[i].value));
    if (trial->continues == TRIAL_NONE)
        return best;
    return fmin(best, best_by(problem, history, &history->trials[trial->continues], step));
}

double standing(const struct problem *problem, const struct history *history, size_t n,
                const struct trial *trial)
{
    if (trial->n_reports == 0)
        return nan("");
    double step = trial->reports[trial->n_reports - 1].step;
    double own = best_by(problem, history, trial, step);
    size_t better = 0, compared = 0;
    for (size_t i = 0; i < n; i++) {
        const struct trial *other = past_trial(problem, history, i);
        if (other->state != TRIAL_COMPLETE || other->n_reports == 0)
            continue;
        compared++;
        better += best_by(problem, history, other, step) < own;
    }
    return compared ? (double)better / (double)compared : nan("");
}
