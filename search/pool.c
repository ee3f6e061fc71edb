#include "search/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void pool_free(struct pool *pool)
{
    free(pool->points);
    free(pool->u);
    free(pool->values);
    free(pool->order);
}

enum status pool_reset(struct pool *pool, size_t capacity)
{
    size_t count = space_count(pool->space), dims = space_dims(pool->space);
    pool->n = 0;
    if (capacity <= pool->capacity)
        return ST_OK;
    pool_free(pool);
    *pool = (struct pool){.space = pool->space,
                          .points = malloc(capacity * count * sizeof(double)),
                          .u = malloc(capacity * dims * sizeof(double)),
                          .values = malloc(capacity * sizeof(double)),
                          .order = malloc(capacity * sizeof(size_t))};
    if (!pool->points || !pool->u || !pool->values || !pool->order)
        return ST_NOMEM;
    pool->capacity = capacity;
    return ST_OK;
}

double *pool_point(const struct pool *pool, size_t i)
{
    return pool->points + i * space_count(pool->space);
}

const double *pool_unit(const struct pool *pool, size_t i)
{
    return pool->u + i * space_dims(pool->space);
}

void pool_push(struct pool *pool)
{
    space_to_unit(pool->space, pool_point(pool, pool->n),
                  pool->u + pool->n * space_dims(pool->space));
    pool->n++;
}

void pool_push_copy(struct pool *pool, const struct pool *from, size_t i)
{
    memcpy(pool_point(pool, pool->n), pool_point(from, i),
           space_count(pool->space) * sizeof(double));
    pool->values[pool->n] = from->values[i];
    pool_push(pool);
}

void pool_score(struct pool *pool, const struct score *score)
{
    score->evaluate(score->context, pool->u, pool->n, pool->values, NULL);
}

/* NaN comes last. */
static int compare(const void *a, const void *b, void *of)
{
    const double *values = of;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    bool here = !isnan(values[i]), there = !isnan(values[j]);
    if (here != there)
        return here ? -1 : 1;
    if (here && values[i] != values[j])
        return values[i] > values[j] ? -1 : 1;
    return (i > j) - (i < j);
}

void pool_sort(struct pool *pool)
{
    for (size_t i = 0; i < pool->n; i++)
        pool->order[i] = i;
    qsort_r(pool->order, pool->n, sizeof *pool->order, compare, pool->values);
}
