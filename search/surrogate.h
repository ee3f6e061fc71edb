/* surrogate.h - a Gaussian process of the first objective, kept up to date with a history.
 *
 * The hyperparameters are chosen again at fixed numbers of told trials, each time from those of
 * before and from nothing but the trials told until then; trials told since are appended. So
 * the process is a function of the told trials in their order, bit by bit, whenever it was
 * asked to learn. Threading: one owner at a time. */
#ifndef SEARCH_SURROGATE_H
#define SEARCH_SURROGATE_H

#include "base/status.h"
#include "search/gp.h"
#include "search/strategy.h"

#include <stddef.h>

struct surrogate;

/* `first_fit` complete trials are needed before there is a process. The problem must outlive
 * it. Errors: ST_NOMEM. */
enum status surrogate_create(struct surrogate **out, const struct problem *problem,
                             size_t first_fit);
void surrogate_free(struct surrogate *surrogate);

/* Take in what was told since the last time. Errors: ST_NUMERIC when there is nothing to learn
 * from yet; ST_NOMEM, and the next call goes on. */
enum status surrogate_learn(struct surrogate *surrogate, const struct history *history);

/* Condition on the pending trials; see gp_fantasize(). After surrogate_learn(). */
enum status surrogate_fantasize(struct surrogate *surrogate, const struct history *history);

/* The process, for predictions; borrowed. */
struct gp *surrogate_gp(const struct surrogate *surrogate);

/* The complete trials of the lowest posterior means: their points, best first, into
 * good[most x space_count()], and the lowest mean into *best. Answers how many, at least 1
 * after surrogate_learn(); most is at most SURROGATE_GOOD. */
#define SURROGATE_GOOD 16
size_t surrogate_good(const struct surrogate *surrogate, double *good, size_t most,
                      double *best);

#endif
