/* onednn_gradient.h - the two gradients that a layer with weights has, whatever the layer. */
#ifndef CNN_ONEDNN_GRADIENT_H
#define CNN_ONEDNN_GRADIENT_H

#include "cnn/layer.h"
#include "cnn/onednn_kernel.h"

/* Append the gradient by weight and bias (NULL: none) from the layer's input and its output's
 * gradient, all converted to and from what the descriptor wants. */
void onednn_emit_weights_gradient(struct plan *plan, const_dnnl_primitive_desc_t pd,
                                  const struct value *in, const struct value *out,
                                  struct buffer *gradient, const struct param *weight,
                                  const struct param *bias);

/* Likewise the gradient by the input, and hand it to the input. */
void onednn_emit_data_gradient(struct plan *plan, const_dnnl_primitive_desc_t pd,
                               struct value *in, const struct value *out,
                               struct buffer *gradient, const struct param *weight);

#endif
