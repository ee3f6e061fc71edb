/* finite.h - is a whole array made of numbers? Threading: no shared state; the loop is split
 * among the OpenMP threads. */
#ifndef CNN_FINITE_H
#define CNN_FINITE_H

#include <stdbool.h>
#include <stddef.h>

/* False when one of the n floats is infinite or not a number. */
bool floats_finite(const float *x, size_t n);

#endif
