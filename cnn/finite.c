#include "cnn/finite.h"

#include "cnn/clones.h"

#include <stdint.h>
#include <string.h>

#define CHUNK ((int64_t)4096)
#define EXPONENT 0x7f800000u

/* The exponent that is all ones is that of infinities and NaNs alone; looking at bits, the loop
 * is a maximum of integers, which compilers turn into vector instructions. */
CLONES static uint32_t largest_exponent(const float *x, int64_t n)
{
    uint32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        bits &= EXPONENT;
        largest = bits > largest ? bits : largest;
    }
    return largest;
}

bool floats_finite(const float *x, size_t n)
{
    int64_t count = (int64_t)n;
    uint32_t largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (int64_t at = 0; at < count; at += CHUNK) {
        uint32_t here = largest_exponent(x + at, count - at < CHUNK ? count - at : CHUNK);
        largest = here > largest ? here : largest;
    }
    return largest < EXPONENT;
}
