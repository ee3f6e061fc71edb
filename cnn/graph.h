/* graph.h - a network as a list of layers, before any memory: what a model builder makes.
 *
 * Values are numbered: 0 is the images, k + 1 what layer k makes; a layer takes values that
 * exist. The last one is the network's output. The first failure is kept and makes every later
 * call do nothing, so that builders read as a list of layers; graph_check() answers it.
 * Threading: no shared state. */
#ifndef CNN_GRAPH_H
#define CNN_GRAPH_H

#include "base/status.h"
#include "cnn/layer.h"

#include <stddef.h>
#include <stdint.h>

struct graph {
    size_t n_layers, capacity;
    struct layer_spec *layers; /* [n_layers] */
    struct shape *shapes;      /* [n_layers + 1], of the values, for a batch of one */
    struct error failure;
};

/* An empty graph for images of these sizes. Free it even when calls on it failed. */
void graph_init(struct graph *graph, int64_t channels, int64_t height, int64_t width);
void graph_free(struct graph *graph);

/* Append a layer; answers its value. The spec is copied. */
int graph_add(struct graph *graph, const struct layer_spec *spec);

/* The usual layers in one line each; `in` is the value that they take. */
int graph_convolution(struct graph *graph, int in, int64_t channels, int64_t kernel,
                      int64_t stride, int64_t padding, bool bias);
/* Of the input's channels every group sees its own part alone, and makes its part of the
 * output's; as many groups as channels are a depthwise convolution. */
int graph_grouped_convolution(struct graph *graph, int in, int64_t channels, int64_t kernel,
                              int64_t stride, int64_t padding, int64_t groups, bool bias);
int graph_batch_norm(struct graph *graph, int in, bool relu);
int graph_relu(struct graph *graph, int in);
int graph_relu6(struct graph *graph, int in);
int graph_silu(struct graph *graph, int in);
int graph_sigmoid(struct graph *graph, int in);
int graph_max_pool(struct graph *graph, int in, int64_t kernel, int64_t stride,
                   int64_t padding);
int graph_average_pool(struct graph *graph, int in, int64_t kernel, int64_t stride,
                       int64_t padding);
int graph_global_pool(struct graph *graph, int in);
int graph_flatten(struct graph *graph, int in);
int graph_linear(struct graph *graph, int in, int64_t channels);
int graph_add_values(struct graph *graph, int a, int b, bool relu);
int graph_dropout(struct graph *graph, int in, double rate);
/* The channels of a, then those of b. */
int graph_concat(struct graph *graph, int a, int b);
/* `channels` of the channels, from `from` on. */
int graph_split(struct graph *graph, int in, int64_t from, int64_t channels);
/* Channels of all groups by turns. */
int graph_shuffle(struct graph *graph, int in, int64_t groups);
/* Every channel times its factor; gate is [n, c, 1, 1]. */
int graph_scale(struct graph *graph, int in, int gate);

/* Several layers: squeeze-and-excitation with SiLU between and a sigmoid behind its two
 * convolutions, of which the first has `squeezed` channels. */
int graph_squeeze_excite(struct graph *graph, int in, int64_t squeezed);

/* Errors: the first failure, with the layer that it is about; ST_INVALID for no layer. */
enum status graph_check(const struct graph *graph, struct error *err);

/* The shapes of a layer's inputs. */
void graph_input_shapes(const struct graph *graph, const struct layer_spec *spec,
                        struct shape inputs[LAYER_INPUTS]);

#endif
