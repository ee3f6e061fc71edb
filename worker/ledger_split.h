/* ledger_split.h - whole microjoules divided by weights, none lost and none made.
 * Source: the method of Hamilton, largest remainders. Threading: pure functions. */
#ifndef WORKER_LEDGER_SPLIT_H
#define WORKER_LEDGER_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Divide total (>= 0) by the weights: parts[i] is within one of total * weights[i] / sum, a
 * weight of 0 gets 0, and the parts sum exactly to total. Equal remainders go to the lowest
 * index. False, with all parts 0, when the weights sum to 0: then nobody is booked. The sum of
 * the weights must be below 2^64. */
bool ledger_split(int64_t total, const uint64_t *weights, int64_t *parts, size_t n);

#endif
