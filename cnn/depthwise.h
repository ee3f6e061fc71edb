/* depthwise.h - the gradient by the weights of a depthwise convolution: each channel has a
 * kernel of its own.
 *
 * Channels lie in blocks of 16, the last of which is filled up with zeros. Blocks are split
 * among the OpenMP threads; the result does not depend on their number. Threading: no shared
 * state. */
#ifndef CNN_DEPTHWISE_H
#define CNN_DEPTHWISE_H

#include <stdint.h>

#define DEPTHWISE_BLOCK 16

struct depthwise {
    int64_t batch, blocks;
    int64_t height, width, out_height, out_width;
    int64_t kernel, stride, padding;
};

/* weights is [blocks][kernel][kernel][16], in is [batch][blocks][height][width][16], gradient,
 * that of the output, is [batch][blocks][out_height][out_width][16]. */
void depthwise_by_weights(float *weights, const float *in, const float *gradient,
                          const struct depthwise *d);

/* The gradient by the bias, [channels]. */
void depthwise_by_bias(float *bias, int64_t channels, const float *gradient,
                       const struct depthwise *d);

#endif
