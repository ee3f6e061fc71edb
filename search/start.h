/* start.h - the first points of a strategy that learns: those of a scrambled Sobol sequence.
 * Threading: one struct start per thread. */
#ifndef SEARCH_START_H
#define SEARCH_START_H

#include "search/strategy.h"
#include "search/unasked.h"

struct start;

/* How many there are when the study does not say: max(2 d + 2, 8) for d coordinates, but at
 * most a quarter of the budget, and at least 2. */
size_t start_default(const struct problem *problem);

/* The problem and `unasked` must outlive it; the seed is that of the sequence. Errors:
 * ST_NOMEM. */
enum status start_create(struct start **out, const struct problem *problem,
                         struct unasked *unasked, uint64_t seed);
void start_free(struct start *start);

/* The point of the sequence with the number of the next trial, or another one where that was
 * asked for already. False when none is left. */
bool start_propose(struct start *start, const struct history *history, double *point);

#endif
