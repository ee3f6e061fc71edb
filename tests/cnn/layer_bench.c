#include "tests/cnn/layer_bench.h"

#include "cnn/bf16.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static int64_t between(struct rng *rng, int64_t low, int64_t high)
{
    return low + (int64_t)rng_below(rng, (uint64_t)(high - low + 1));
}

/* Some number that divides n. */
static int64_t divisor(struct rng *rng, int64_t n)
{
    int64_t d;
    do
        d = between(rng, 1, n);
    while (n % d);
    return d;
}

/* Dense, depthwise, or with some number of groups. */
static void choose_convolution(struct rng *rng, int64_t in, struct layer_spec *spec)
{
    const int64_t groups[] = {0, 1, in, divisor(rng, in)};
    spec->groups = groups[rng_below(rng, 4)];
    spec->channels = spec->groups > 1 ? spec->groups * between(rng, 1, 3) : between(rng, 1, 34);
    spec->kernel = between(rng, 1, 5);
    spec->stride = between(rng, 1, 3);
    spec->padding = between(rng, 0, spec->kernel / 2);
    spec->bias = rng_below(rng, 2);
}

static void choose_pooling(struct rng *rng, int64_t in, struct layer_spec *spec)
{
    (void)in;
    spec->kernel = between(rng, 1, 4);
    spec->stride = between(rng, 1, 3);
    spec->padding = between(rng, 0, spec->kernel / 2);
}

static void choose_linear(struct rng *rng, int64_t in, struct layer_spec *spec)
{
    (void)in;
    spec->channels = between(rng, 1, 40);
    spec->bias = rng_below(rng, 2);
}

static void choose_relu(struct rng *rng, int64_t in, struct layer_spec *spec)
{
    (void)in;
    spec->relu = rng_below(rng, 2);
}

static void choose_split(struct rng *rng, int64_t in, struct layer_spec *spec)
{
    spec->from = between(rng, 0, in - 1);
    spec->channels = between(rng, 1, in - spec->from);
}

static void choose_groups(struct rng *rng, int64_t in, struct layer_spec *spec)
{
    spec->groups = divisor(rng, in);
}

static void choose_nothing(struct rng *rng, int64_t in, struct layer_spec *spec)
{
    (void)rng, (void)in, (void)spec;
}

const struct layer_trial layer_trials[] = {
    {&layer_convolution, reference_convolution, choose_convolution, false, NO_SECOND},
    {&layer_batch_norm, reference_batch_norm, choose_relu, false, NO_SECOND},
    {&layer_linear, reference_linear, choose_linear, true, NO_SECOND},
    {&layer_relu, reference_relu, choose_nothing, false, NO_SECOND},
    {&layer_relu6, reference_relu6, choose_nothing, false, NO_SECOND},
    {&layer_silu, reference_silu, choose_nothing, false, NO_SECOND},
    {&layer_sigmoid, reference_sigmoid, choose_nothing, false, NO_SECOND},
    {&layer_max_pool, reference_max_pool, choose_pooling, false, NO_SECOND},
    {&layer_average_pool, reference_average_pool, choose_pooling, false, NO_SECOND},
    {&layer_global_pool, reference_global_pool, choose_nothing, false, NO_SECOND},
    {&layer_flatten, reference_flatten, choose_nothing, false, NO_SECOND},
    {&layer_add, reference_add, choose_relu, false, POSITIVE_PART},
    {&layer_concat, reference_concat, choose_split, false, FIRST_CHANNELS},
    {&layer_split, reference_split, choose_split, false, NO_SECOND},
    {&layer_shuffle, reference_shuffle, choose_groups, false, NO_SECOND},
    {&layer_scale, reference_scale, choose_nothing, false, MEANS},
};
const size_t n_layer_trials = sizeof layer_trials / sizeof *layer_trials;

float *layer_bench_array(struct layer_bench *b, int64_t n)
{
    float *memory = calloc((size_t)n, sizeof *memory);
    assert_non_null(memory);
    assert_true(b->n_arrays < LAYER_BENCH_ARRAYS);
    return b->arrays[b->n_arrays++] = memory;
}

static void draw_spaced(struct rng *rng, float *x, int64_t n)
{
    size_t *order = malloc((size_t)n * sizeof *order);
    assert_non_null(order);
    for (int64_t i = 0; i < n; i++)
        order[i] = (size_t)i;
    rng_shuffle(rng, order, (size_t)n);
    for (int64_t i = 0; i < n; i++)
        x[i] = LAYER_BENCH_SPACING * ((float)order[i] - (float)(n / 2) + 0.5f);
    free(order);
}

static void draw_normal(struct rng *rng, float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)rng_normal(rng);
}

static void round_numbers(enum precision precision, float *x, int64_t n)
{
    uint16_t *rounded = malloc((size_t)n * sizeof *rounded);
    assert_non_null(rounded);
    if (precision == PRECISION_BF16) {
        bf16_from_floats(rounded, x, (size_t)n);
        bf16_to_floats(x, rounded, (size_t)n);
    }
    free(rounded);
}

static int second_input(struct graph *graph, const struct layer_trial *trial,
                        const struct layer_spec *spec)
{
    if (trial->second == POSITIVE_PART)
        return graph_relu(graph, spec->inputs[0]);
    if (trial->second == FIRST_CHANNELS)
        return graph_split(graph, spec->inputs[0], 0, spec->channels);
    return trial->second == MEANS ? graph_global_pool(graph, spec->inputs[0]) : 0;
}

/* The graph: the layer alone, and behind a flatten when it takes vectors. False when the sizes
 * do not fit. */
static bool build_graph(struct layer_bench *b, const struct layer_trial *trial, struct rng *rng)
{
    struct layer_spec spec = {.type = trial->type};
    int64_t channels = between(rng, 1, 35);
    trial->choose(rng, channels, &spec);
    graph_init(&b->graph, channels, between(rng, 1, 9), between(rng, 1, 9));
    b->between_convolutions = rng_below(rng, 2);
    if (b->between_convolutions)
        spec.inputs[0] = graph_convolution(&b->graph, 0, channels, 1, 1, 0, false);
    spec.inputs[1] = second_input(&b->graph, trial, &spec);
    if (trial->vectors)
        spec.inputs[0] = graph_flatten(&b->graph, spec.inputs[0]);
    int out = graph_add(&b->graph, &spec);
    b->layer = out - 1;
    const struct shape *shape = &b->graph.shapes[out];
    if (b->between_convolutions && shape->n == 4)
        graph_convolution(&b->graph, out, shape->dims[1], 1, 1, 0, false);
    return graph_check(&b->graph, NULL) == ST_OK;
}

/* Give a convolution of 1 x 1 the weights that change nothing. */
static void write_identity(struct layer_bench *b, size_t param)
{
    int64_t n = network_param(b->network, param)->shape.dims[0];
    float *weights = layer_bench_array(b, n * n);
    for (int64_t i = 0; i < n; i++)
        weights[i * n + i] = 1;
    assert_int_equal(network_write(b->network, param, weights), ST_OK);
}

static void draw_params(struct layer_bench *b, struct rng *rng)
{
    struct param_spec specs[LAYER_PARAMS];
    const struct layer_spec *layer = b->r.spec;
    b->first_param = b->between_convolutions;
    b->n_params =
        layer->type->params ? (size_t)layer->type->params(layer, &b->r.input_shape, specs) : 0;
    if (b->between_convolutions)
        write_identity(b, 0);
    if (network_count(b->network) > b->first_param + b->n_params)
        write_identity(b, b->first_param + b->n_params);
    for (size_t i = 0; i < b->n_params; i++) {
        const struct param_spec *spec = network_param(b->network, b->first_param + i);
        int64_t n = shape_count(&spec->shape);
        float *param = layer_bench_array(b, n);
        draw_normal(rng, param, n);
        round_numbers(b->precision, param, n);
        if (spec->trained)
            assert_int_equal(network_write(b->network, b->first_param + i, param), ST_OK);
        b->r.params[i] = param;
        b->r.param_gradients[i] = layer_bench_array(b, n);
    }
}

void layer_bench_open(struct layer_bench *b, const struct layer_trial *trial,
                      enum precision precision, struct rng *rng)
{
    memset(b, 0, sizeof *b);
    b->precision = precision;
    while (!build_graph(b, trial, rng))
        graph_free(&b->graph);
    int64_t batch = between(rng, 1, 5);
    struct error err;
    assert_ok(network_create(&b->network, &b->graph,
                             &(struct network_options){.batch = batch,
                                                       .input_gradient = true,
                                                       .seed = 1,
                                                       .precision = precision},
                             &err),
              err);
    struct reference *r = &b->r;
    r->spec = &b->graph.layers[b->layer];
    r->input_shape = b->graph.shapes[r->spec->inputs[0]];
    r->output_shape = b->graph.shapes[b->layer + 1];
    r->input_shape.dims[0] = r->output_shape.dims[0] = batch;
    b->n_in = shape_count(&r->input_shape);
    b->n_out = shape_count(&r->output_shape);
    float *input = layer_bench_array(b, b->n_in), *gradient = layer_bench_array(b, b->n_out);
    draw_spaced(rng, input, b->n_in);
    draw_normal(rng, gradient, b->n_out);
    round_numbers(precision, input, b->n_in);
    round_numbers(precision, gradient, b->n_out);
    r->inputs[0] = input;
    r->output_gradient = gradient;
    r->output = layer_bench_array(b, b->n_out);
    r->input_gradients[0] = layer_bench_array(b, b->n_in);
    draw_params(b, rng);
    memcpy(network_images(b->network), input, (size_t)b->n_in * sizeof *input);
    memcpy(network_output_gradient(b->network), gradient, (size_t)b->n_out * sizeof *gradient);
}

void layer_bench_close(struct layer_bench *b)
{
    network_free(b->network);
    graph_free(&b->graph);
    for (int i = 0; i < b->n_arrays; i++)
        free(b->arrays[i]);
}

/* Every number of the second input from the first, or the other way about of the gradients. */
static void over_second(struct layer_bench *b, enum second second, float *input,
                        float *gradients)
{
    const struct reference *r = &b->r;
    int64_t channels = r->input_shape.dims[1];
    int64_t area = r->input_shape.dims[2] * r->input_shape.dims[3];
    int64_t taken = second == FIRST_CHANNELS ? r->spec->channels : channels;
    for (int64_t i = 0; i < b->n_in; i++) {
        int64_t image = i / area / channels, channel = i / area % channels;
        int64_t j = second == MEANS ? i / area : (image * taken + channel) * area + i % area;
        float x = r->inputs[0][i];
        float slope = second == MEANS           ? 1 / (float)area
                      : second == POSITIVE_PART ? (float)(x > 0)
                                                : (float)(channel < taken);
        if (slope == 0)
            continue;
        if (input)
            input[j] += slope * x;
        else
            r->input_gradients[0][i] += slope * gradients[j];
    }
}

void layer_bench_reference(struct layer_bench *b, const struct layer_trial *trial)
{
    struct reference *r = &b->r;
    if (trial->second) {
        float *input = layer_bench_array(b, b->n_in);
        over_second(b, trial->second, input, NULL);
        r->inputs[1] = input;
        r->input_gradients[1] = layer_bench_array(b, b->n_in);
    }
    trial->reference(r);
    if (trial->second)
        over_second(b, trial->second, NULL, r->input_gradients[1]);
}
