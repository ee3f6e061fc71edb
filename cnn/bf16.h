/* bf16.h - between 32-bit floats and bfloat16, their upper half. Threading: no shared state. */
#ifndef CNN_BF16_H
#define CNN_BF16_H

#include <stddef.h>
#include <stdint.h>

/* To the nearest, ties to even; what is beyond the largest becomes infinite, and a NaN stays
 * one. Both arrays are [n] and do not overlap. */
void bf16_from_floats(uint16_t *out, const float *x, size_t n);

/* Exact. Both arrays are [n] and do not overlap. */
void bf16_to_floats(float *out, const uint16_t *x, size_t n);

#endif
