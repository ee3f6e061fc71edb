/* pool.h - candidates of the maximiser: lattice points with their coordinates and scores.
 * Threading: one owner at a time. */
#ifndef SEARCH_POOL_H
#define SEARCH_POOL_H

#include "base/status.h"
#include "search/space.h"

#include <stddef.h>
#include <stdint.h>

/* What is maximised: values[m] at points u[m x dims] of the unit cube, and their derivatives
 * slopes[m x dims] when it is not NULL. */
struct score {
    void (*evaluate)(void *context, const double *u, size_t m, double *values, double *slopes);
    void *context;
};

/* A zeroed pool with its space is empty, and may be freed. */
struct pool {
    const struct space *space;
    double *points; /* [capacity x space_count()] */
    double *u;      /* [capacity x space_dims()] */
    double *values; /* [capacity] */
    size_t *order;  /* [capacity]: see pool_sort() */
    size_t n, capacity;
};

void pool_free(struct pool *pool);

/* Empty the pool, with room for so many. Errors: ST_NOMEM. */
enum status pool_reset(struct pool *pool, size_t capacity);

/* Point i, or for i == n the place to write the next one to. */
double *pool_point(const struct pool *pool, size_t i);
const double *pool_unit(const struct pool *pool, size_t i);

/* Take in the point that was written to pool_point(n). Its value is not set. */
void pool_push(struct pool *pool);

/* Take in point i of another pool of the same space, with its value. */
void pool_push_copy(struct pool *pool, const struct pool *from, size_t i);

/* Evaluate all points. */
void pool_score(struct pool *pool, const struct score *score);

/* Fill order[n] with the places of the points from the largest value down, NaN last; equal
 * ones in their order. */
void pool_sort(struct pool *pool);

#endif
