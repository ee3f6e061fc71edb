/* elementwise_loop.h - a loop over whole buffers, element by element, whatever their format and
 * precision.
 *
 * The loop itself knows floats alone: operands in bf16 are widened a chunk at a time into the
 * first-level cache, and what comes out is rounded once, to the nearest even. The padding of a
 * blocked format is taken along. Chunks are split among the OpenMP threads; the result does not
 * depend on their number. Threading: no shared state. */
#ifndef CNN_ELEMENTWISE_LOOP_H
#define CNN_ELEMENTWISE_LOOP_H

#include "cnn/plan.h"

#include <stddef.h>
#include <stdint.h>

#define ELEMENTWISE_INPUTS 3

/* A chunk of all operands. */
struct operands {
    float *out; /* may be one of the inputs */
    const float *in[ELEMENTWISE_INPUTS];
    const uint8_t *kept; /* a byte an element */
    float scale;
};

struct elementwise_loop {
    void (*run)(const struct operands *o, size_t n); /* over n elements */
    struct buffer *out;
    const struct buffer *in[ELEMENTWISE_INPUTS]; /* the first ones that are not NULL; of the
                                             size and precision of `out` */
    const uint8_t *kept;                         /* NULL: none */
    float scale;
};

void elementwise_run(const struct elementwise_loop *loop);

#endif
