/* onednn_depthwise.h - depthwise convolutions for whose gradient by the weights oneDNN has no
 * kernel of its own: those larger than 3 x 3, in its version 2.6. */
#ifndef CNN_ONEDNN_DEPTHWISE_H
#define CNN_ONEDNN_DEPTHWISE_H

#include "cnn/layer.h"

#include <stdbool.h>

/* Does each channel of the convolution have a kernel of its own? */
bool onednn_is_depthwise(const struct layer *layer);

/* Append the gradient by weight and bias of such a convolution, by our own loops
 * (depthwise.h). */
void onednn_emit_depthwise_gradient(struct plan *plan, const struct layer *layer);

#endif
