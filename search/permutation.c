#include "search/permutation.h"

#include "base/rng.h"

enum { ROUNDS = 6 };

static uint64_t feistel(uint64_t seed, int half_bits, uint64_t x)
{
    uint64_t mask = (UINT64_C(1) << half_bits) - 1;
    uint64_t left = x >> half_bits, right = x & mask;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t swapped = left ^ (rng_derive(seed, "permutation", round, right) & mask);
        left = right;
        right = swapped;
    }
    return left << half_bits | right;
}

uint64_t permutation_at(uint64_t seed, uint64_t n, uint64_t index)
{
    int half_bits = 1;
    while (n > UINT64_C(1) << 2 * half_bits)
        half_bits++;
    /* The network permutes a range of less than 4 n, so few steps lead back below n. */
    do
        index = feistel(seed, half_bits, index);
    while (index >= n);
    return index;
}
