#include "search/fronts.h"

#include <math.h>
#include <stdlib.h>

bool fronts_dominates(const double *a, const double *b, size_t m)
{
    bool better = false;
    for (size_t k = 0; k < m; k++) {
        if (a[k] > b[k])
            return false;
        better = better || a[k] < b[k];
    }
    return better;
}

/* No front yet. */
#define UNPLACED ((size_t)-1)

/* Take the members of a front out: those that only they and earlier ones dominated have no
 * dominators left. Which rows a member dominates is not remembered but asked again, which costs
 * a second comparison and saves n^2 numbers. */
static void release(const double *cost, size_t n, size_t m, const size_t *front, size_t number,
                    size_t *dominators)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; front[i] == number && j < n; j++)
            if (front[j] == UNPLACED && fronts_dominates(cost + i * m, cost + j * m, m))
                dominators[j]--;
}

void fronts_sort(const double *cost, size_t n, size_t m, size_t *front, size_t *dominators)
{
    for (size_t i = 0; i < n; i++) {
        front[i] = UNPLACED;
        dominators[i] = 0;
        for (size_t j = 0; j < n; j++)
            dominators[i] += fronts_dominates(cost + j * m, cost + i * m, m);
    }
    for (size_t number = 0, placed = 0; placed < n; number++) {
        for (size_t i = 0; i < n; i++)
            if (front[i] == UNPLACED && dominators[i] == 0) {
                front[i] = number;
                placed++;
            }
        release(cost, n, m, front, number, dominators);
    }
}

/* One objective of the rows, and their fronts. */
struct column {
    const double *cost;
    const size_t *front;
    size_t m, k;
};

static double cost_of(const struct column *column, size_t i)
{
    return column->cost[i * column->m + column->k];
}

/* By front, then by cost, then in the order of the rows. */
static int compare(const void *a, const void *b, void *of)
{
    const struct column *column = of;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    if (column->front[i] != column->front[j])
        return column->front[i] < column->front[j] ? -1 : 1;
    double p = cost_of(column, i), q = cost_of(column, j);
    if (p != q)
        return p < q ? -1 : 1;
    return (i > j) - (i < j);
}

/* One front, its members in the order of their costs. */
static void add_crowding(const struct column *column, const size_t *members, size_t n,
                         double *crowding)
{
    double low = cost_of(column, members[0]), high = cost_of(column, members[n - 1]);
    crowding[members[0]] = crowding[members[n - 1]] = HUGE_VAL;
    for (size_t i = 1; high > low && i + 1 < n; i++)
        crowding[members[i]] +=
            (cost_of(column, members[i + 1]) - cost_of(column, members[i - 1])) / (high - low);
}

void fronts_crowding(const double *cost, size_t n, size_t m, const size_t *front,
                     double *crowding, size_t *order)
{
    for (size_t i = 0; i < n; i++)
        crowding[i] = 0;
    for (size_t k = 0; k < m; k++) {
        struct column column = {cost, front, m, k};
        for (size_t i = 0; i < n; i++)
            order[i] = i;
        qsort_r(order, n, sizeof *order, compare, &column);
        for (size_t first = 0, last; first < n; first = last) {
            for (last = first + 1; last < n && front[order[last]] == front[order[first]];)
                last++;
            add_crowding(&column, order + first, last - first, crowding);
        }
    }
}
