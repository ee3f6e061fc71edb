/* curve.h - the best value of an arm's feasible trials so far, over the joules and trials that
 * it took.
 *
 * Joules are counted when they are booked: an attempt's at its end, failed ones included, and
 * the overhead when the store was told of it. Threading: no shared state. */
#ifndef RESULTS_CURVE_H
#define RESULTS_CURVE_H

#include "results/snapshot.h"

/* From `joules` on, the best is `value`, after `trials` trials had ended. */
struct curve_step {
    double joules;
    double value;
    size_t trials;
    int64_t ending; /* of the attempt that reached it, among those of the arm */
};

struct curve {
    struct curve_step *steps; /* each better than the one before */
    size_t n;
    double total_j; /* all that the arm has booked; NaN when nothing of it has a figure */
};

/* Of the study's first objective. Joules are NaN when nothing of the arm has a figure.
 * Errors: ST_NOMEM. */
enum status curve_make(struct curve *curve, const struct snapshot_arm *arm,
                       const struct study_record *study);
void curve_free(struct curve *curve);

/* The first step that is at least as good as the target, or NULL. */
const struct curve_step *curve_reach(const struct curve *curve, enum goal goal, double target);

/* The mean of the best over the joules between `from` and `to`; NaN unless the curve has begun
 * by `from` and from < to. */
double curve_mean(const struct curve *curve, double from_j, double to_j);

#endif
