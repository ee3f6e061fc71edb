/* Every layer type against its reference in plain C and against finite differences, over random
 * sizes: odd ones, strides, padding, batches of one, channels that fill no block. */
#include "base/rng.h"
#include "cnn/graph.h"
#include "cnn/layer.h"
#include "cnn/network.h"
#include "cnn/reference.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 25

/* Inputs are this far from one another and from zero, and finite differences reach less far, so
 * that no maximum changes its place and no sign turns. */
#define SPACING 0.02f
#define REACH 0.004f

static int64_t between(struct rng *rng, int64_t low, int64_t high)
{
    return low + (int64_t)rng_below(rng, (uint64_t)(high - low + 1));
}

/* How a type is tried: with which numbers, and against what. */
struct trial {
    const struct layer_type *type;
    void (*reference)(const struct reference *r);
    void (*choose)(struct rng *rng, struct layer_spec *spec);
    bool vectors; /* the layer takes vectors, not images */
};

static void choose_convolution(struct rng *rng, struct layer_spec *spec)
{
    spec->channels = between(rng, 1, 34);
    spec->kernel = between(rng, 1, 5);
    spec->stride = between(rng, 1, 3);
    spec->padding = between(rng, 0, spec->kernel / 2);
    spec->bias = rng_below(rng, 2);
}

static void choose_pooling(struct rng *rng, struct layer_spec *spec)
{
    spec->kernel = between(rng, 1, 4);
    spec->stride = between(rng, 1, 3);
    spec->padding = between(rng, 0, spec->kernel / 2);
}

static void choose_linear(struct rng *rng, struct layer_spec *spec)
{
    spec->channels = between(rng, 1, 40);
    spec->bias = rng_below(rng, 2);
}

static void choose_relu(struct rng *rng, struct layer_spec *spec)
{
    spec->relu = rng_below(rng, 2);
}

static void choose_nothing(struct rng *rng, struct layer_spec *spec)
{
    (void)rng, (void)spec;
}

static const struct trial trials[] = {
    {&layer_convolution, reference_convolution, choose_convolution, false},
    {&layer_batch_norm, reference_batch_norm, choose_relu, false},
    {&layer_linear, reference_linear, choose_linear, true},
    {&layer_relu, reference_relu, choose_nothing, false},
    {&layer_max_pool, reference_max_pool, choose_pooling, false},
    {&layer_average_pool, reference_average_pool, choose_pooling, false},
    {&layer_global_pool, reference_global_pool, choose_nothing, false},
    {&layer_flatten, reference_flatten, choose_nothing, false},
    {&layer_add, reference_add, choose_relu, false},
};

/* A network of one layer, its reference, and the numbers that both work on. */
struct bench {
    struct graph graph;
    struct network *network;
    struct reference r;
    int64_t n_in, n_out;
    int layer; /* index of the layer under test */
    size_t n_params;
    float *arrays[24];
    int n_arrays;
};

static float *array(struct bench *b, int64_t n)
{
    float *memory = calloc((size_t)n, sizeof *memory);
    assert_non_null(memory);
    assert_true(b->n_arrays < 24);
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
        x[i] = SPACING * ((float)order[i] - (float)(n / 2) + 0.5f);
    free(order);
}

static void draw_normal(struct rng *rng, float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)rng_normal(rng);
}

/* The graph: the layer alone, behind a flatten when it takes vectors, and as the sum of the
 * images and their positive part when it takes two values. False when the sizes do not fit. */
static bool build_graph(struct bench *b, const struct trial *trial, struct rng *rng)
{
    struct layer_spec spec = {.type = trial->type};
    trial->choose(rng, &spec);
    graph_init(&b->graph, between(rng, 1, 35), between(rng, 1, 9), between(rng, 1, 9));
    if (trial->vectors)
        spec.inputs[0] = graph_flatten(&b->graph, 0);
    if (trial->type->n_inputs == 2)
        spec.inputs[1] = graph_relu(&b->graph, 0);
    b->layer = graph_add(&b->graph, &spec) - 1;
    return graph_check(&b->graph, NULL) == ST_OK;
}

static void draw_params(struct bench *b, struct rng *rng)
{
    b->n_params = network_count(b->network);
    for (size_t i = 0; i < b->n_params; i++) {
        const struct param_spec *spec = network_param(b->network, i);
        int64_t n = shape_count(&spec->shape);
        float *param = array(b, n);
        draw_normal(rng, param, n);
        if (spec->trained)
            assert_int_equal(network_write(b->network, i, param), ST_OK);
        b->r.params[i] = param;
        b->r.param_gradients[i] = array(b, n);
    }
}

static void bench_open(struct bench *b, const struct trial *trial, struct rng *rng)
{
    memset(b, 0, sizeof *b);
    while (!build_graph(b, trial, rng))
        graph_free(&b->graph);
    int64_t batch = between(rng, 1, 5);
    struct error err;
    assert_ok(network_create(&b->network, &b->graph, batch, true, 1, &err), err);
    struct reference *r = &b->r;
    r->spec = &b->graph.layers[b->layer];
    r->input_shape = b->graph.shapes[r->spec->inputs[0]];
    r->output_shape = b->graph.shapes[b->layer + 1];
    r->input_shape.dims[0] = r->output_shape.dims[0] = batch;
    b->n_in = shape_count(&r->input_shape);
    b->n_out = shape_count(&r->output_shape);
    float *input = array(b, b->n_in), *gradient = array(b, b->n_out);
    draw_spaced(rng, input, b->n_in);
    draw_normal(rng, gradient, b->n_out);
    r->inputs[0] = input;
    r->output_gradient = gradient;
    r->output = array(b, b->n_out);
    r->input_gradients[0] = array(b, b->n_in);
    draw_params(b, rng);
    memcpy(network_images(b->network), input, (size_t)b->n_in * sizeof *input);
    memcpy(network_output_gradient(b->network), gradient, (size_t)b->n_out * sizeof *gradient);
}

static void bench_close(struct bench *b)
{
    network_free(b->network);
    graph_free(&b->graph);
    for (int i = 0; i < b->n_arrays; i++)
        free(b->arrays[i]);
}

/* The second input is the positive part of the first, so its gradient goes there too. */
static void run_reference(struct bench *b, const struct trial *trial)
{
    struct reference *r = &b->r;
    if (trial->type->n_inputs == 2) {
        float *positive = array(b, b->n_in);
        for (int64_t i = 0; i < b->n_in; i++)
            positive[i] = r->inputs[0][i] > 0 ? r->inputs[0][i] : 0;
        r->inputs[1] = positive;
        r->input_gradients[1] = array(b, b->n_in);
    }
    trial->reference(r);
    if (trial->type->n_inputs == 2)
        for (int64_t i = 0; i < b->n_in; i++)
            r->input_gradients[0][i] += r->inputs[0][i] > 0 ? r->input_gradients[1][i] : 0;
}

static void run_network(struct bench *b)
{
    struct error err;
    assert_ok(network_forward(b->network, true, &err), err);
    assert_ok(network_backward(b->network, &err), err);
}

static double largest(const float *x, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)x[i]));
    return most;
}

/* Equal but for rounding: sums of thousands of floats, in another order. */
static void assert_close(const float *actual, const float *expected, int64_t n,
                         const char *what)
{
    double tolerance = 2e-5 * (1 + largest(expected, n));
    for (int64_t i = 0; i < n; i++)
        if (!(fabs((double)actual[i] - (double)expected[i]) <= tolerance))
            fail_msg("%s[%d] is %.9g, the reference says %.9g", what, (int)i, (double)actual[i],
                     (double)expected[i]);
}

static void compare(struct bench *b)
{
    const struct reference *r = &b->r;
    assert_close(network_output(b->network), r->output, b->n_out, "output");
    assert_close(network_input_gradient(b->network), r->input_gradients[0], b->n_in,
                 "input gradient");
    for (size_t i = 0; i < b->n_params; i++) {
        const struct param_spec *spec = network_param(b->network, i);
        int64_t n = shape_count(&spec->shape);
        float *gradient = array(b, n);
        if (!spec->trained) {
            assert_int_equal(network_read_gradient(b->network, i, gradient), ST_INVALID);
            continue;
        }
        assert_int_equal(network_read_gradient(b->network, i, gradient), ST_OK);
        assert_close(gradient, r->param_gradients[i], n, spec->name);
    }
}

static void layers_equal_their_references(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof trials / sizeof *trials; t++) {
        struct rng rng;
        rng_seed(&rng, 100 + t);
        for (int round = 0; round < ROUNDS; round++) {
            struct bench b;
            bench_open(&b, &trials[t], &rng);
            run_network(&b);
            run_reference(&b, &trials[t]);
            compare(&b);
            bench_close(&b);
        }
    }
}

/* sum(output * output_gradient) as the network computes it. */
static double objective(struct bench *b)
{
    struct error err;
    assert_ok(network_forward(b->network, true, &err), err);
    const float *output = network_output(b->network);
    double sum = 0;
    for (int64_t i = 0; i < b->n_out; i++)
        sum += (double)output[i] * (double)b->r.output_gradient[i];
    return sum;
}

static void check_slope(double up, double down, double reach, double gradient, double scale,
                        const char *type, const char *what)
{
    double slope = (up - down) / (2 * reach);
    if (!(fabs(slope - gradient) <= 0.02 * (scale + 1)))
        fail_msg("%s: the slope by %s is %g, its gradient %g", type, what, slope, gradient);
}

static void slope_by_input(struct bench *b, const struct trial *trial, int64_t i)
{
    float *images = network_images(b->network), x = images[i];
    const float *gradients = b->r.input_gradients[0];
    images[i] = x + REACH;
    double up = objective(b);
    images[i] = x - REACH;
    double down = objective(b);
    images[i] = x;
    check_slope(up, down, (double)REACH, (double)gradients[i], largest(gradients, b->n_in),
                trial->type->name, "an input");
}

static void slope_by_param(struct bench *b, const struct trial *trial, size_t p, int64_t i)
{
    const struct param_spec *spec = network_param(b->network, p);
    int64_t n = shape_count(&spec->shape);
    const float *gradients = b->r.param_gradients[p];
    float *param = array(b, n);
    memcpy(param, b->r.params[p], (size_t)n * sizeof *param);
    float x = param[i];
    param[i] = x + REACH;
    assert_int_equal(network_write(b->network, p, param), ST_OK);
    double up = objective(b);
    param[i] = x - REACH;
    assert_int_equal(network_write(b->network, p, param), ST_OK);
    double down = objective(b);
    assert_int_equal(network_write(b->network, p, b->r.params[p]), ST_OK);
    check_slope(up, down, (double)REACH, (double)gradients[i], largest(gradients, n),
                trial->type->name, spec->name);
}

/* The network's own gradients were compared with the reference's above; here the reference's
 * are compared with the slope of the network's forward pass. */
static void gradients_are_slopes(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof trials / sizeof *trials; t++) {
        struct rng rng;
        rng_seed(&rng, 200 + t);
        for (int round = 0; round < 6; round++) {
            struct bench b;
            bench_open(&b, &trials[t], &rng);
            run_reference(&b, &trials[t]);
            for (int k = 0; k < 4; k++)
                slope_by_input(&b, &trials[t], (int64_t)rng_below(&rng, (uint64_t)b.n_in));
            for (size_t p = 0; p < b.n_params; p++) {
                const struct param_spec *spec = network_param(b.network, p);
                uint64_t n = (uint64_t)shape_count(&spec->shape);
                if (spec->trained)
                    slope_by_param(&b, &trials[t], p, (int64_t)rng_below(&rng, n));
            }
            bench_close(&b);
        }
    }
}

/* Dropout draws anew at every pass, so it has tests of its own in place of a trial. */
static void every_type_is_tried(void **state)
{
    (void)state;
    for (size_t i = 0; layer_types[i]; i++) {
        bool tried = layer_types[i] == &layer_dropout;
        for (size_t t = 0; t < sizeof trials / sizeof *trials; t++)
            tried |= trials[t].type == layer_types[i];
        if (!tried)
            fail_msg("no trial of %s", layer_types[i]->name);
    }
}

#define DROPPED 4000

static void open_dropout(struct graph *graph, struct network **network, uint64_t seed)
{
    struct error err;
    graph_init(graph, 10, 20, 20);
    graph_dropout(graph, 0, 0.25);
    assert_ok(network_create(network, graph, 1, true, seed, &err), err);
    for (int i = 0; i < DROPPED; i++) {
        network_images(*network)[i] = 3;
        network_output_gradient(*network)[i] = 3;
    }
}

static void dropout_drops_its_share_and_passes_the_same_gradients(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err;
    open_dropout(&graph, &network, 1);
    assert_ok(network_forward(network, true, &err), err);
    assert_ok(network_backward(network, &err), err);
    int kept = 0;
    for (int i = 0; i < DROPPED; i++) {
        float y = network_output(network)[i];
        assert_true(y == 0 || y == 4);
        assert_true(network_input_gradient(network)[i] == y);
        kept += y > 0;
    }
    assert_in_range(kept, 2850, 3150);
    assert_ok(network_forward(network, false, &err), err);
    for (int i = 0; i < DROPPED; i++)
        assert_true(network_output(network)[i] == 3);
    network_free(network);
    graph_free(&graph);
}

static void dropout_depends_on_its_seed_and_pass_alone(void **state)
{
    (void)state;
    struct graph graphs[3];
    struct network *networks[3];
    struct error err;
    int differ[3] = {0};
    for (int i = 0; i < 3; i++) {
        open_dropout(&graphs[i], &networks[i], i == 2 ? 9 : 8);
        assert_ok(network_forward(networks[i], true, &err), err);
    }
    float *first = malloc(DROPPED * sizeof *first);
    assert_non_null(first);
    memcpy(first, network_output(networks[0]), DROPPED * sizeof *first);
    for (int i = 0; i < DROPPED; i++) {
        differ[0] += first[i] != network_output(networks[1])[i];
        differ[1] += first[i] != network_output(networks[2])[i];
    }
    assert_ok(network_forward(networks[0], true, &err), err);
    for (int i = 0; i < DROPPED; i++)
        differ[2] += first[i] != network_output(networks[0])[i];
    assert_int_equal(differ[0], 0);
    assert_true(differ[1] > 1000 && differ[2] > 1000);
    free(first);
    for (int i = 0; i < 3; i++) {
        network_free(networks[i]);
        graph_free(&graphs[i]);
    }
}

/* Running statistics follow the batches' by a tenth a step, the variance unbiased, and
 * inference uses them. */
static void batch_norm_keeps_running_statistics(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err;
    graph_init(&graph, 1, 1, 4);
    graph_batch_norm(&graph, 0, false);
    assert_ok(network_create(&network, &graph, 1, false, 1, &err), err);
    static const float images[] = {1, 2, 3, 6};
    memcpy(network_images(network), images, sizeof images);
    assert_ok(network_forward(network, true, &err), err);
    float mean, variance;
    assert_string_equal(network_param(network, 2)->name, "running_mean");
    assert_int_equal(network_read(network, 2, &mean), ST_OK);
    assert_int_equal(network_read(network, 3, &variance), ST_OK);
    assert_near((double)mean, 0.1 * 3, 1e-6);
    assert_near((double)variance, 0.9 + 0.1 * 14 / 3, 1e-6);
    assert_ok(network_forward(network, false, &err), err);
    for (int i = 0; i < 4; i++)
        assert_near((double)network_output(network)[i],
                    ((double)images[i] - 0.3) / sqrt(0.9 + 1.4 / 3 + 1e-5), 1e-5);
    network_free(network);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_tried),
        cmocka_unit_test(layers_equal_their_references),
        cmocka_unit_test(gradients_are_slopes),
        cmocka_unit_test(dropout_drops_its_share_and_passes_the_same_gradients),
        cmocka_unit_test(dropout_depends_on_its_seed_and_pass_alone),
        cmocka_unit_test(batch_norm_keeps_running_statistics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
