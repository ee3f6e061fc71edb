/* reference.h - every layer in plain C, as its definition reads.
 *
 * These are what the fast layers are tested against, and their documentation: slow, in plain
 * formats, summed in double precision. A reference does the forward pass (training) and the
 * backward pass in one call. Threading: no shared state. */
#ifndef CNN_REFERENCE_H
#define CNN_REFERENCE_H

#include "cnn/layer.h"
#include "cnn/shape.h"

/* Everything a layer reads and writes, row-major. Gradients of inputs and of parameters are
 * those of sum(output * output_gradient); members that a layer does not have are NULL. */
struct reference {
    const struct layer_spec *spec;
    struct shape input_shape, output_shape;
    const float *inputs[LAYER_INPUTS];
    const float *params[LAYER_PARAMS];
    const float *output_gradient;
    float *output;
    float *input_gradients[LAYER_INPUTS];
    float *param_gradients[LAYER_PARAMS];
};

void reference_convolution(const struct reference *r);
void reference_linear(const struct reference *r);
void reference_batch_norm(const struct reference *r);
void reference_max_pool(const struct reference *r);
void reference_average_pool(const struct reference *r);
void reference_global_pool(const struct reference *r);
void reference_relu(const struct reference *r);
void reference_relu6(const struct reference *r);
void reference_silu(const struct reference *r);
void reference_sigmoid(const struct reference *r);
void reference_flatten(const struct reference *r);
void reference_add(const struct reference *r);
void reference_concat(const struct reference *r);
void reference_split(const struct reference *r);
void reference_shuffle(const struct reference *r);
void reference_scale(const struct reference *r);

#endif
