/* incumbents.h - the complete trials as the processes of `bayes` see them: without noise.
 *
 * A trial is feasible when the posterior means of all constraints keep to their bounds at it; a
 * constraint of which nothing is known yet is kept. Threading: one owner at a time. */
#ifndef SEARCH_INCUMBENTS_H
#define SEARCH_INCUMBENTS_H

#include "search/beliefs.h"

#include <stddef.h>

struct incumbents {
    size_t n, capacity, objectives, dims;
    size_t n_feasible;
    double *mean;   /* [n x objectives], in the units of the processes */
    double *excess; /* [n]: 0 for a feasible one, else the sum over the constraints of how far
                       it is beyond the bound, in the units of their processes */
    double *u;      /* [n x dims] */
    size_t *order;  /* [n]: scratch */
};

/* A zeroed one may be freed. */
void incumbents_free(struct incumbents *incumbents);

/* List the complete trials anew. After beliefs_learn(). Errors: ST_NOMEM. */
enum status incumbents_find(struct incumbents *incumbents, const struct problem *problem,
                            struct beliefs *beliefs);

/* Add the pending trials, with what is believed of them. Errors: ST_NOMEM. */
enum status incumbents_add_pending(struct incumbents *incumbents, const struct problem *problem,
                                   struct beliefs *beliefs, const struct history *history);

/* The `most` trials that look best: of the lowest first objective among the feasible ones, of
 * the lowest excess when there is none. Their places, best first, into best[most]; answers how
 * many. */
size_t incumbents_best(const struct incumbents *incumbents, size_t *best, size_t most);

/* The lowest and the highest mean of an objective. There is at least one. */
void incumbents_range(const struct incumbents *incumbents, size_t objective, double *best,
                      double *worst);

/* The feasible ones that none dominates, in ascending order of the first of two objectives:
 * their places, valid until the next call. Answers how many. */
size_t incumbents_front(struct incumbents *incumbents, const size_t **front);

#endif
