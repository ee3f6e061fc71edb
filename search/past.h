/* past.h - all trials that a strategy may learn from: those of earlier studies, then the told
 * ones of its own history in the order of telling. Place i always means the same trial.
 * Threading: no shared state. */
#ifndef SEARCH_PAST_H
#define SEARCH_PAST_H

#include "search/strategy.h"

size_t past_count(const struct problem *problem, const struct history *history);

/* Borrowed until the history changes. */
const struct trial *past_trial(const struct problem *problem, const struct history *history,
                               size_t i);

/* All trials have a number here, pending ones too: the earlier ones first, then those of the
 * history by theirs. That of the trial at place i of the past, and the trial of a number. */
size_t past_number(const struct problem *problem, const struct history *history, size_t i);
const struct trial *past_numbered(const struct problem *problem, const struct history *history,
                                  size_t number);

/* How many trials count for the start of a strategy: the earlier ones and all that were asked
 * for. */
size_t past_started(const struct problem *problem, const struct history *history);

#endif
