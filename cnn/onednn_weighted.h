/* onednn_weighted.h - the operations that a layer with a weight and perhaps a bias has,
 * whatever the layer: convolution, linear. They convert to and from what the descriptor wants.
 */
#ifndef CNN_ONEDNN_WEIGHTED_H
#define CNN_ONEDNN_WEIGHTED_H

#include "cnn/layer.h"
#include "cnn/onednn_kernel.h"

/* The second parameter of the layer; NULL: it has none. */
struct param *onednn_bias(const struct layer *layer);

/* Append the output to the passes of the layer. The formats of output and weight, and the
 * output's data, are made here. `by_weights` is the descriptor of the weights' gradient; NULL
 * in a network that does not train. */
void onednn_emit_weighted(struct plan *plan, const_dnnl_primitive_desc_t pd,
                          const_dnnl_primitive_desc_t by_weights, struct layer *layer);

/* Append the gradient by weight and bias from the layer's input and its output's gradient. */
void onednn_emit_weights_gradient(struct plan *plan, const_dnnl_primitive_desc_t pd,
                                  const struct layer *layer);

/* Likewise the gradient by the input, and hand it to the input. */
void onednn_emit_data_gradient(struct plan *plan, const_dnnl_primitive_desc_t pd,
                               const struct layer *layer);

#endif
