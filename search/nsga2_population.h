/* nsga2_population.h - the trials that NSGA-II breeds from, one result in and one out at a time
 * (steady state: Durillo, Nebro, Luna & Alba 2009).
 *
 * Every told trial comes in, in the order of telling; once there are more than `size`, the most
 * crowded one of the last front leaves, the older one of equals. Pruned trials are behind all
 * complete ones and failed trials behind those; cancelled trials tell nothing. So the
 * population is a function of the told trials alone, whenever it is updated. Threading: one
 * owner at a time. */
#ifndef SEARCH_NSGA2_POPULATION_H
#define SEARCH_NSGA2_POPULATION_H

#include "base/rng.h"
#include "base/status.h"
#include "search/strategy.h"

struct population {
    const struct problem *problem;
    size_t size; /* members at most; the arrays have room for one more */
    size_t seen; /* told trials taken in */
    size_t n, n_complete;
    size_t *trial;    /* [n] by past_number(), in the order of telling */
    double *cost;     /* [n x n_objectives] minimised */
    size_t *front;    /* [n] 0 the best */
    double *crowding; /* [n] */
    size_t *order;    /* [n] scratch */
};

/* No members yet. The problem must outlive it. A zeroed one may be freed. Errors: ST_NOMEM. */
enum status population_init(struct population *population, const struct problem *problem,
                            size_t size);
void population_free(struct population *population);

/* Take in the trials that have been told since the last time. */
void population_update(struct population *population, const struct history *history);

/* The better of two different members drawn at random: of the lower front, or else the less
 * crowded, or else the first drawn. Never member `excluded` (SIZE_MAX: any may be drawn). There
 * must be a member to draw; a single one wins by itself. */
size_t population_tournament(const struct population *population, struct rng *rng,
                             size_t excluded);

#endif
