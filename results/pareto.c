#include "results/pareto.h"

#include "results/pareto_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The memory of one call. */
struct work {
    size_t n, m;
    size_t *points;    /* [n] the rows of the input that hold no NaN */
    double *column;    /* [n] one objective, minimised */
    size_t *order;     /* [n] indices into points */
    uint32_t *ranks;   /* [n x m] by place in points */
    uint32_t *sorted;  /* [n x m] distinct rows in lexicographic order */
    size_t *distinct;  /* [n] the row of `sorted` that stands for a point */
    uint32_t *scratch; /* [n + 1] */
    bool *dominated;   /* [n] by row of `sorted` */
};

static bool work_open(struct work *work, size_t n, size_t m)
{
    work->m = m;
    work->points = calloc(n, sizeof *work->points);
    work->column = calloc(n, sizeof *work->column);
    work->order = calloc(n, sizeof *work->order);
    work->ranks = calloc(n, m * sizeof *work->ranks);
    work->sorted = calloc(n, m * sizeof *work->sorted);
    work->distinct = calloc(n, sizeof *work->distinct);
    work->scratch = calloc(n + 1, sizeof *work->scratch);
    work->dominated = calloc(n, sizeof *work->dominated);
    return work->points && work->column && work->order && work->ranks && work->sorted &&
           work->distinct && work->scratch && work->dominated;
}

static void work_close(struct work *work)
{
    free(work->points);
    free(work->column);
    free(work->order);
    free(work->ranks);
    free(work->sorted);
    free(work->distinct);
    free(work->scratch);
    free(work->dominated);
}

static void take_points(struct work *work, const double *values, size_t n)
{
    work->n = 0;
    for (size_t i = 0; i < n; i++) {
        bool whole = true;
        for (size_t k = 0; k < work->m; k++)
            whole = whole && !isnan(values[i * work->m + k]);
        if (whole)
            work->points[work->n++] = i;
    }
}

static int compare_column(const void *a, const void *b, void *of)
{
    const double *column = of;
    double p = column[*(const size_t *)a], q = column[*(const size_t *)b];
    return (p > q) - (p < q);
}

static void rank_objective(struct work *work, const double *values, enum goal goal, size_t k)
{
    for (size_t i = 0; i < work->n; i++) {
        work->column[i] = goal_cost(goal, values[work->points[i] * work->m + k]);
        work->order[i] = i;
    }
    qsort_r(work->order, work->n, sizeof *work->order, compare_column, work->column);
    uint32_t rank = 0;
    for (size_t i = 0; i < work->n; i++) {
        size_t at = work->order[i];
        rank += i > 0 && work->column[work->order[i - 1]] < work->column[at];
        work->ranks[at * work->m + k] = rank;
    }
}

static int compare_ranks(const void *a, const void *b, void *of)
{
    const struct work *work = of;
    const uint32_t *p = work->ranks + *(const size_t *)a * work->m;
    const uint32_t *q = work->ranks + *(const size_t *)b * work->m;
    for (size_t k = 0; k < work->m; k++)
        if (p[k] != q[k])
            return p[k] < q[k] ? -1 : 1;
    return 0;
}

/* Fill `sorted` and `distinct`; answers how many rows there are. */
static size_t sort_distinct(struct work *work)
{
    size_t count = 0, bytes = work->m * sizeof *work->ranks;
    for (size_t i = 0; i < work->n; i++)
        work->order[i] = i;
    qsort_r(work->order, work->n, sizeof *work->order, compare_ranks, work);
    for (size_t i = 0; i < work->n; i++) {
        const uint32_t *ranks = work->ranks + work->order[i] * work->m;
        if (count == 0 || memcmp(work->sorted + (count - 1) * work->m, ranks, bytes) != 0)
            memcpy(work->sorted + count++ * work->m, ranks, bytes);
        work->distinct[work->order[i]] = count - 1;
    }
    return count;
}

/* Element i of a Fenwick tree holds the least value at the ranks that end at i - 1. */
static uint32_t fenwick_least(const uint32_t *tree, size_t rank)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = rank + 1; i > 0; i &= i - 1)
        least = tree[i] < least ? tree[i] : least;
    return least;
}

static void fenwick_lower(uint32_t *tree, size_t n, size_t rank, uint32_t value)
{
    for (size_t i = rank + 1; i <= n; i += i & (~i + 1))
        tree[i] = value < tree[i] ? value : tree[i];
}

/* Up to three objectives. In lexicographic order only an earlier point can dominate, and it
 * does when it is as good in the second and the third. tree is [ranks + 1]. */
static void sweep(struct ranked *points, uint32_t *tree, size_t ranks)
{
    for (size_t i = 0; i <= ranks; i++)
        tree[i] = UINT32_MAX;
    for (size_t i = 0; i < points->n; i++) {
        const uint32_t *row = ranked_row(points, i);
        uint32_t second = points->m > 1 ? row[1] : 0, third = points->m > 2 ? row[2] : 0;
        points->dominated[i] = fenwick_least(tree, second) <= third;
        fenwick_lower(tree, ranks, second, third);
    }
}

static void find_front(struct work *work, const double *values, const enum goal *goals,
                       bool *on_front)
{
    for (size_t k = 0; k < work->m; k++)
        rank_objective(work, values, goals[k], k);
    struct ranked points = {.n = sort_distinct(work),
                            .m = work->m,
                            .ranks = work->sorted,
                            .dominated = work->dominated};
    if (work->m <= 3)
        sweep(&points, work->scratch, work->n);
    else
        pareto_divide(&points, work->scratch);
    for (size_t i = 0; i < work->n; i++)
        on_front[work->points[i]] = !work->dominated[work->distinct[i]];
}

enum status pareto_front(const double *values, const enum goal *goals, size_t n, size_t m,
                         bool *on_front)
{
    struct work work = {0};
    for (size_t i = 0; i < n; i++)
        on_front[i] = m == 0;
    if (n == 0 || m == 0)
        return ST_OK;
    enum status status = ST_NOMEM;
    if (n < UINT32_MAX && work_open(&work, n, m)) {
        take_points(&work, values, n);
        find_front(&work, values, goals, on_front);
        status = ST_OK;
    }
    work_close(&work);
    return status;
}
