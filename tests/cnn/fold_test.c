/* What folds for inference, and that it makes no difference but for rounding. The twin of a
 * graph has a dropout behind every convolution: the identity in inference, with no parameters,
 * and nothing folds across it. */
#include "base/rng.h"
#include "cnn/fold.h"
#include "cnn/graph.h"
#include "cnn/network.h"
#include "cnn/precision.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 60
#define BATCH 3
#define LAYERS_MAX 24

/* Of the largest output: sums of hundreds of floats in another order. */
#define ROUNDING 2e-5
/* The same where what flows between layers has 8 bits. */
#define ROUNDING_BF16 0.05

static int64_t between(struct rng *rng, int64_t low, int64_t high)
{
    return low + (int64_t)rng_below(rng, (uint64_t)(high - low + 1));
}

static int convolution(struct graph *graph, struct rng *rng, int in, bool twin)
{
    int64_t kernel = between(rng, 1, 3), groups = between(rng, 1, 3);
    int64_t channels = groups * between(rng, 1, 12);
    if (graph->shapes[in].dims[1] % groups)
        groups = 1;
    int out = graph_grouped_convolution(graph, in, channels, kernel, 1, kernel / 2, groups,
                                        rng_below(rng, 2));
    return twin ? graph_dropout(graph, out, 0.5) : out;
}

static int nothing(struct graph *graph, int in)
{
    (void)graph;
    return in;
}

/* Convolutions in a row with batch normalisation, an activation, both or none behind them;
 * sometimes a value between them is taken by somebody else, too, and some batch normalisation
 * follows no convolution. The same draws make a graph and its twin. */
static void build(struct graph *graph, uint64_t seed, bool twin)
{
    static int (*const activation[])(struct graph *, int) = {
        graph_relu, graph_relu6, graph_silu, graph_sigmoid, nothing};
    struct rng rng;
    rng_seed(&rng, seed);
    graph_init(graph, between(&rng, 1, 20), 7, 6);
    int at = rng_below(&rng, 4) ? 0 : graph_batch_norm(graph, 0, rng_below(&rng, 2));
    for (int64_t i = between(&rng, 1, 3); i > 0; i--) {
        int before = convolution(graph, &rng, at, twin);
        at = rng_below(&rng, 4) ? graph_batch_norm(graph, before, rng_below(&rng, 2)) : before;
        at = activation[rng_below(&rng, 5)](graph, at);
        if (rng_below(&rng, 3) == 0)
            at = graph_add_values(graph, at, before, rng_below(&rng, 2));
    }
}

static float draw(struct rng *rng, const char *name)
{
    static const float variances[] = {0.3f, 1, 40};
    if (strcmp(name, "running_variance") == 0)
        return variances[rng_below(rng, 3)];
    return (float)rng_normal(rng) * 0.5f;
}

static void write_params(struct network *network, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < network_count(network); i++) {
        const struct param_spec *spec = network_param(network, i);
        int64_t n = shape_count(&spec->shape);
        float *plain = malloc((size_t)n * sizeof *plain);
        assert_non_null(plain);
        for (int64_t k = 0; k < n; k++)
            plain[k] = draw(&rng, spec->name);
        assert_int_equal(network_write(network, i, plain), ST_OK);
        free(plain);
    }
}

static void write_images(struct network *network, int64_t n, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (int64_t i = 0; i < n; i++)
        network_images(network)[i] = (float)rng_normal(&rng);
}

/* A graph and its twin, and the network that infers from the graph. */
struct pair {
    struct graph graph, twin_graph;
    struct network *network, *twin;
    int64_t n_in, n_out;
};

/* The twin is a network for training, in fp32. */
static void pair_open(struct pair *p, uint64_t seed, bool inference, enum precision precision)
{
    struct error err;
    struct network_options options = {
        .batch = BATCH, .seed = seed, .inference = inference, .precision = precision};
    build(&p->graph, seed, false);
    build(&p->twin_graph, seed, true);
    assert_ok(network_create(&p->network, &p->graph, &options, &err), err);
    options.inference = false;
    options.precision = PRECISION_FP32;
    assert_ok(network_create(&p->twin, &p->twin_graph, &options, &err), err);
    p->n_in = BATCH * shape_count(&p->graph.shapes[0]);
    p->n_out = BATCH * shape_count(&p->graph.shapes[p->graph.n_layers]);
    assert_int_equal(network_count(p->network), network_count(p->twin));
    write_images(p->network, p->n_in, seed);
    write_images(p->twin, p->n_in, seed);
}

static void pair_close(struct pair *p)
{
    network_free(p->network);
    network_free(p->twin);
    graph_free(&p->graph);
    graph_free(&p->twin_graph);
}

static double largest_of(const float *x, int64_t n)
{
    double largest = 0;
    for (int64_t i = 0; i < n; i++)
        largest = fmax(largest, fabs((double)x[i]));
    return largest;
}

static void assert_equal_inference(struct pair *p, double tolerance)
{
    struct error err;
    assert_ok(network_forward(p->network, false, &err), err);
    assert_ok(network_forward(p->twin, false, &err), err);
    const float *actual = network_output(p->network), *expected = network_output(p->twin);
    double largest = largest_of(expected, p->n_out);
    for (int64_t i = 0; i < p->n_out; i++)
        assert_near((double)actual[i], (double)expected[i], tolerance * (largest + 1));
}

static void folded_inference_equals_the_unfolded(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct pair p;
        pair_open(&p, round, round % 2, PRECISION_FP32);
        write_params(p.network, round);
        write_params(p.twin, round);
        assert_equal_inference(&p, ROUNDING);
        pair_close(&p);
    }
}

static void folds_compute_in_bf16(void **state)
{
    (void)state;
    struct error err;
    if (precision_check(PRECISION_BF16, &err))
        skip(); /* not on this processor */
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct pair p;
        pair_open(&p, round, round % 2, PRECISION_BF16);
        write_params(p.network, round);
        write_params(p.twin, round);
        assert_equal_inference(&p, ROUNDING_BF16);
        pair_close(&p);
    }
}

/* Channels that never change have no variance: they come out hundreds of times as large, and so
 * do their rounding errors. */
static void tiny_variances_fold(void **state)
{
    (void)state;
    static const float variances[] = {0, 1e-12f, 1e-5f, 1, 40};
    struct pair p;
    struct error err;
    struct network_options options = {.batch = BATCH, .seed = 1};
    for (int twin = 0; twin < 2; twin++) {
        struct graph *graph = twin ? &p.twin_graph : &p.graph;
        graph_init(graph, 3, 6, 6);
        int at = graph_convolution(graph, 0, 5, 3, 1, 1, true);
        graph_batch_norm(graph, graph_dropout(graph, at, twin ? 0.5 : 0), false);
        struct network **network = twin ? &p.twin : &p.network;
        assert_ok(network_create(network, graph, &options, &err), err);
        write_images(*network, BATCH * 3 * 36, 1);
        assert_int_equal(network_write(*network, 5, variances), ST_OK);
    }
    assert_string_equal(network_param(p.network, 5)->name, "running_variance");
    p.n_out = BATCH * 5 * 36;
    assert_equal_inference(&p, ROUNDING);
    assert_true(largest_of(network_output(p.network), p.n_out) > 50);
    pair_close(&p);
}

/* Whatever changes parameters or statistics is seen by the next inference. */
static void folds_follow_every_change(void **state)
{
    (void)state;
    struct pair p;
    struct error err;
    pair_open(&p, 7, false, PRECISION_FP32);
    assert_equal_inference(&p, ROUNDING);
    write_params(p.network, 1);
    write_params(p.twin, 1);
    assert_equal_inference(&p, ROUNDING);
    network_params(p.network)[0] += 1;
    network_params(p.twin)[0] += 1;
    assert_equal_inference(&p, ROUNDING);
    pair_close(&p);

    struct network *network;
    struct network_options options = {.batch = BATCH, .seed = 1};
    struct graph graph;
    graph_init(&graph, 2, 5, 5);
    graph_batch_norm(&graph, graph_convolution(&graph, 0, 3, 3, 1, 1, false), false);
    assert_ok(network_create(&network, &graph, &options, &err), err);
    write_images(network, BATCH * 50, 3);
    assert_ok(network_forward(network, false, &err), err);
    double before = (double)network_output(network)[0];
    assert_ok(network_forward(network, true, &err), err); /* moves the statistics */
    assert_ok(network_forward(network, false, &err), err);
    assert_true((double)network_output(network)[0] != before);
    before = (double)network_output(network)[12]; /* the middle, which sees every weight */
    network_params(network)[0] += 1;
    assert_ok(network_forward(network, false, &err), err);
    assert_true((double)network_output(network)[12] != before);
    network_free(network);
    graph_free(&graph);
}

/* fold_find() over a graph; answers how many folds there are. */
static int find(struct graph *graph, struct layer layers[LAYERS_MAX])
{
    static struct value values[LAYERS_MAX + 1];
    struct plan *plan;
    int folds = 0;
    assert_int_equal(graph_check(graph, NULL), ST_OK);
    assert_true(graph->n_layers <= LAYERS_MAX);
    assert_int_equal(plan_create(&plan), ST_OK);
    for (size_t i = 0; i < graph->n_layers; i++) {
        layers[i] = (struct layer){.spec = &graph->layers[i], .output = &values[i + 1]};
        for (int j = 0; j < graph->layers[i].type->n_inputs; j++)
            layers[i].inputs[j] = &values[graph->layers[i].inputs[j]];
    }
    fold_find(plan, layers, graph->n_layers, PASS_FORWARD);
    for (size_t i = 0; i < graph->n_layers; i++)
        folds += layers[i].fold != NULL;
    plan_free(plan);
    return folds;
}

static void what_follows_a_convolution_folds(void **state)
{
    (void)state;
    struct layer layers[LAYERS_MAX];
    struct graph graph;
    graph_init(&graph, 3, 5, 5);
    int at = graph_convolution(&graph, 0, 4, 3, 1, 1, true);
    at = graph_relu(&graph, graph_batch_norm(&graph, at, false));
    at = graph_batch_norm(&graph, graph_convolution(&graph, at, 4, 1, 1, 0, false), true);
    at = graph_relu(&graph, at); /* a second ReLU is not part of it */
    graph_relu(&graph, graph_convolution(&graph, at, 4, 1, 1, 0, false));
    assert_int_equal(find(&graph, layers), 3);
    assert_non_null(layers[2].fold);
    assert_non_null(layers[4].fold);
    assert_int_equal(layers[5].passes, PASS_FORWARD);
    assert_non_null(layers[7].fold);
    for (int i = 0; i < 8; i++)
        if (i != 5)
            assert_int_equal(layers[i].passes, PASS_TRAIN);
    graph_free(&graph);
}

static void what_others_need_does_not_fold(void **state)
{
    (void)state;
    struct layer layers[LAYERS_MAX];
    struct graph graph;
    graph_init(&graph, 3, 5, 5);
    int images = graph_batch_norm(&graph, 0, true); /* no convolution before it */
    int made = graph_convolution(&graph, images, 4, 3, 1, 1, false);
    int normal = graph_batch_norm(&graph, made, true);
    int sum = graph_add_values(&graph, normal, made, false); /* a second taker */
    graph_convolution(&graph, sum, 4, 3, 1, 1, false);       /* the network's output */
    assert_int_equal(find(&graph, layers), 0);
    for (size_t i = 0; i < graph.n_layers; i++)
        assert_int_equal(layers[i].passes, PASS_FORWARD);
    graph_free(&graph);
}

/* The images of one layer and the next, the folded weights, and no more. */
static void inference_takes_a_forward_pass_of_memory(void **state)
{
    (void)state;
    struct network *training, *inference;
    struct network_options options = {.batch = 32, .seed = 1};
    struct error err;
    struct graph graph;
    graph_init(&graph, 16, 16, 16);
    int at = 0;
    for (int i = 0; i < 6; i++)
        at = graph_batch_norm(&graph, graph_convolution(&graph, at, 16, 3, 1, 1, false), true);
    assert_ok(network_create(&training, &graph, &options, &err), err);
    options.inference = true;
    assert_ok(network_create(&inference, &graph, &options, &err), err);
    size_t image = 32 * 16 * 16 * 16 * sizeof(float);
    assert_true(network_memory(inference) < 4 * image);
    assert_true(network_memory(training) > 12 * image);
    assert_int_equal(network_size(inference), network_size(training));
    network_free(training);
    network_free(inference);
    graph_free(&graph);
}

static void a_network_for_inference_does_not_train(void **state)
{
    (void)state;
    struct network *network;
    struct network_options options = {.batch = 1, .seed = 1, .inference = true};
    struct error err;
    struct graph graph;
    float plain[64];
    graph_init(&graph, 1, 4, 4);
    graph_linear(&graph, graph_flatten(&graph, graph_dropout(&graph, 0, 0.5)), 2);
    assert_ok(network_create(&network, &graph, &options, &err), err);
    assert_ok(network_forward(network, false, &err), err);
    assert_int_equal(network_forward(network, true, &err), ST_INVALID);
    assert_int_equal(network_backward(network, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "for inference"));
    assert_int_equal(network_read_gradient(network, 0, plain), ST_INVALID);
    assert_null(network_gradients(network));
    assert_null(network_output_gradient(network));
    network_free(network);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folded_inference_equals_the_unfolded),
        cmocka_unit_test(folds_compute_in_bf16),
        cmocka_unit_test(tiny_variances_fold),
        cmocka_unit_test(folds_follow_every_change),
        cmocka_unit_test(what_follows_a_convolution_folds),
        cmocka_unit_test(what_others_need_does_not_fold),
        cmocka_unit_test(inference_takes_a_forward_pass_of_memory),
        cmocka_unit_test(a_network_for_inference_does_not_train),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
