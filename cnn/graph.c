#include "cnn/graph.h"

#include <stdlib.h>
#include <string.h>

void graph_init(struct graph *graph, int64_t channels, int64_t height, int64_t width)
{
    memset(graph, 0, sizeof *graph);
    graph->shapes = malloc(sizeof *graph->shapes);
    if (!graph->shapes) {
        error_set(&graph->failure, ST_NOMEM, "out of memory while a network was built");
        return;
    }
    graph->shapes[0] = (struct shape){4, {1, channels, height, width}};
}

void graph_free(struct graph *graph)
{
    free(graph->layers);
    free(graph->shapes);
    memset(graph, 0, sizeof *graph);
}

static bool grow(struct graph *graph)
{
    if (graph->n_layers < graph->capacity)
        return true;
    size_t capacity = graph->capacity ? 2 * graph->capacity : 32;
    struct layer_spec *layers = realloc(graph->layers, capacity * sizeof *layers);
    if (layers)
        graph->layers = layers;
    struct shape *shapes = realloc(graph->shapes, (capacity + 1) * sizeof *shapes);
    if (shapes)
        graph->shapes = shapes;
    if (!layers || !shapes) {
        error_set(&graph->failure, ST_NOMEM, "out of memory while a network was built");
        return false;
    }
    graph->capacity = capacity;
    return true;
}

static bool inputs_exist(struct graph *graph, const struct layer_spec *spec)
{
    for (int i = 0; i < spec->type->n_inputs; i++)
        if (spec->inputs[i] < 0 || (size_t)spec->inputs[i] > graph->n_layers) {
            error_set(&graph->failure, ST_INVALID,
                      "layer %zu (%s) takes value %d, which is not made before it",
                      graph->n_layers, spec->type->name, spec->inputs[i]);
            return false;
        }
    return true;
}

void graph_input_shapes(const struct graph *graph, const struct layer_spec *spec,
                        struct shape inputs[LAYER_INPUTS])
{
    for (int i = 0; i < spec->type->n_inputs; i++)
        inputs[i] = graph->shapes[spec->inputs[i]];
}

/* Layers whose products would leave 63 bits are refused here, so that nobody behind has to
 * watch for that: not those that multiply by a batch or add up thousands of layers, nor those
 * that count bytes. */
#define ELEMENTS_MAX (INT64_C(1) << 40)
#define OPERATIONS_MAX 0x1p50

static bool too_large(struct graph *graph, const struct layer_spec *spec, const char *what)
{
    error_set(&graph->failure, ST_INVALID, "layer %zu: %s: more than %s", graph->n_layers,
              spec->type->name, what);
    error_remedy(&graph->failure, "make the network narrower");
    return false;
}

static bool sizes_fit(struct graph *graph, const struct layer_spec *spec,
                      const struct shape inputs[LAYER_INPUTS])
{
    struct param_spec params[LAYER_PARAMS];
    const struct shape *output = &graph->shapes[graph->n_layers + 1];
    int64_t elements = shape_count(output), weights = 0;
    int n = spec->type->params ? spec->type->params(spec, inputs, params) : 0;
    for (int i = 0; i < n; i++)
        if (shape_count(&params[i].shape) > weights)
            weights = shape_count(&params[i].shape);
    if (elements > ELEMENTS_MAX || weights > ELEMENTS_MAX)
        return too_large(graph, spec, "2^40 numbers");
    /* Every pixel of the output meets every weight at most once. */
    double pixels = (double)elements / (double)output->dims[1];
    if (2 * pixels * (double)weights > OPERATIONS_MAX)
        return too_large(graph, spec, "2^50 operations");
    return true;
}

static int count_inputs(const struct layer_spec *spec, int value)
{
    int count = 0;
    for (int i = 0; i < spec->type->n_inputs; i++)
        count += spec->inputs[i] == value;
    return count;
}

/* A value has room for the gradients of so many users. */
static bool users_fit(struct graph *graph, const struct layer_spec *spec)
{
    for (int i = 0; i < spec->type->n_inputs; i++) {
        int users = count_inputs(spec, spec->inputs[i]);
        for (size_t j = 0; j < graph->n_layers; j++)
            users += count_inputs(&graph->layers[j], spec->inputs[i]);
        if (users > VALUE_CONSUMERS) {
            error_set(&graph->failure, ST_INVALID,
                      "layer %zu (%s) would be user %d of value %d, which may have %d",
                      graph->n_layers, spec->type->name, users, spec->inputs[i],
                      VALUE_CONSUMERS);
            return false;
        }
    }
    return true;
}

int graph_add(struct graph *graph, const struct layer_spec *spec)
{
    if (graph->failure.status || !grow(graph) || !inputs_exist(graph, spec) ||
        !users_fit(graph, spec))
        return 0;
    struct shape inputs[LAYER_INPUTS];
    graph_input_shapes(graph, spec, inputs);
    struct error err;
    enum status status =
        spec->type->shape(spec, inputs, &graph->shapes[graph->n_layers + 1], &err);
    if (status) {
        error_set(&graph->failure, status, "layer %zu: %s", graph->n_layers, err.what);
        error_remedy(&graph->failure, "%s", err.remedy);
        return 0;
    }
    if (!sizes_fit(graph, spec, inputs))
        return 0;
    graph->layers[graph->n_layers++] = *spec;
    return (int)graph->n_layers;
}

int graph_convolution(struct graph *graph, int in, int64_t channels, int64_t kernel,
                      int64_t stride, int64_t padding, bool bias)
{
    return graph_grouped_convolution(graph, in, channels, kernel, stride, padding, 1, bias);
}

int graph_grouped_convolution(struct graph *graph, int in, int64_t channels, int64_t kernel,
                              int64_t stride, int64_t padding, int64_t groups, bool bias)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_convolution,
                                                 .inputs = {in},
                                                 .channels = channels,
                                                 .kernel = kernel,
                                                 .stride = stride,
                                                 .padding = padding,
                                                 .groups = groups,
                                                 .bias = bias});
}

int graph_batch_norm(struct graph *graph, int in, bool relu)
{
    return graph_add(
        graph, &(struct layer_spec){.type = &layer_batch_norm, .inputs = {in}, .relu = relu});
}

int graph_relu(struct graph *graph, int in)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_relu, .inputs = {in}});
}

int graph_relu6(struct graph *graph, int in)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_relu6, .inputs = {in}});
}

int graph_silu(struct graph *graph, int in)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_silu, .inputs = {in}});
}

int graph_sigmoid(struct graph *graph, int in)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_sigmoid, .inputs = {in}});
}

int graph_max_pool(struct graph *graph, int in, int64_t kernel, int64_t stride, int64_t padding)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_max_pool,
                                                 .inputs = {in},
                                                 .kernel = kernel,
                                                 .stride = stride,
                                                 .padding = padding});
}

int graph_average_pool(struct graph *graph, int in, int64_t kernel, int64_t stride,
                       int64_t padding)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_average_pool,
                                                 .inputs = {in},
                                                 .kernel = kernel,
                                                 .stride = stride,
                                                 .padding = padding});
}

int graph_global_pool(struct graph *graph, int in)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_global_pool, .inputs = {in}});
}

int graph_flatten(struct graph *graph, int in)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_flatten, .inputs = {in}});
}

int graph_linear(struct graph *graph, int in, int64_t channels)
{
    return graph_add(
        graph, &(struct layer_spec){
                   .type = &layer_linear, .inputs = {in}, .channels = channels, .bias = true});
}

int graph_add_values(struct graph *graph, int a, int b, bool relu)
{
    return graph_add(graph,
                     &(struct layer_spec){.type = &layer_add, .inputs = {a, b}, .relu = relu});
}

int graph_dropout(struct graph *graph, int in, double rate)
{
    if (rate == 0)
        return in;
    return graph_add(
        graph, &(struct layer_spec){.type = &layer_dropout, .inputs = {in}, .rate = rate});
}

int graph_concat(struct graph *graph, int a, int b)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_concat, .inputs = {a, b}});
}

int graph_split(struct graph *graph, int in, int64_t from, int64_t channels)
{
    return graph_add(
        graph, &(struct layer_spec){
                   .type = &layer_split, .inputs = {in}, .from = from, .channels = channels});
}

int graph_shuffle(struct graph *graph, int in, int64_t groups)
{
    return graph_add(
        graph, &(struct layer_spec){.type = &layer_shuffle, .inputs = {in}, .groups = groups});
}

int graph_scale(struct graph *graph, int in, int gate)
{
    return graph_add(graph, &(struct layer_spec){.type = &layer_scale, .inputs = {in, gate}});
}

int graph_squeeze_excite(struct graph *graph, int in, int64_t squeezed)
{
    int x = graph_global_pool(graph, in);
    if (graph->failure.status)
        return 0;
    int64_t channels = graph->shapes[x].dims[1];
    x = graph_silu(graph, graph_convolution(graph, x, squeezed, 1, 1, 0, true));
    x = graph_sigmoid(graph, graph_convolution(graph, x, channels, 1, 1, 0, true));
    return graph_scale(graph, in, x);
}

enum status graph_check(const struct graph *graph, struct error *err)
{
    if (graph->failure.status) {
        if (err)
            *err = graph->failure;
        return graph->failure.status;
    }
    if (graph->n_layers == 0)
        return error_set(err, ST_INVALID, "a network without a layer");
    return ST_OK;
}
