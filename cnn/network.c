#include "cnn/network.h"

#include "base/rng.h"
#include "cnn/arena.h"
#include "cnn/elementwise.h"
#include "cnn/fold.h"
#include "cnn/format.h"
#include "cnn/param_store.h"

#include <stdlib.h>
#include <string.h>

struct network {
    struct plan *plan;
    bool inference;       /* alone */
    bool folds_are_stale; /* parameters or statistics may have changed since PASS_FOLD */
    size_t n_layers;
    struct layer_spec *specs; /* [n_layers] */
    struct layer *layers;     /* [n_layers] */
    struct value *values;     /* [n_layers + 1] */
    struct param_store store;
    float *images, *output, *output_gradient, *input_gradient;
    struct buffer *images_data, *output_data, *output_gradient_data, *input_gradient_data;
};

void network_free(struct network *network)
{
    if (!network)
        return;
    plan_free(network->plan);
    free(network->specs);
    free(network->layers);
    free(network->values);
    param_store_free(&network->store);
    free(network->images);
    free(network->output);
    free(network->output_gradient);
    free(network->input_gradient);
    free(network);
}

/* Copy the graph's tables, and give every layer its values and parameters. */
static enum status copy_graph(struct network *network, const struct graph *graph,
                              const struct network_options *options)
{
    size_t n = graph->n_layers;
    network->n_layers = n;
    network->specs = malloc(n * sizeof *network->specs);
    network->layers = calloc(n, sizeof *network->layers);
    network->values = calloc(n + 1, sizeof *network->values);
    if (!network->specs || !network->layers || !network->values ||
        param_store_init(&network->store, network->plan, n * LAYER_PARAMS))
        return ST_NOMEM;
    memcpy(network->specs, graph->layers, n * sizeof *network->specs);
    for (size_t i = 0; i <= n; i++) {
        network->values[i].shape = graph->shapes[i];
        network->values[i].shape.dims[0] = options->batch;
    }
    for (size_t i = 0; i < n; i++) {
        struct layer *layer = &network->layers[i];
        layer->spec = &network->specs[i];
        layer->output = &network->values[i + 1];
        layer->seed = rng_derive(options->seed, "layer", i, 0);
        layer->output->is_spare = layer->spec->type->forgets_output;
        for (int j = 0; j < layer->spec->type->n_inputs; j++) {
            layer->inputs[j] = &network->values[layer->spec->inputs[j]];
            layer->inputs[j]->n_consumers++;
        }
    }
    network->values[n].n_consumers++;
    return ST_OK;
}

static void create_params(struct network *network)
{
    for (size_t i = 0; i < network->n_layers; i++) {
        struct layer *layer = &network->layers[i];
        const struct layer_type *type = layer->spec->type;
        struct shape inputs[LAYER_INPUTS];
        struct param_spec specs[LAYER_PARAMS];
        for (int j = 0; j < type->n_inputs; j++)
            inputs[j] = layer->inputs[j]->shape;
        layer->params = &network->store.params[network->store.n];
        layer->n_params = type->params ? type->params(layer->spec, inputs, specs) : 0;
        for (int j = 0; j < layer->n_params; j++)
            param_store_add(&network->store, &specs[j]);
    }
}

/* What is folded counts as the convolution's. */
static void plan_layer(struct network *network, size_t i)
{
    struct plan *plan = network->plan;
    struct layer *layer = &network->layers[i];
    layer->output->needs_gradient = layer->n_params > 0 || layer->inputs[0]->needs_gradient ||
                                    (layer->inputs[1] && layer->inputs[1]->needs_gradient);
    plan_set_layer(plan, (int)i);
    layer->spec->type->plan_forward(plan, layer);
    if (layer->fold && !plan_failed(plan)) {
        plan_set_layer(plan, (int)(layer->fold->convolution - network->layers));
        fold_plan(plan, layer->fold);
    }
    plan_tick(plan);
}

/* The images as the first layer takes them. */
static void plan_images(struct network *network, const struct network_options *options)
{
    struct plan *plan = network->plan;
    struct value *in = &network->values[0];
    struct format *plain = format_plain(plan, &in->shape, PRECISION_FP32);
    network->images_data = plan_external(plan, format_bytes(plain));
    in->format = format_plain(plan, &in->shape, options->precision);
    in->data = format_convert(plan, PASS_FORWARD, plain, network->images_data, in->format);
    in->needs_gradient = options->input_gradient;
}

static void plan_forward(struct network *network, const struct network_options *options)
{
    struct plan *plan = network->plan;
    struct value *out = &network->values[network->n_layers];
    plan_images(network, options);
    fold_find(plan, network->layers, network->n_layers,
              network->inference ? PASS_INFER : PASS_FORWARD);
    for (size_t i = 0; i < network->n_layers && !plan_failed(plan); i++)
        plan_layer(network, i);
    plan_set_layer(plan, PLAN_NO_LAYER);
    struct format *plain = format_plain(plan, &out->shape, PRECISION_FP32);
    network->output_data = plan_external(plan, format_bytes(plain));
    if (!plan_failed(plan))
        format_copy_into(plan, PASS_FORWARD, out->format, out->data, plain,
                         network->output_data);
    plan_tick(plan);
}

static void plan_backward(struct network *network)
{
    struct plan *plan = network->plan;
    struct value *in = &network->values[0], *out = &network->values[network->n_layers];
    struct format *plain = format_plain(plan, &out->shape, PRECISION_FP32);
    network->output_gradient_data = plan_external(plan, format_bytes(plain));
    if (plan_failed(plan))
        return;
    value_add_gradient(out, format_convert(plan, PASS_BACKWARD, plain,
                                           network->output_gradient_data, out->format));
    for (size_t i = network->n_layers; i-- > 0 && !plan_failed(plan);) {
        struct layer *layer = &network->layers[i];
        plan_tick(plan);
        plan_set_layer(plan, (int)i);
        value_join_slices(plan, layer->output);
        if (!layer->output->needs_gradient || layer->output->n_gradients == 0)
            continue;
        if (!layer->spec->type->sums_gradients)
            value_sum_gradients(plan, layer->output);
        layer->spec->type->plan_backward(plan, layer);
    }
    plan_set_layer(plan, PLAN_NO_LAYER);
    plan_tick(plan);
    if (!in->needs_gradient || plan_failed(plan))
        return;
    value_join_slices(plan, in);
    value_sum_gradients(plan, in);
    plain = format_plain(plan, &in->shape, PRECISION_FP32);
    network->input_gradient_data = plan_external(plan, format_bytes(plain));
    format_copy_into(plan, PASS_BACKWARD, in->format, in->gradients[0], plain,
                     network->input_gradient_data);
}

/* Memory for one of the plain arrays at the network's ends. */
static enum status allocate_port(float **out, struct buffer *buffer)
{
    if (!buffer)
        return ST_OK;
    *out = arena_floats(buffer->bytes / sizeof(float));
    buffer->data = *out;
    return *out ? ST_OK : ST_NOMEM;
}

static enum status allocate(struct network *network)
{
    if (plan_failed(network->plan))
        return ST_OK; /* plan_finish() says why */
    if (param_store_allocate(&network->store, !network->inference) ||
        allocate_port(&network->images, network->images_data) ||
        allocate_port(&network->output, network->output_data) ||
        allocate_port(&network->output_gradient, network->output_gradient_data) ||
        allocate_port(&network->input_gradient, network->input_gradient_data))
        return ST_NOMEM;
    return ST_OK;
}

static enum status build(struct network *network, const struct graph *graph,
                         const struct network_options *options, struct error *err)
{
    if (plan_create(&network->plan) || copy_graph(network, graph, options))
        return error_set(err, ST_NOMEM, "out of memory for a network of %zu layers",
                         graph->n_layers);
    if (options->repeatable)
        plan_set_repeatable(network->plan);
    network->inference = options->inference;
    network->folds_are_stale = true;
    create_params(network);
    plan_forward(network, options);
    if (!network->inference)
        plan_backward(network);
    if (allocate(network))
        return error_set(err, ST_NOMEM, "out of memory for the parameters of the network");
    enum status status = plan_finish(network->plan, err);
    if (status)
        return status;
    status = param_store_draw(&network->store, options->seed);
    return status ? error_set(err, status, "the initial weights: %s", status_text(status))
                  : ST_OK;
}

enum status network_create(struct network **out, const struct graph *graph,
                           const struct network_options *options, struct error *err)
{
    *out = NULL;
    enum status status = precision_check(options->precision, err);
    if (status == ST_OK)
        status = graph_check(graph, err);
    if (status)
        return status;
    struct network *network = calloc(1, sizeof *network);
    if (!network)
        return error_set(err, ST_NOMEM, "out of memory for a network");
    status = build(network, graph, options, err);
    if (status) {
        network_free(network);
        return status;
    }
    *out = network;
    return ST_OK;
}

float *network_images(struct network *network)
{
    return network->images;
}

const float *network_output(const struct network *network)
{
    return network->output;
}

float *network_output_gradient(struct network *network)
{
    return network->output_gradient;
}

const float *network_input_gradient(const struct network *network)
{
    return network->input_gradient;
}

struct shape network_output_shape(const struct network *network)
{
    return network->values[network->n_layers].shape;
}

static enum status cannot_train(struct error *err)
{
    return error_set(err, ST_INVALID, "the network was made for inference alone");
}

/* Training moves the running statistics, too. */
static bool run_forward(struct network *network, bool training)
{
    if (training) {
        network->folds_are_stale = true;
        return plan_run(network->plan, PASS_TRAIN);
    }
    if (network->folds_are_stale && !plan_run(network->plan, PASS_FOLD))
        return false;
    network->folds_are_stale = false;
    return plan_run(network->plan, PASS_INFER);
}

enum status network_forward(struct network *network, bool training, struct error *err)
{
    if (training && network->inference)
        return cannot_train(err);
    if (run_forward(network, training))
        return ST_OK;
    return error_set(err, ST_FAILED, "oneDNN failed in the forward pass");
}

enum status network_backward(struct network *network, struct error *err)
{
    if (network->inference)
        return cannot_train(err);
    if (plan_run(network->plan, PASS_BACKWARD))
        return ST_OK;
    return error_set(err, ST_FAILED, "oneDNN failed in the backward pass");
}

size_t network_size(const struct network *network)
{
    return network->store.size;
}

float *network_params(struct network *network)
{
    network->folds_are_stale = true;
    return network->store.trained;
}

const float *network_gradients(const struct network *network)
{
    return network->store.gradients;
}

size_t network_count(const struct network *network)
{
    return network->store.n;
}

const struct param_spec *network_param(const struct network *network, size_t i)
{
    return &network->store.params[i].spec;
}

enum status network_read(struct network *network, size_t i, float *plain)
{
    return param_store_read(&network->store, i, plain);
}

enum status network_write(struct network *network, size_t i, const float *plain)
{
    network->folds_are_stale = true;
    return param_store_write(&network->store, i, plain);
}

enum status network_read_gradient(struct network *network, size_t i, float *plain)
{
    if (network->inference)
        return ST_INVALID;
    return param_store_read_like(&network->store, i, network->store.gradients, plain);
}

enum status network_read_like(struct network *network, size_t i, const float *array,
                              float *plain)
{
    return param_store_read_like(&network->store, i, array, plain);
}

enum status network_write_like(struct network *network, size_t i, float *array,
                               const float *plain)
{
    return param_store_write_like(&network->store, i, array, plain);
}

struct rng *network_stream(struct network *network, size_t i)
{
    for (size_t j = 0; j < network->n_layers; j++) {
        const struct layer *layer = &network->layers[j];
        if (layer->spec->type->stream && i-- == 0)
            return layer->spec->type->stream(layer);
    }
    return NULL;
}

size_t network_layers(const struct network *network)
{
    return network->n_layers;
}

const struct layer *network_layer(const struct network *network, size_t i)
{
    return &network->layers[i];
}

struct plan_walk network_walk(const struct network *network, enum pass pass)
{
    return plan_walk(network->plan, pass);
}

size_t network_memory(const struct network *network)
{
    return plan_memory(network->plan);
}
