/* aligned.h - memory for matrices. Some of OpenBLAS's kernels sum in an order that depends on
 * where an array starts within a cache line, so whatever is computed with it starts at one:
 * the same numbers then give the same bits wherever the memory came from. */
#ifndef SEARCH_ALIGNED_H
#define SEARCH_ALIGNED_H

#include <stddef.h>

/* Doubles in a cache line. */
#define ALIGNED_LINE 8

/* n rounded up to whole cache lines. */
size_t aligned_round(size_t n);

/* n zeros that start at a cache line, to be released by free(); NULL when out of memory. */
double *aligned_zeros(size_t n);

#endif
