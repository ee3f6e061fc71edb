/* observations.h - the past of a strategy as the data of a Gaussian process, for one output of
 * the trials: an objective, the metric of a constraint, or the logarithm of the joules.
 *
 * Rows are in the order of the past (search/past.h), which is all that they depend on. Targets
 * are minimised: a goal to maximise, and a metric that must be at least its bound, is negated.
 * Of an objective, a trial that failed has the target of the worst complete one, so that its
 * place looks bad without stretching the scale. A pruned trial has that of the complete trial
 * that stood where it did when it was stopped, but at best that of the median. Of the other
 * outputs a trial has a row when the figure is known. Cancelled trials tell nothing and have no
 * row. Threading: one owner at a time. */
#ifndef SEARCH_OBSERVATIONS_H
#define SEARCH_OBSERVATIONS_H

#include "base/status.h"
#include "search/strategy.h"

#include <stddef.h>

enum output_kind { OUTPUT_OBJECTIVE, OUTPUT_CONSTRAINT, OUTPUT_COST };

struct output {
    enum output_kind kind;
    size_t index; /* of the objective or the constraint */
};

struct observations {
    const struct problem *problem;
    struct output output;
    size_t seen; /* trials of the past that were taken in */
    size_t n, capacity;
    double *u;        /* [n x space_dims()]: coordinates */
    double *y;        /* [n]: targets; NaN: pruned, INFINITY: failed */
    size_t *past;     /* [n]: which trial of the past */
    double *standing; /* [n]: of pruned trials, see search/standing.h; NaN: unknown */
};

/* No rows yet. The problem must outlive it. A zeroed one may be freed. */
void observations_init(struct observations *observations, const struct problem *problem,
                       struct output output);
void observations_free(struct observations *observations);

/* Take in the trials that have been told since the last time. Errors: ST_NOMEM: some may be
 * missing, and the next call goes on. */
enum status observations_update(struct observations *observations,
                                const struct history *history);

/* How many of the first n rows have a target of their own. */
size_t observations_complete(const struct observations *observations, size_t n);

/* Targets of the first n rows into y[n], with the substitutes that these rows give;
 * sorted[n] is scratch. There must be a complete one among them. */
void observations_targets(const struct observations *observations, size_t n, double *y,
                          double *sorted);

/* The bound of a constraint as a target: lower ones keep to it. */
double observations_bound(const struct constraint *constraint);

#endif
