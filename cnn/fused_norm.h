/* fused_norm.h - batch normalisation and the ReLU or ReLU6 behind it in the same passes over
 * memory, for images in 32-bit floats whose channels lie in blocks of 16.
 *
 * With x^ = (x - mean) / sqrt(variance + epsilon) and t = scale x^ + shift, y = min(max(t, 0),
 * ceiling); t is computed again for the gradient, so nothing but x is kept. Sums are formed
 * over few pixels in 32-bit floats and from there on in double precision, and the result does
 * not depend on the number of threads: OpenMP's share the blocks, or the images of a block
 * where there are fewer blocks than threads. Source: Ioffe & Szegedy 2015, section 3.
 * Threading: no shared state. */
#ifndef CNN_FUSED_NORM_H
#define CNN_FUSED_NORM_H

#include "cnn/fused_norm_strip.h"
#include "cnn/plan.h"
#include "cnn/shape.h"

struct fused_norm {
    float ceiling;      /* 6 for ReLU6, INFINITY for ReLU */
    struct shape shape; /* (batch, channels, height, width) */
    struct buffer *x, *y;
    struct buffer *dy, *dx;
    /* [channels] each. */
    struct buffer *scale, *shift, *running_mean, *running_variance;
    struct buffer *scale_gradient, *shift_gradient;
    /* Of the batch, from training to the gradient. */
    struct buffer *mean, *variance;
    struct buffer *partial; /* [fused_norm_partials()] doubles, of no use afterwards */
};

/* How many sums of single images there are. */
size_t fused_norm_partials(const struct shape *shape);

/* y by the batch's statistics, which move the running ones. */
void fused_norm_train(const struct fused_norm *f);
/* y by the running statistics. */
void fused_norm_infer(const struct fused_norm *f);
/* dx and the gradients by scale and shift. */
void fused_norm_backward(const struct fused_norm *f);

#endif
