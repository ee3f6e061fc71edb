/* standing.h - how a trial that was stopped stood among the complete ones when it was.
 * Threading: no shared state. */
#ifndef SEARCH_STANDING_H
#define SEARCH_STANDING_H

#include "search/strategy.h"

/* The share of the complete trials among the first n of the past (search/past.h) whose best
 * value of the first objective, by the last step that the trial reported, was better than its:
 * 0 for the best of all, 1 for the worst. NaN when there is nothing to compare. O(n) times the
 * reports. */
double standing(const struct problem *problem, const struct history *history, size_t n,
                const struct trial *trial);

#endif
