/* spending.h - what a study has spent of its budget, and what that means for the next trial.
 * Threading: no shared state. */
#ifndef SEARCH_SPENDING_H
#define SEARCH_SPENDING_H

#include "search/strategy.h"

/* Joules of the told trials; earlier studies paid for theirs themselves. */
double spending_joules(const struct history *history);

/* How much the joules of the next trial count: the part of the budget of trials or of joules,
 * whichever is nearer its end, that is left (cost cooling: Lee, Perrone, Archambeau & Seeger
 * 2020, who count it from the end of the start). Without a budget start / n with n trials asked
 * for. */
double spending_thrift(const struct problem *problem, const struct history *history,
                       size_t start);

#endif
