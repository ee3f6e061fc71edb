/* network.h - a graph with memory: what is trained.
 *
 * All trained parameters lie in one array, each in the format that its layer computes with, and
 * so do their gradients: an optimiser is one loop. The padding of blocked formats is zero in
 * both and stays so. Threading: one network a thread; the kernels use OpenMP's threads. */
#ifndef CNN_NETWORK_H
#define CNN_NETWORK_H

#include "base/status.h"
#include "cnn/graph.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct network;

/* What a network is made for. Zero means the usual thing for every member but batch. */
struct network_options {
    int64_t batch;            /* images of a step */
    bool input_gradient;      /* also compute the gradient by the images */
    uint64_t seed;            /* of the initial weights and of dropout */
    enum precision precision; /* of what flows between layers, and of their computations */
    bool inference;  /* never trained: no gradients, and memory for a forward pass alone */
    bool repeatable; /* a layer can run again where it stands: none writes over what it reads */
};

/* Plan the graph. The graph and the options are copied.
 * Errors: ST_NOMEM; ST_FAILED when oneDNN refuses a layer; ST_INVALID for a precision that this
 * processor lacks. */
enum status network_create(struct network **out, const struct graph *graph,
                           const struct network_options *options, struct error *err);
void network_free(struct network *network);

/* Plain arrays that stay where they are: [batch][channels][height][width] and, for a network
 * that ends in a linear layer, [batch][classes]. */
float *network_images(struct network *network);             /* to be filled before forward */
const float *network_output(const struct network *network); /* holds until the next forward */
/* To be filled before backward; NULL where there is none. */
float *network_output_gradient(struct network *network);
/* NULL unless it was asked for. */
const float *network_input_gradient(const struct network *network);
/* The output's shape. */
struct shape network_output_shape(const struct network *network);

/* Forward with the batch's statistics and dropout (training), or without. Backward needs a
 * training forward just before; it overwrites the gradients. The first inference after a change
 * of parameters or statistics folds them into the convolutions (fold.h).
 * Errors: ST_INVALID for training where the network is for inference; ST_FAILED from oneDNN. */
enum status network_forward(struct network *network, bool training, struct error *err);
enum status network_backward(struct network *network, struct error *err);

/* The arrays of trained numbers, network_size() floats each. Whoever writes to the parameters
 * asks for them again after every forward pass: that is how the network hears of it. Gradients
 * are NULL where there are none. */
size_t network_size(const struct network *network);
float *network_params(struct network *network);
const float *network_gradients(const struct network *network);

/* The parameters one by one, in the order of the graph, running statistics included. */
size_t network_count(const struct network *network);
const struct param_spec *network_param(const struct network *network, size_t i);
/* Copy a parameter or its gradient out of or into its format; plain is [shape_count()]. A
 * parameter that is not trained has no gradient, nor has any that is only for inference:
 * ST_INVALID. Errors: ST_NOMEM; ST_FAILED from oneDNN. */
enum status network_read(struct network *network, size_t i, float *plain);
enum status network_write(struct network *network, size_t i, const float *plain);
enum status network_read_gradient(struct network *network, size_t i, float *plain);
/* The same for an array that is laid out as network_params() is, such as an optimizer's. */
enum status network_read_like(struct network *network, size_t i, const float *array,
                              float *plain);
enum status network_write_like(struct network *network, size_t i, float *array,
                               const float *plain);

/* The i-th of the random streams that layers draw from while they train; NULL when there are no
 * more. */
struct rng *network_stream(struct network *network, size_t i);

/* The layers as they were planned, for the batch; they belong to the network. */
size_t network_layers(const struct network *network);
const struct layer *network_layer(const struct network *network, size_t i);
/* A walk through a pass, layer by layer. What is done at the network's ends, between plain
 * arrays and the layers' formats, belongs to none. Layers that are folded into a convolution
 * have no operations in an inference, which needs a network_forward() before its walk. */
struct plan_walk network_walk(const struct network *network, enum pass pass);

/* Bytes of activations, gradients of activations and work space. */
size_t network_memory(const struct network *network);

#endif
