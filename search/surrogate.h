/* surrogate.h - a Gaussian process of one output of the trials (search/observations.h), kept up
 * to date with a history.
 *
 * The hyperparameters are chosen again at fixed numbers of rows, each time from those of before
 * and from nothing but the trials told until then; trials told since are appended. So the
 * process is a function of the told trials in their order, bit by bit, whenever it was asked to
 * learn. Of very many trials the process is given a choice (search/local.h), which is made anew
 * whenever the hyperparameters are. Threading: one owner at a time. */
#ifndef SEARCH_SURROGATE_H
#define SEARCH_SURROGATE_H

#include "base/status.h"
#include "search/gp.h"
#include "search/observations.h"
#include "search/strategy.h"

#include <stddef.h>

struct surrogate;

/* `first_fit` rows with a target of their own are needed before there is a process;
 * n_objectives decide which trials are the best. The problem must outlive it. Errors: ST_NOMEM.
 */
enum status surrogate_create(struct surrogate **out, const struct problem *problem,
                             struct output output, size_t n_objectives, size_t first_fit);
void surrogate_free(struct surrogate *surrogate);

/* See gp_limit_warp(). */
void surrogate_limit_warp(struct surrogate *surrogate, double least_tau);

/* Take in what was told since the last time. Errors: ST_NUMERIC when there is nothing to learn
 * from yet; ST_NOMEM, and the next call goes on. */
enum status surrogate_learn(struct surrogate *surrogate, const struct history *history);

/* Condition on the pending trials; see gp_fantasize(). After surrogate_learn(). */
enum status surrogate_fantasize(struct surrogate *surrogate, const struct history *history);

/* The process, for predictions; borrowed. NULL as long as there is nothing to learn from. */
struct gp *surrogate_gp(const struct surrogate *surrogate);

/* The observations that the process was given: gp_fitted(gp, i) belongs to row
 * surrogate_row(i) of them. */
const struct observations *surrogate_observations(const struct surrogate *surrogate);
size_t surrogate_row(const struct surrogate *surrogate, size_t i);

/* The posterior mean at a trial of the past in O(log n); NaN when the process was not given it.
 */
double surrogate_fitted(const struct surrogate *surrogate, size_t past);

#endif
