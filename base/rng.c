#include "base/rng.h"

#include <assert.h>
#include <math.h>

/* splitmix64's output function: every bit of z reaches every bit of the answer. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

void rng_seed(struct rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += UINT64_C(0x9e3779b97f4a7c15);
        rng->state[i] = mix(seed);
    }
    rng->spare = NAN;
}

uint64_t rng_derive(uint64_t seed, const char *label, uint64_t a, uint64_t b)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a over the label */
    for (const char *c = label; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    uint64_t parts[] = {seed, a, b};
    for (int i = 0; i < 3; i++)
        hash = mix(hash + parts[i] + UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(i + 1));
    return hash & RNG_SEED_MAX;
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rng_uniform(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t rng_below(struct rng *rng, uint64_t n)
{
    assert(n > 0);
    /* Draws below 2^64 mod n would make the small remainders likelier: they are drawn again. */
    uint64_t threshold = (UINT64_MAX - n + 1) % n;
    uint64_t x;
    do
        x = rng_next(rng);
    while (x < threshold);
    return x % n;
}

double rng_normal(struct rng *rng)
{
    if (!isnan(rng->spare)) {
        double z = rng->spare;
        rng->spare = NAN;
        return z;
    }
    double u, v, r;
    do {
        u = 2 * rng_uniform(rng) - 1;
        v = 2 * rng_uniform(rng) - 1;
        r = u * u + v * v;
    } while (r >= 1 || r == 0);
    double scale = sqrt(-2 * log(r) / r);
    rng->spare = v * scale;
    return u * scale;
}

void rng_shuffle(struct rng *rng, size_t *order, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)rng_below(rng, i);
        size_t t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
    }
}
