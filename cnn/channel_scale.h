/* channel_scale.h - images times one factor an image and channel, and its gradients.
 *
 * The loops are split among the OpenMP threads by image and block of channels; the result does
 * not depend on their number. Sums are formed in 32-bit floats. Threading: no shared state. */
#ifndef CNN_CHANNEL_SCALE_H
#define CNN_CHANNEL_SCALE_H

#include "cnn/plan.h"
#include "cnn/shape.h"

struct channel_scale {
    struct shape shape; /* (batch, channels, height, width) */
    int64_t block;      /* channels that lie side by side (format_block()) */
    struct buffer *out; /* of the images' format and precision, as x and out_gradient are */
    struct buffer *x;
    struct buffer *gate;          /* 32-bit floats, [batch][channels] */
    struct buffer *out_gradient;  /* NULL: forward */
    struct buffer *gate_gradient; /* as the gate */
};

/* Without out_gradient: out = x * gate. With it: out = out_gradient * gate, the gradient by x,
 * and gate_gradient = the sum over the pixels of out_gradient * x. The padding of a blocked
 * format stays zero. */
void channel_scale_run(const struct channel_scale *s);

#endif
