#include "results/pareto_impl.h"

#include <stdlib.h>

static uint32_t rank(const struct ranked *points, uint32_t i, size_t k)
{
    return ranked_row(points, i)[k];
}

static bool as_good_from(const struct ranked *points, uint32_t a, uint32_t b, size_t k)
{
    for (; k < points->m; k++)
        if (rank(points, a, k) > rank(points, b, k))
            return false;
    return true;
}

struct order {
    const struct ranked *points;
    size_t k;
};

static int compare_by_rank(const void *a, const void *b, void *by)
{
    const struct order *order = by;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    uint32_t p = rank(order->points, i, order->k), q = rank(order->points, j, order->k);
    return (p > q) - (p < q);
}

static void sort_by(const struct ranked *points, uint32_t *set, size_t n, size_t k)
{
    struct order order = {points, k};
    qsort_r(set, n, sizeof *set, compare_by_rank, &order);
}

static void filter_pairs(struct ranked *points, const uint32_t *a, size_t n_a,
                         const uint32_t *b, size_t n_b, size_t k)
{
    for (size_t j = 0; j < n_b; j++)
        for (size_t i = 0; i < n_a && !points->dominated[b[j]]; i++)
            points->dominated[b[j]] = as_good_from(points, a[i], b[j], k);
}

/* The last two objectives: in the order of the first of them, keep the least of the second. */
static void filter_last_two(struct ranked *points, uint32_t *a, size_t n_a, uint32_t *b,
                            size_t n_b, size_t k)
{
    uint32_t least = UINT32_MAX;
    size_t next = 0;
    sort_by(points, a, n_a, k);
    sort_by(points, b, n_b, k);
    for (size_t i = 0; i < n_b; i++) {
        for (; next < n_a && rank(points, a[next], k) <= rank(points, b[i], k); next++)
            if (rank(points, a[next], k + 1) < least)
                least = rank(points, a[next], k + 1);
        if (least <= rank(points, b[i], k + 1))
            points->dominated[b[i]] = true;
    }
}

/* How many of a sorted set rank below `bound`. */
static size_t count_below(const struct ranked *points, const uint32_t *set, size_t n, size_t k,
                          uint32_t bound)
{
    size_t count = 0;
    while (count < n && rank(points, set[count], k) < bound)
        count++;
    return count;
}

/* A rank that splits a sorted set with different ranks into two parts, as even as may be. */
static uint32_t split_rank(const struct ranked *points, const uint32_t *set, size_t n, size_t k)
{
    uint32_t first = rank(points, set[0], k);
    size_t i = n / 2;
    while (rank(points, set[i], k) == first)
        i++;
    return rank(points, set[i], k);
}

/* Mark the points of b that a point of a dominates, where all of a are as good as all of b in
 * the objectives before k. The order within a and b changes. */
static void filter(struct ranked *points, uint32_t *a, size_t n_a, uint32_t *b, size_t n_b,
                   size_t k)
{
    enum { FEW = 8 };
    if (n_a <= FEW || n_b <= FEW) {
        filter_pairs(points, a, n_a, b, n_b, k);
        return;
    }
    if (k + 2 == points->m) {
        filter_last_two(points, a, n_a, b, n_b, k);
        return;
    }
    sort_by(points, a, n_a, k);
    sort_by(points, b, n_b, k);
    uint32_t first = rank(points, a[0], k);
    if (first == rank(points, a[n_a - 1], k)) {
        size_t out = count_below(points, b, n_b, k, first);
        filter(points, a, n_a, b + out, n_b - out, k + 1);
        return;
    }
    uint32_t split = split_rank(points, a, n_a, k);
    size_t a_low = count_below(points, a, n_a, k, split);
    size_t b_low = count_below(points, b, n_b, k, split);
    filter(points, a, a_low, b, b_low, k);
    filter(points, a + a_low, n_a - a_low, b + b_low, n_b - b_low, k);
    filter(points, a, a_low, b + b_low, n_b - b_low, k + 1);
}

/* In lexicographic order the first half is as good as the second in objective 0. Points that
 * are dominated need not be compared any more: what dominates them dominates all that they do.
 */
static void divide(struct ranked *points, uint32_t *scratch, size_t first, size_t last)
{
    if (last - first < 2)
        return;
    size_t middle = first + (last - first) / 2, n_a = 0, n = 0;
    divide(points, scratch, first, middle);
    divide(points, scratch, middle, last);
    for (size_t i = first; i < last; i++) {
        if (!points->dominated[i])
            scratch[n++] = (uint32_t)i;
        if (i + 1 == middle)
            n_a = n;
    }
    filter(points, scratch, n_a, scratch + n_a, n - n_a, 1);
}

void pareto_divide(struct ranked *points, uint32_t *scratch)
{
    divide(points, scratch, 0, points->n);
}
