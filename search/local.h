/* local.h - which trials a process is given when there are too many for it.
 *
 * A prediction from n trials costs O(n^2) and a fit O(n^3), so beyond some number the processes
 * of `bayes` are local models: they are given the best trials, those nearest to the best, and
 * an even selection of the others, which keeps the rest of the space from looking unknown.
 * Threading: one owner at a time. */
#ifndef SEARCH_LOCAL_H
#define SEARCH_LOCAL_H

#include "search/strategy.h"

#include <stdbool.h>

/* More trials than LOCAL_MOST are never given; of more, about LOCAL_CHOSEN are chosen. */
#define LOCAL_MOST 1200
#define LOCAL_CHOSEN 1000

/* Choose among the first n trials of the past (search/past.h): chosen[n] tells of each whether
 * it was. The best are those that fewest others are better than: by front after front in the
 * first n_objectives objectives, trials that break a constraint after all others. Depends on
 * these trials alone. Errors: ST_NOMEM. */
enum status local_choose(const struct problem *problem, const struct history *history, size_t n,
                         size_t n_objectives, bool *chosen);

#endif
