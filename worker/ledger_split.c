#include "worker/ledger_split.h"

#include <assert.h>

__extension__ typedef unsigned __int128 wide;

struct split {
    int64_t total;
    const uint64_t *weights;
    int64_t *parts; /* shares rounded down */
    size_t n;
    uint64_t sum; /* of the weights */
};

/* What rounding down took from part i, in units of 1/sum. It is below sum, so that the
 * difference of the low halves of two products is all of it. */
static uint64_t remainder_of(const struct split *split, size_t i)
{
    return (uint64_t)split->total * split->weights[i] - (uint64_t)split->parts[i] * split->sum;
}

static size_t count_above(const struct split *split, uint64_t bar)
{
    size_t count = 0;
    for (size_t i = 0; i < split->n; i++)
        count += remainder_of(split, i) > bar;
    return count;
}

/* The lowest bar that no more than `left` remainders are above. Halving finds it without a
 * place to sort them in, and as quickly for hundreds of ranks. */
static uint64_t find_bar(const struct split *split, size_t left)
{
    uint64_t low = 0, high = split->sum;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (count_above(split, middle) <= left)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* A unit for each remainder above the bar, and what is then left for the first of those at it.
 * The bar is above 0, because fewer units are left than parts have a remainder. */
static void give_units(const struct split *split, size_t left)
{
    uint64_t bar = find_bar(split, left);
    size_t level = left - count_above(split, bar);
    for (size_t i = 0; i < split->n; i++) {
        uint64_t remainder = remainder_of(split, i);
        bool first = remainder == bar && level > 0;
        split->parts[i] += remainder > bar || first;
        level -= first;
    }
    assert(level == 0);
}

bool ledger_split(int64_t total, const uint64_t *weights, int64_t *parts, size_t n)
{
    assert(total >= 0);
    struct split split = {.total = total, .weights = weights, .parts = parts, .n = n};
    for (size_t i = 0; i < n; i++) {
        parts[i] = 0;
        split.sum += weights[i];
    }
    if (split.sum == 0)
        return false;
    int64_t left = total;
    for (size_t i = 0; i < n; i++) {
        parts[i] = (int64_t)((wide)total * weights[i] / split.sum);
        left -= parts[i];
    }
    if (left > 0)
        give_units(&split, (size_t)left);
    return true;
}
