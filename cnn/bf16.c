#include "cnn/bf16.h"

#include "cnn/clones.h"

#include <string.h>

#define INFINITE 0x7f800000u
#define QUIET 0x0040u /* the NaNs of nothing but lower bits must not become infinite */

CLONES void bf16_from_floats(uint16_t *restrict out, const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        uint32_t odd = bits >> 16 & 1, nan = bits >> 16 | QUIET;
        uint32_t rounded = (bits + 0x7fff + odd) >> 16;
        out[i] = (uint16_t)((bits & ~0x80000000u) > INFINITE ? nan : rounded);
    }
}

CLONES void bf16_to_floats(float *restrict out, const uint16_t *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = (uint32_t)x[i] << 16;
        memcpy(&out[i], &bits, sizeof bits);
    }
}
