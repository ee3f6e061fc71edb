#include "search/sobol.h"

#include "base/rng.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_qrng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SOBOL_DIMS = 40, SOBOL_BITS = 30 };

struct sobol {
    size_t dims;
    uint64_t seed;
    gsl_qrng *sequence; /* of the first `covered` coordinates */
    size_t covered;
    uint64_t at; /* points that the sequence has given */
    double raw[SOBOL_DIMS];
    uint32_t hashes[SOBOL_DIMS];
};

enum status sobol_create(struct sobol **out, size_t dims, uint64_t seed)
{
    *out = NULL;
    gsl_set_error_handler_off(); /* GSL's own handler ends the process */
    struct sobol *sobol = calloc(1, sizeof *sobol);
    if (!sobol)
        return ST_NOMEM;
    sobol->dims = dims;
    sobol->seed = seed;
    sobol->covered = dims < SOBOL_DIMS ? dims : SOBOL_DIMS;
    for (size_t d = 0; d < sobol->covered; d++)
        sobol->hashes[d] = (uint32_t)rng_derive(seed, "sobol", d, 0);
    if (sobol->covered > 0)
        sobol->sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)sobol->covered);
    if (sobol->covered > 0 && !sobol->sequence) {
        sobol_free(sobol);
        return ST_NOMEM;
    }
    *out = sobol;
    return ST_OK;
}

void sobol_free(struct sobol *sobol)
{
    if (!sobol)
        return;
    if (sobol->sequence)
        gsl_qrng_free(sobol->sequence);
    free(sobol);
}

/* Leave the plain point number index in raw. GSL's first point is number 1. */
static void walk_to(struct sobol *sobol, uint64_t index)
{
    if (index < sobol->at) {
        gsl_qrng_init(sobol->sequence);
        sobol->at = 0;
    }
    if (index == 0)
        memset(sobol->raw, 0, sizeof sobol->raw);
    for (; sobol->at < index; sobol->at++)
        gsl_qrng_get(sobol->sequence, sobol->raw);
}

static uint32_t reverse_bits(uint32_t x)
{
    x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
    x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
    x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
    return __builtin_bswap32(x);
}

/* Flip every bit by a hash of the bits above it. The multiplications are by even numbers, so
 * that in the reversed number a bit depends on those below it only. */
static uint32_t scramble(uint32_t x, uint32_t hash)
{
    x = reverse_bits(x) + hash;
    x ^= x * 0x6c50b47cu;
    x ^= x * 0xb82f1e52u;
    x ^= x * 0xc7afe638u;
    x ^= x * 0x8d22f6e6u;
    return reverse_bits(x);
}

void sobol_point(struct sobol *sobol, uint64_t index, double *u)
{
    size_t covered = index >> SOBOL_BITS ? 0 : sobol->covered;
    if (covered > 0)
        walk_to(sobol, index);
    for (size_t d = 0; d < covered; d++) {
        uint32_t x = (uint32_t)(sobol->raw[d] * 0x1p32);
        u[d] = (scramble(x, sobol->hashes[d]) + 0.5) * 0x1p-32;
    }
    struct rng rng;
    rng_seed(&rng, rng_derive(sobol->seed, "sobol rest", index, 0));
    for (size_t d = covered; d < sobol->dims; d++)
        u[d] = rng_uniform(&rng);
}
