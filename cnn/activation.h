/* activation.h - functions that are applied to every element on its own, and their gradients.
 *
 * Loops over whole buffers (elementwise_loop.h), whatever their format and precision. Functions
 * that are not zero at zero (sigmoid) fill the padding of a blocked format: give them none.
 * NaNs stay NaNs, but for relu's. Threading: no shared state. */
#ifndef CNN_ACTIVATION_H
#define CNN_ACTIVATION_H

#include "cnn/elementwise_loop.h"

#include <stdbool.h>

/* One of the functions, y = f(x), as loops over floats. */
struct activation {
    /* out = f(in[0]) */
    void (*value)(const struct operands *o, size_t n);
    /* out = in[0] * f'(x), where in[1] is x or, unless the function keeps its input, y. */
    void (*gradient)(const struct operands *o, size_t n);
    bool keeps_input;
    bool moves_zero; /* f(0) is not 0 */
};

extern const struct activation activation_relu;    /* max(x, 0) */
extern const struct activation activation_relu6;   /* min(max(x, 0), 6) */
extern const struct activation activation_silu;    /* x / (1 + exp(-x)) */
extern const struct activation activation_sigmoid; /* 1 / (1 + exp(-x)) */

/* y = f(x); y may be x. All buffers of a call have the same size and precision. */
void activation_forward(const struct activation *activation, struct buffer *y,
                        const struct buffer *x);

/* dx = dy * f'(x). `kept` is x, or y unless the function keeps its input; dx may be dy or kept.
 */
void activation_backward(const struct activation *activation, struct buffer *dx,
                         const struct buffer *dy, const struct buffer *kept);

#endif
