/* activation.h - functions that are applied to every element on its own, and their gradients.
 *
 * Loops over whole buffers (elementwise_loop.h), whatever their format and precision. Functions
 * that are not zero at zero (sigmoid) fill the padding of a blocked format: give them none.
 * NaNs stay NaNs, but for relu's. Threading: no shared state. */
#ifndef CNN_ACTIVATION_H
#define CNN_ACTIVATION_H

#include "cnn/plan.h"

#include <stdbool.h>

/* One of the functions. All buffers of a call have the same size and precision. */
struct activation {
    /* y = f(x); y may be x. */
    void (*forward)(struct buffer *y, const struct buffer *x);
    /* dx = dy * f'(x). `kept` is x where the function keeps its input, and y where not; dx may
     * be dy or kept. */
    void (*backward)(struct buffer *dx, const struct buffer *dy, const struct buffer *kept);
    bool keeps_input;
    bool moves_zero; /* f(0) is not 0 */
};

extern const struct activation activation_relu;    /* max(x, 0) */
extern const struct activation activation_relu6;   /* min(max(x, 0), 6) */
extern const struct activation activation_silu;    /* x / (1 + exp(-x)) */
extern const struct activation activation_sigmoid; /* 1 / (1 + exp(-x)) */

#endif
