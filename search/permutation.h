/* permutation.h - a random order of 0 .. n - 1 that is never listed.
 *
 * A Feistel network on the next power of four, walked until it falls below n (Black & Rogaway
 * 2002, "Ciphers with arbitrary finite domains"). Threading: no shared state. */
#ifndef SEARCH_PERMUTATION_H
#define SEARCH_PERMUTATION_H

#include <stdint.h>

/* The number at place `index` of the order that the seed stands for; index < n <= 2^53. */
uint64_t permutation_at(uint64_t seed, uint64_t n, uint64_t index);

#endif
