/* history.h - keeping a history: what the wrapper of the strategies writes and the types read.
 */
#ifndef SEARCH_HISTORY_H
#define SEARCH_HISTORY_H

#include "search/strategy.h"

/* An empty history of `space`, which must outlive it. A zeroed one may be freed. */
void history_init(struct history *history, const struct space *space);
void history_free(struct history *history);

/* Add a pending trial. The point is copied. Errors: ST_NOMEM, and nothing has changed. */
enum status history_append(struct history *history, const double *point, size_t n_objectives);

/* The place of a trial among the pending ones, or n_pending. */
size_t history_find_pending(const struct history *history, uint64_t number);

/* Give the trial at that place its outcome; `values` is NULL when there is none. */
void history_conclude(struct history *history, size_t place, enum trial_state state,
                      const double *values, size_t n_objectives, double energy_j);

#endif
