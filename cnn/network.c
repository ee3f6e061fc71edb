#include "cnn/network.h"

#include "base/rng.h"
#include "cnn/arena.h"
#include "cnn/elementwise.h"
#include "cnn/format.h"

#include <stdlib.h>
#include <string.h>

struct network {
    struct plan *plan;
    size_t n_layers;
    struct layer_spec *specs; /* [n_layers] */
    struct layer *layers;     /* [n_layers] */
    struct value *values;     /* [n_layers + 1] */
    struct param *params;     /* [n_params] */
    size_t n_params;
    struct format **plain; /* [n_params] */
    float *trained, *gradients, *statistics;
    size_t size; /* floats of trained, and of gradients */
    float *images, *output, *output_gradient, *input_gradient;
    struct buffer *images_data, *output_data, *output_gradient_data, *input_gradient_data;
};

/* Zeroed, and aligned for vector loads. */
static float *floats(size_t n)
{
    size_t bytes = (n * sizeof(float) + ARENA_ALIGNMENT) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
    float *memory = aligned_alloc(ARENA_ALIGNMENT, bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

void network_free(struct network *network)
{
    if (!network)
        return;
    plan_free(network->plan);
    free(network->specs);
    free(network->layers);
    free(network->values);
    free(network->params);
    free(network->plain);
    free(network->trained);
    free(network->gradients);
    free(network->statistics);
    free(network->images);
    free(network->output);
    free(network->output_gradient);
    free(network->input_gradient);
    free(network);
}

/* Copy the graph's tables, and give every layer its values and parameters. */
static enum status copy_graph(struct network *network, const struct graph *graph, int64_t batch,
                              uint64_t seed)
{
    size_t n = graph->n_layers;
    network->n_layers = n;
    network->specs = malloc(n * sizeof *network->specs);
    network->layers = calloc(n, sizeof *network->layers);
    network->values = calloc(n + 1, sizeof *network->values);
    network->params = calloc(n * LAYER_PARAMS, sizeof *network->params);
    network->plain = calloc(n * LAYER_PARAMS, sizeof *network->plain);
    if (!network->specs || !network->layers || !network->values || !network->params ||
        !network->plain)
        return ST_NOMEM;
    memcpy(network->specs, graph->layers, n * sizeof *network->specs);
    for (size_t i = 0; i <= n; i++) {
        network->values[i].shape = graph->shapes[i];
        network->values[i].shape.dims[0] = batch;
    }
    for (size_t i = 0; i < n; i++) {
        struct layer *layer = &network->layers[i];
        layer->spec = &network->specs[i];
        layer->output = &network->values[i + 1];
        layer->seed = rng_derive(seed, "layer", i, 0);
        for (int j = 0; j < layer->spec->type->n_inputs; j++)
            layer->inputs[j] = &network->values[layer->spec->inputs[j]];
    }
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
        layer->params = &network->params[network->n_params];
        layer->n_params = type->params ? type->params(layer->spec, inputs, specs) : 0;
        for (int j = 0; j < layer->n_params; j++) {
            struct param *param = &network->params[network->n_params];
            param->spec = specs[j];
            param->format = format_plain(network->plan, &specs[j].shape);
            network->plain[network->n_params++] = param->format;
            param->data = plan_external(network->plan, 0);
            param->gradient = specs[j].trained ? plan_external(network->plan, 0) : NULL;
        }
    }
}

struct sum {
    struct buffer *parts[VALUE_CONSUMERS], *result;
    int n;
};

static bool run_sum(void *object)
{
    const struct sum *sum = object;
    size_t n = sum->result->bytes / sizeof(float);
    const float *so_far = sum->parts[0]->data;
    for (int i = 1; i < sum->n; i++) {
        elementwise_add(sum->result->data, so_far, sum->parts[i]->data, n);
        so_far = sum->result->data;
    }
    return true;
}

/* A value's gradient comes from all of its consumers: make it one. */
static void sum_gradients(struct plan *plan, struct value *value)
{
    struct sum *sum = value->n_gradients > 1 ? plan_alloc(plan, sizeof *sum) : NULL;
    if (!sum)
        return;
    sum->n = value->n_gradients;
    for (int i = 0; i < sum->n; i++) {
        sum->parts[i] = value->gradients[i];
        plan_use(plan, sum->parts[i]);
    }
    sum->result = plan_buffer(plan, format_bytes(value->format));
    plan_emit(plan, PASS_BACKWARD, run_sum, sum);
    value->gradients[0] = sum->result;
    value->n_gradients = 1;
}

static void plan_forward(struct network *network, bool input_gradient)
{
    struct plan *plan = network->plan;
    struct value *in = &network->values[0], *out = &network->values[network->n_layers];
    in->format = format_plain(plan, &in->shape);
    in->data = network->images_data = plan_external(plan, format_bytes(in->format));
    in->needs_gradient = input_gradient;
    for (size_t i = 0; i < network->n_layers && !plan_failed(plan); i++) {
        struct layer *layer = &network->layers[i];
        layer->output->needs_gradient = layer->n_params > 0 ||
                                        layer->inputs[0]->needs_gradient ||
                                        (layer->inputs[1] && layer->inputs[1]->needs_gradient);
        layer->spec->type->plan_forward(plan, layer);
        plan_tick(plan);
    }
    struct format *plain = format_plain(plan, &out->shape);
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
    struct format *plain = format_plain(plan, &out->shape);
    network->output_gradient_data = plan_external(plan, format_bytes(plain));
    if (plan_failed(plan))
        return;
    value_add_gradient(out, format_convert(plan, PASS_BACKWARD, plain,
                                           network->output_gradient_data, out->format));
    for (size_t i = network->n_layers; i-- > 0 && !plan_failed(plan);) {
        struct layer *layer = &network->layers[i];
        plan_tick(plan);
        if (!layer->output->needs_gradient || layer->output->n_gradients == 0)
            continue;
        if (!layer->spec->type->sums_gradients)
            sum_gradients(plan, layer->output);
        layer->spec->type->plan_backward(plan, layer);
    }
    plan_tick(plan);
    if (!in->needs_gradient || plan_failed(plan))
        return;
    sum_gradients(plan, in);
    network->input_gradient_data = plan_external(plan, format_bytes(in->format));
    format_copy_into(plan, PASS_BACKWARD, in->format, in->gradients[0], in->format,
                     network->input_gradient_data);
}

static size_t padded_floats(const struct param *param)
{
    size_t unit = ARENA_ALIGNMENT / sizeof(float);
    return (format_bytes(param->format) / sizeof(float) + unit - 1) / unit * unit;
}

/* One array for what is trained, one for the gradients, one for the running statistics. */
static enum status allocate_params(struct network *network)
{
    size_t n_statistics = 0;
    for (size_t i = 0; i < network->n_params; i++)
        *(network->params[i].spec.trained ? &network->size : &n_statistics) +=
            padded_floats(&network->params[i]);
    network->trained = floats(network->size);
    network->gradients = floats(network->size);
    network->statistics = floats(n_statistics);
    if (!network->trained || !network->gradients || !network->statistics)
        return ST_NOMEM;
    size_t at = 0, at_statistics = 0;
    for (size_t i = 0; i < network->n_params; i++) {
        struct param *param = &network->params[i];
        size_t n = padded_floats(param);
        if (param->spec.trained) {
            param->data->data = network->trained + at;
            param->gradient->data = network->gradients + at;
            at += n;
        } else {
            param->data->data = network->statistics + at_statistics;
            at_statistics += n;
        }
    }
    return ST_OK;
}

/* Memory for one of the plain arrays at the network's ends. */
static enum status allocate_port(float **out, struct buffer *buffer)
{
    if (!buffer)
        return ST_OK;
    *out = floats(buffer->bytes / sizeof(float));
    buffer->data = *out;
    return *out ? ST_OK : ST_NOMEM;
}

static enum status allocate(struct network *network)
{
    if (plan_failed(network->plan))
        return ST_OK; /* plan_finish() says why */
    if (allocate_params(network) || allocate_port(&network->images, network->images_data) ||
        allocate_port(&network->output, network->output_data) ||
        allocate_port(&network->output_gradient, network->output_gradient_data) ||
        allocate_port(&network->input_gradient, network->input_gradient_data))
        return ST_NOMEM;
    return ST_OK;
}

static void draw(const struct param_spec *spec, uint64_t seed, float *plain)
{
    struct rng rng;
    rng_seed(&rng, seed);
    int64_t n = shape_count(&spec->shape);
    for (int64_t i = 0; i < n; i++)
        plain[i] = spec->start == START_UNIFORM
                       ? (float)((2 * rng_uniform(&rng) - 1) * spec->bound)
                       : (spec->start == START_ONE ? 1.0f : 0.0f);
}

static enum status init_params(struct network *network, uint64_t seed)
{
    for (size_t i = 0; i < network->n_params; i++) {
        const struct param_spec *spec = &network->params[i].spec;
        float *plain = floats((size_t)shape_count(&spec->shape));
        if (!plain)
            return ST_NOMEM;
        draw(spec, rng_derive(seed, "init", i, 0), plain);
        enum status status = network_write(network, i, plain);
        free(plain);
        if (status)
            return status;
    }
    return ST_OK;
}

static enum status build(struct network *network, const struct graph *graph, int64_t batch,
                         bool input_gradient, uint64_t seed, struct error *err)
{
    if (plan_create(&network->plan) || copy_graph(network, graph, batch, seed))
        return error_set(err, ST_NOMEM, "out of memory for a network of %zu layers",
                         graph->n_layers);
    create_params(network);
    plan_forward(network, input_gradient);
    plan_backward(network);
    if (allocate(network))
        return error_set(err, ST_NOMEM, "out of memory for the parameters of the network");
    enum status status = plan_finish(network->plan, err);
    if (status)
        return status;
    status = init_params(network, seed);
    return status ? error_set(err, status, "cannot set the initial weights") : ST_OK;
}

enum status network_create(struct network **out, const struct graph *graph, int64_t batch,
                           bool input_gradient, uint64_t seed, struct error *err)
{
    *out = NULL;
    enum status status = graph_check(graph, err);
    if (status)
        return status;
    struct network *network = calloc(1, sizeof *network);
    if (!network)
        return error_set(err, ST_NOMEM, "out of memory for a network");
    status = build(network, graph, batch, input_gradient, seed, err);
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

enum status network_forward(struct network *network, bool training, struct error *err)
{
    if (plan_run(network->plan, training ? PASS_TRAIN : PASS_INFER))
        return ST_OK;
    return error_set(err, ST_FAILED, "oneDNN failed in the forward pass");
}

enum status network_backward(struct network *network, struct error *err)
{
    if (plan_run(network->plan, PASS_BACKWARD))
        return ST_OK;
    return error_set(err, ST_FAILED, "oneDNN failed in the backward pass");
}

size_t network_size(const struct network *network)
{
    return network->size;
}

float *network_params(struct network *network)
{
    return network->trained;
}

const float *network_gradients(const struct network *network)
{
    return network->gradients;
}

size_t network_count(const struct network *network)
{
    return network->n_params;
}

const struct param_spec *network_param(const struct network *network, size_t i)
{
    return &network->params[i].spec;
}

/* Copy between the plain array and the parameter's own format; most parameters are plain. */
static enum status copy(struct network *network, const struct format *from, void *data,
                        const struct format *to, void *target)
{
    if (format_equal(from, to)) {
        memcpy(target, data, format_bytes(from));
        return ST_OK;
    }
    return format_copy_now(network->plan, from, data, to, target) ? ST_OK : ST_FAILED;
}

enum status network_read(struct network *network, size_t i, float *plain)
{
    const struct param *param = &network->params[i];
    return copy(network, param->format, param->data->data, network->plain[i], plain);
}

enum status network_write(struct network *network, size_t i, const float *plain)
{
    const struct param *param = &network->params[i];
    union {
        const float *read_only;
        void *data;
    } source = {plain}; /* the library takes no pointers to const */
    return copy(network, network->plain[i], source.data, param->format, param->data->data);
}

enum status network_read_gradient(struct network *network, size_t i, float *plain)
{
    const struct param *param = &network->params[i];
    if (!param->gradient)
        return ST_INVALID;
    return copy(network, param->format, param->gradient->data, network->plain[i], plain);
}

size_t network_memory(const struct network *network)
{
    return plan_memory(network->plan);
}
