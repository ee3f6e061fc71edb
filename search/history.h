/* history.h - keeping a history: what the wrapper of the strategies writes and the types read.
 */
#ifndef SEARCH_HISTORY_H
#define SEARCH_HISTORY_H

#include "search/strategy.h"

/* An empty history of a problem, whose space must outlive it. A zeroed one may be freed. */
void history_init(struct history *history, const struct problem *problem);
void history_free(struct history *history);

/* Enter the points of the problem's earlier trials, if there are any, before the first trial.
 * Errors: ST_NOMEM. */
enum status history_enter_earlier(struct history *history);

/* Add a pending trial. The point is copied. Errors: ST_NOMEM, and nothing has changed. */
enum status history_append(struct history *history, const struct proposal *proposal);

/* The place of a trial among the pending ones, or n_pending. */
size_t history_find_pending(const struct history *history, uint64_t number);

/* Add a report to the trial at that place; those of its step and of later ones are forgotten.
 * Errors: ST_NOMEM. */
enum status history_report(struct history *history, size_t place, struct intermediate report);

/* Give the trial at that place its outcome. */
void history_conclude(struct history *history, size_t place, enum trial_state state,
                      const struct trial_result *result);

#endif
