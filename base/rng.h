/* rng.h - random numbers that depend on nothing but their seed.
 *
 * The generator is xoshiro256++ (Blackman & Vigna 2021); seeds go through splitmix64. Streams
 * that must not depend on the order of events are derived from (seed, label, numbers) instead
 * of drawn from one another. Threading: one struct rng per thread. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state[4];
    double spare; /* the second normal of the last pair; NaN when there is none */
};

/* Seeds that users see fit a JSON number exactly. */
#define RNG_SEED_MAX ((UINT64_C(1) << 53) - 1)

/* Start the stream of a seed. */
void rng_seed(struct rng *rng, uint64_t seed);

/* A seed for a purpose: a hash of the parent seed, a label and two numbers, at most
 * RNG_SEED_MAX. */
uint64_t rng_derive(uint64_t seed, const char *label, uint64_t a, uint64_t b);

/* 64 random bits. */
uint64_t rng_next(struct rng *rng);

/* Uniform in [0, 1), on the grid of 2^-53. */
double rng_uniform(struct rng *rng);

/* Uniform in 0 .. n - 1 without bias; n > 0. */
uint64_t rng_below(struct rng *rng, uint64_t n);

/* Standard normal, by Marsaglia's polar method. */
double rng_normal(struct rng *rng);

/* A uniform random permutation of the n indices in `order`, in place. */
void rng_shuffle(struct rng *rng, size_t *order, size_t n);

#endif
