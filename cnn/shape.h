/* shape.h - the logical sizes of a tensor. */
#ifndef CNN_SHAPE_H
#define CNN_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHAPE_DIMS 5

/* Images are (batch, channels, height, width), vectors (batch, channels); a convolution's
 * weights are (out, in / groups, height, width), which only its own layer sees as (groups,
 * out / groups, in / groups, height, width), a linear layer's (out, in), and all else is
 * (channels). */
struct shape {
    int n;
    int64_t dims[SHAPE_DIMS];
};

static inline bool shape_equal(const struct shape *a, const struct shape *b)
{
    for (int i = 0; i < a->n; i++)
        if (a->dims[i] != b->dims[i])
            return false;
    return a->n == b->n;
}

/* The number of elements; INT64_MAX when there are more. */
static inline int64_t shape_count(const struct shape *shape)
{
    int64_t count = 1;
    for (int i = 0; i < shape->n; i++)
        if (__builtin_mul_overflow(count, shape->dims[i], &count))
            return INT64_MAX;
    return count;
}

#endif
