#include "base/rng.h"
#include "cnn/loss.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "tests/check.h"
#include "tests/cnn/any_model.h"

#include <stdlib.h>
#include <string.h>

#define CLASSES 10
#define BATCH 6

/* A small network in training. */
struct bench {
    struct train_settings settings;
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    int32_t labels[BATCH];
    int64_t pixels;
};

static void bench_open(struct bench *b, int model)
{
    struct model_input input = {3, 16, 16, CLASSES};
    struct error err;
    settings_init(&b->settings);
    choose_model(&b->settings, model);
    b->settings.width = 6;
    b->settings.depth = 1;
    b->settings.dropout = 0.2;
    b->pixels = BATCH * 3 * 16 * 16;
    assert_ok(model_build(&b->graph, &b->settings, &input, &err), err);
    assert_ok(network_create(&b->network, &b->graph,
                             &(struct network_options){.batch = BATCH, .seed = 7}, &err),
              err);
    size_t n = network_size(b->network);
    assert_int_equal(optimizer_create(&b->optimizer, &b->settings, n), ST_OK);
}

static void bench_close(struct bench *b)
{
    optimizer_free(b->optimizer);
    network_free(b->network);
    graph_free(&b->graph);
}

static void load(struct bench *b, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (int64_t i = 0; i < b->pixels; i++)
        network_images(b->network)[i] = (float)rng_normal(&rng);
    for (int i = 0; i < BATCH; i++)
        b->labels[i] = (int32_t)rng_below(&rng, CLASSES);
}

static double step(struct bench *b, uint64_t seed)
{
    struct error err;
    load(b, seed);
    assert_ok(network_forward(b->network, true, &err), err);
    struct loss loss = loss_cross_entropy(network_output(b->network), b->labels, BATCH, CLASSES,
                                          0, network_output_gradient(b->network));
    assert_ok(network_backward(b->network, &err), err);
    optimizer_step(b->optimizer, network_params(b->network), network_gradients(b->network),
                   0.01);
    return loss.sum;
}

static void equal_seeds_give_equal_bytes(void **state)
{
    (void)state;
    for (int model = 0; model_names[model]; model++) {
        struct bench a, b;
        bench_open(&a, model);
        bench_open(&b, model);
        for (uint64_t i = 0; i < 4; i++)
            assert_true(step(&a, i) == step(&b, i));
        size_t n = network_size(a.network);
        assert_int_equal(n, network_size(b.network));
        assert_memory_equal(network_params(a.network), network_params(b.network),
                            n * sizeof(float));
        bench_close(&a);
        bench_close(&b);
    }
}

/* Steps on one batch bring its loss down. */
static void every_model_can_learn_a_batch_by_heart(void **state)
{
    (void)state;
    for (int model = 0; model_names[model]; model++) {
        struct bench b;
        bench_open(&b, model);
        double first = step(&b, 1), last = first;
        for (int i = 0; i < 40; i++)
            last = step(&b, 1);
        if (!(last < 0.5 * first))
            fail_msg("%s: the loss went from %g to %g", model_names[model], first, last);
        bench_close(&b);
    }
}

static void gradients_reach_every_parameter(void **state)
{
    (void)state;
    for (int model = 0; model_names[model]; model++) {
        struct bench b;
        bench_open(&b, model);
        assert_true(isfinite(step(&b, 1)));
        for (size_t i = 0; i < network_count(b.network); i++) {
            const struct param_spec *spec = network_param(b.network, i);
            size_t n = (size_t)shape_count(&spec->shape);
            double sum = 0;
            float *gradient = malloc(n * sizeof *gradient);
            assert_non_null(gradient);
            if (spec->trained) {
                assert_int_equal(network_read_gradient(b.network, i, gradient), ST_OK);
                for (size_t k = 0; k < n; k++)
                    sum += fabs((double)gradient[k]);
                if (!(sum > 0 && isfinite(sum)))
                    fail_msg("%s: gradients of parameter %zu, %s, add up to %g",
                             model_names[model], i, spec->name, sum);
            }
            free(gradient);
        }
        bench_close(&b);
    }
}

/* Inference sees each image alone: what else is in the batch does not matter. */
static void inference_does_not_mix_images(void **state)
{
    (void)state;
    for (int model = 0; model_names[model]; model++) {
        struct bench b;
        struct error err;
        float before[CLASSES];
        bench_open(&b, model);
        step(&b, 1);
        load(&b, 2);
        assert_ok(network_forward(b.network, false, &err), err);
        memcpy(before, network_output(b.network), sizeof before);
        int64_t image = b.pixels / BATCH;
        memset(network_images(b.network) + image, 0,
               (size_t)(b.pixels - image) * sizeof(float));
        assert_ok(network_forward(b.network, false, &err), err);
        for (int c = 0; c < CLASSES; c++)
            assert_near((double)network_output(b.network)[c], (double)before[c], 1e-6);
        bench_close(&b);
    }
}

/* What is read is what was written, and the padding of the formats stays zero. */
static void parameters_survive_their_formats(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, 2);
    struct rng rng;
    rng_seed(&rng, 3);
    double written = 0, stored = 0;
    for (size_t i = 0; i < network_count(b.network); i++) {
        const struct param_spec *spec = network_param(b.network, i);
        int64_t n = shape_count(&spec->shape);
        float *out = malloc((size_t)n * sizeof *out), *in = malloc((size_t)n * sizeof *in);
        assert_true(out && in);
        for (int64_t k = 0; k < n; k++) {
            out[k] = (float)rng_uniform(&rng);
            written += spec->trained ? (double)out[k] : 0;
        }
        assert_int_equal(network_write(b.network, i, out), ST_OK);
        assert_int_equal(network_read(b.network, i, in), ST_OK);
        assert_memory_equal(in, out, (size_t)n * sizeof *in);
        free(out);
        free(in);
    }
    for (size_t i = 0; i < network_size(b.network); i++)
        stored += (double)network_params(b.network)[i];
    assert_near(stored, written, 1e-6 * written);
    bench_close(&b);
}

/* Three consumers of one value, one of them twice removed: their gradients add up. */
static void gradients_of_all_consumers_add_up(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err;
    graph_init(&graph, 2, 3, 3);
    int twice = graph_add_values(&graph, 0, 0, false);
    int thrice = graph_add_values(&graph, twice, 0, false);
    graph_add_values(&graph, thrice, twice, false); /* five times the images */
    assert_ok(
        network_create(&network, &graph,
                       &(struct network_options){.batch = 1, .input_gradient = true, .seed = 1},
                       &err),
        err);
    for (int i = 0; i < 18; i++) {
        network_images(network)[i] = (float)i;
        network_output_gradient(network)[i] = (float)(i + 1);
    }
    assert_ok(network_forward(network, true, &err), err);
    assert_ok(network_backward(network, &err), err);
    for (int i = 0; i < 18; i++) {
        assert_true(network_output(network)[i] == 5 * (float)i);
        assert_true(network_input_gradient(network)[i] == 5 * (float)(i + 1));
    }
    network_free(network);
    graph_free(&graph);
}

/* `users` times a value, by so many consumers, of a layer that does not add up its gradients
 * itself (kind 0) or that does, without a rectifier (1) and with one (2). */
static void add_up(struct graph *graph, int kind, int users)
{
    graph_init(graph, 1, 3, 4);
    int value = kind == 0 ? graph_silu(graph, 0) : graph_add_values(graph, 0, 0, kind == 2);
    int sum = value;
    for (int i = 1; i < users; i++)
        sum = graph_add_values(graph, sum, value, false);
}

static void gradients_of_many_consumers_add_up(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        float one[12];
        for (int users = 1; users <= VALUE_CONSUMERS; users++) {
            struct graph graph;
            struct network *network;
            struct error err;
            struct network_options options = {.batch = 1, .input_gradient = true};
            add_up(&graph, kind, users);
            assert_ok(network_create(&network, &graph, &options, &err), err);
            for (int i = 0; i < 12; i++) {
                network_images(network)[i] = (float)(i - 5) + 0.5F;
                network_output_gradient(network)[i] = (float)(i + 1);
            }
            assert_ok(network_forward(network, true, &err), err);
            assert_ok(network_backward(network, &err), err);
            const float *gradient = network_input_gradient(network);
            if (users == 1)
                memcpy(one, gradient, sizeof one);
            for (int i = 0; i < 12; i++)
                assert_near((double)gradient[i], users * (double)one[i], 1e-4);
            network_free(network);
            graph_free(&graph);
        }
        assert_true(one[11] > 5);
    }
}

/* A network for inference alone keeps little, but what layers behind still take. */
static void values_wait_for_late_consumers(void **state)
{
    (void)state;
    struct graph graph;
    struct network *networks[2];
    struct error err;
    graph_init(&graph, 8, 12, 12);
    int early = graph_sigmoid(&graph, 0), factors = graph_global_pool(&graph, early), x = early;
    for (int i = 0; i < 4; i++)
        x = graph_relu(&graph, graph_convolution(&graph, x, 8, 3, 1, 1, true));
    graph_add_values(&graph, graph_scale(&graph, x, factors), early, false);
    for (int i = 0; i < 2; i++) {
        struct network_options options = {.batch = 3, .seed = 5, .inference = i};
        assert_ok(network_create(&networks[i], &graph, &options, &err), err);
        for (int k = 0; k < 3 * 8 * 144; k++)
            network_images(networks[i])[k] = (float)(k % 11) - 5;
        assert_ok(network_forward(networks[i], false, &err), err);
    }
    for (int k = 0; k < 3 * 8 * 144; k++)
        assert_near((double)network_output(networks[0])[k],
                    (double)network_output(networks[1])[k], 1e-5);
    network_free(networks[0]);
    network_free(networks[1]);
    graph_free(&graph);
}

/* Backward memory dominates: activations have to live until their gradients are taken, but
 * gradients need not. */
static void gradients_of_activations_share_memory(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, 3);
    size_t activations = 0;
    for (size_t i = 1; i <= b.graph.n_layers; i++)
        activations += BATCH * sizeof(float) * (size_t)shape_count(&b.graph.shapes[i]);
    /* Channels are padded to blocks of up to 16, here 6 to 16: at most three times as many. */
    assert_true(network_memory(b.network) < 3 * activations * 3 / 2);
    bench_close(&b);
}

static void an_empty_graph_is_refused(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err = {0};
    graph_init(&graph, 1, 2, 2);
    assert_int_equal(network_create(&network, &graph,
                                    &(struct network_options){.batch = 1, .seed = 1}, &err),
                     ST_INVALID);
    assert_null(network);
    assert_non_null(strstr(err.what, "without a layer"));
    graph_free(&graph);
    network_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_seeds_give_equal_bytes),
        cmocka_unit_test(every_model_can_learn_a_batch_by_heart),
        cmocka_unit_test(gradients_reach_every_parameter),
        cmocka_unit_test(inference_does_not_mix_images),
        cmocka_unit_test(parameters_survive_their_formats),
        cmocka_unit_test(gradients_of_all_consumers_add_up),
        cmocka_unit_test(gradients_of_many_consumers_add_up),
        cmocka_unit_test(values_wait_for_late_consumers),
        cmocka_unit_test(gradients_of_activations_share_memory),
        cmocka_unit_test(an_empty_graph_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
