/* curve_score.h - how much configurations promise at the end of their curves: the logarithm of
 * the expected improvement by a process over curves. Threading: one owner at a time. */
#ifndef SEARCH_CURVE_SCORE_H
#define SEARCH_CURVE_SCORE_H

#include "search/curve_process.h"

/* Configurations that are scored together at most by curve_score_points(). */
enum { CURVE_SCORE_BLOCK = 64 };

struct curve_score;

/* The process must outlive it. Errors: ST_NOMEM. */
enum status curve_score_create(struct curve_score **out, struct curve_process *process);
void curve_score_free(struct curve_score *score);

/* From here on improvement is upon the lowest mean at the end of a complete trial, as the
 * process has it now. */
void curve_score_begin(struct curve_score *score);

/* Score m configurations u[m x dims], dims without that of the epochs: values[m], slopes
 * [m x dims] unless NULL. `context` is the struct curve_score; see struct score of pool.h. */
void curve_score_evaluate(void *context, const double *u, size_t m, double *values,
                          double *slopes);

/* Score the configurations of m <= CURVE_SCORE_BLOCK points: values[m]. */
void curve_score_points(struct curve_score *score, const double *const *points, size_t m,
                        double *values);

#endif
