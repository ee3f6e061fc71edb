#include "worker/ledger_split.h"

#include <assert.h>

__extension__ typedef unsigned __int128 wide;

/* What the floor took from part i, in units of 1/sum. A part that had its unit already is above
 * its share and asks for no more. */
static bool remainder_of(int64_t total, uint64_t weight, int64_t part, uint64_t sum,
                         uint64_t *remainder)
{
    if (weight == 0) /* most are: few ranks search or orchestrate in an interval */
        return false;
    wide share = (wide)total * weight, given = (wide)part * sum;
    if (given >= share)
        return false;
    *remainder = (uint64_t)(share - given);
    return true;
}

static void give_one_more(int64_t total, const uint64_t *weights, int64_t *parts, size_t n,
                          uint64_t sum)
{
    size_t best = n;
    uint64_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t remainder;
        if (remainder_of(total, weights[i], parts[i], sum, &remainder) && remainder > largest) {
            largest = remainder;
            best = i;
        }
    }
    assert(best < n); /* fewer units are left than parts have a remainder */
    parts[best]++;
}

bool ledger_split(int64_t total, const uint64_t *weights, int64_t *parts, size_t n)
{
    assert(total >= 0);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        parts[i] = 0;
        sum += weights[i];
    }
    if (sum == 0)
        return false;
    int64_t left = total;
    for (size_t i = 0; i < n; i++) {
        parts[i] = (int64_t)((wide)total * weights[i] / sum);
        left -= parts[i];
    }
    for (; left > 0; left--)
        give_one_more(total, weights, parts, n, sum);
    return true;
}
