/* tpe_split.h - which trials of a history are the good ones.
 *
 * Complete trials are ordered by how many others dominate them (Fonseca & Fleming 1993), which
 * with one objective is the order of their values; of equal ones the earlier told comes first.
 * So many of the first as are asked for are good, and with several objectives so is every trial
 * that none dominates. All others are bad: the rest of the complete trials, those that failed
 * or were pruned, and those still running, whose result is taken for a bad one so that the next
 * proposals keep away from them (a constant liar: Ginsbourger, Le Riche & Carraro 2010).
 * Cancelled trials tell nothing. Threading: one owner at a time. */
#ifndef SEARCH_TPE_SPLIT_H
#define SEARCH_TPE_SPLIT_H

#include "base/status.h"
#include "search/strategy.h"

#include <stddef.h>

struct tpe_ranked {
    size_t dominated; /* by how many others */
    size_t order;     /* of telling, among the complete ones */
    size_t trial;     /* by past_number() */
};

struct tpe_split {
    const struct problem *problem;
    size_t seen;               /* trials of the past taken in */
    struct tpe_ranked *ranked; /* [n_complete]: best first, as of the last update */
    double *values;            /* [n_complete x objectives], by order; to be minimised */
    size_t n_complete;
    size_t *bad;     /* [n_bad]: trials that are bad without a value, pending ones last */
    size_t n_bad;    /* with the pending ones */
    size_t n_failed; /* without them */
    size_t capacity;
};

/* No trials yet. The problem must outlive it. A zeroed one may be freed. */
void tpe_split_init(struct tpe_split *split, const struct problem *problem);
void tpe_split_free(struct tpe_split *split);

/* Take in what is new in the history: O(n) for every complete trial, and a sort. Errors:
 * ST_NOMEM: call again. */
enum status tpe_split_update(struct tpe_split *split, const struct history *history);

/* How many of the ranked trials are good when `wanted` are asked for. */
size_t tpe_split_good(const struct tpe_split *split, size_t wanted);

#endif
