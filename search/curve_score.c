#include "search/curve_score.h"

#include "search/acquisition.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = CURVE_SCORE_BLOCK };

struct curve_score {
    struct curve_process *process;
    double best;    /* the incumbent, in the units of the process */
    double *u;      /* [BLOCK x dims]: rows of the process */
    double *slopes; /* [2 x BLOCK x dims]: of the mean, then of the variance */
    double *ends;   /* [BLOCK x dims]: configurations */
};

enum status curve_score_create(struct curve_score **out, struct curve_process *process)
{
    *out = NULL;
    struct curve_score *score = calloc(1, sizeof *score);
    if (!score)
        return ST_NOMEM;
    size_t size = BLOCK * curve_process_curves(process)->dims;
    score->process = process;
    score->u = calloc(size, sizeof *score->u);
    score->slopes = calloc(2 * size, sizeof *score->slopes);
    score->ends = calloc(size, sizeof *score->ends);
    if (!score->u || !score->slopes || !score->ends) {
        curve_score_free(score);
        return ST_NOMEM;
    }
    *out = score;
    return ST_OK;
}

void curve_score_free(struct curve_score *score)
{
    if (!score)
        return;
    free(score->u);
    free(score->slopes);
    free(score->ends);
    free(score);
}

void curve_score_begin(struct curve_score *score)
{
    score->best = curve_process_best(score->process);
}

static void score_block(struct curve_score *score, const double *u, size_t m, double *values,
                        double *slopes)
{
    size_t dims = curve_process_curves(score->process)->dims;
    double mean[BLOCK], variance[BLOCK], by_mean, by_variance;
    double *mean_slopes = score->slopes, *variance_slopes = score->slopes + BLOCK * dims;
    for (size_t k = 0; k < m; k++) {
        memcpy(score->u + k * dims, u + k * (dims - 1), (dims - 1) * sizeof *u);
        score->u[k * dims + dims - 1] = 1;
    }
    gp_predict(curve_process_gp(score->process), score->u, m, mean, variance,
               slopes ? mean_slopes : NULL, slopes ? variance_slopes : NULL);
    for (size_t k = 0; k < m; k++) {
        values[k] =
            log_expected_improvement(score->best, mean[k], variance[k], &by_mean, &by_variance);
        for (size_t d = 0; slopes && d + 1 < dims; d++)
            slopes[k * (dims - 1) + d] = by_mean * mean_slopes[k * dims + d] +
                                         by_variance * variance_slopes[k * dims + d];
    }
}

void curve_score_evaluate(void *context, const double *u, size_t m, double *values,
                          double *slopes)
{
    struct curve_score *score = context;
    size_t dims = curve_process_curves(score->process)->dims - 1;
    for (size_t i = 0; i < m; i += BLOCK)
        score_block(score, u + i * dims, m - i < BLOCK ? m - i : BLOCK, values + i,
                    slopes ? slopes + i * dims : NULL);
}

void curve_score_points(struct curve_score *score, const double *const *points, size_t m,
                        double *values)
{
    const struct curves *curves = curve_process_curves(score->process);
    for (size_t k = 0; k < m; k++) /* the next one covers the epochs of the one before */
        curves_unit(curves, points[k], score->ends + k * (curves->dims - 1));
    curve_score_evaluate(score, score->ends, m, values, NULL);
}
