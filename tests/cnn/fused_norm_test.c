/* Batch normalisation that takes the activation behind it along, against the references of both
 * one after the other. */
#include "base/rng.h"
#include "cnn/graph.h"
#include "cnn/network.h"
#include "cnn/reference.h"
#include "tests/check.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 3
#define CHANNELS 21 /* a whole block of 16 and a part of one */
#define SIDE 9      /* more pixels than are worked on at a time */
#define AREA (SIDE * SIDE)
#define NUMBERS (BATCH * CHANNELS * AREA)

/* The network: a convolution that changes nothing but the format, the two layers, and another
 * such convolution. */
struct chain {
    struct graph graph;
    struct network *network;
    const struct layer_type *activation;
};

enum { BEFORE, SCALE, SHIFT, MEAN, VARIANCE, BEHIND };

static void chain_open(struct chain *c, const struct layer_type *activation)
{
    struct error err;
    float identity[CHANNELS * CHANNELS] = {0}, factors[CHANNELS];
    const struct network_options options = {.batch = BATCH, .input_gradient = true, .seed = 1};
    c->activation = activation;
    graph_init(&c->graph, CHANNELS, SIDE, SIDE);
    int x = graph_convolution(&c->graph, 0, CHANNELS, 1, 1, 0, false);
    x = graph_batch_norm(&c->graph, x, false);
    x = graph_add(&c->graph, &(struct layer_spec){.type = activation, .inputs = {x}});
    graph_convolution(&c->graph, x, CHANNELS, 1, 1, 0, false);
    assert_ok(network_create(&c->network, &c->graph, &options, &err), err);
    for (int i = 0; i < CHANNELS; i++) {
        identity[i * CHANNELS + i] = 1;
        factors[i] = 2 + 0.25f * (float)i; /* so that the ceiling of ReLU6 matters */
    }
    assert_int_equal(network_write(c->network, BEFORE, identity), ST_OK);
    assert_int_equal(network_write(c->network, BEHIND, identity), ST_OK);
    assert_int_equal(network_write(c->network, SCALE, factors), ST_OK);
    for (int i = 0; i < CHANNELS; i++)
        factors[i] = 0.1f * (float)i - 1;
    assert_int_equal(network_write(c->network, SHIFT, factors), ST_OK);
}

static void chain_close(struct chain *c)
{
    network_free(c->network);
    graph_free(&c->graph);
}

/* The mean of a channel may be far from zero. */
static void draw(struct network *network)
{
    struct rng rng;
    rng_seed(&rng, 5);
    for (int i = 0; i < NUMBERS; i++) {
        network_images(network)[i] = (float)(rng_normal(&rng) + i / AREA % CHANNELS);
        network_output_gradient(network)[i] = (float)rng_normal(&rng);
    }
}

static void step(struct chain *c)
{
    struct error err;
    draw(c->network);
    assert_ok(network_forward(c->network, true, &err), err);
    assert_ok(network_backward(c->network, &err), err);
}

static float normal[NUMBERS], output[NUMBERS], middle[NUMBERS], gradient[NUMBERS];
static float scale[CHANNELS], shift[CHANNELS], by_scale[CHANNELS], by_shift[CHANNELS];

/* The activation's reference needs the output of the normalisation's, which needs the
 * activation's gradient: so the first runs twice. */
static void by_references(struct chain *c)
{
    static const float zeros[NUMBERS];
    const struct shape shape = {4, {BATCH, CHANNELS, SIDE, SIDE}};
    assert_int_equal(network_read(c->network, SCALE, scale), ST_OK);
    assert_int_equal(network_read(c->network, SHIFT, shift), ST_OK);
    struct reference norm = {.spec = &c->graph.layers[1],
                             .input_shape = shape,
                             .output_shape = shape,
                             .inputs = {network_images(c->network)},
                             .params = {scale, shift},
                             .output_gradient = zeros,
                             .output = normal,
                             .input_gradients = {gradient},
                             .param_gradients = {by_scale, by_shift}};
    struct reference activation = {.spec = &c->graph.layers[2],
                                   .input_shape = shape,
                                   .output_shape = shape,
                                   .inputs = {normal},
                                   .output_gradient = network_output_gradient(c->network),
                                   .output = output,
                                   .input_gradients = {middle}};
    reference_batch_norm(&norm);
    (c->activation == &layer_relu6 ? reference_relu6 : reference_relu)(&activation);
    norm.output_gradient = middle;
    reference_batch_norm(&norm);
}

static void assert_close(const float *actual, const float *expected, int n, double share,
                         const char *what)
{
    for (int i = 0; i < n; i++) {
        double difference = fabs((double)actual[i] - (double)expected[i]);
        if (!(difference <= share * (1 + fabs((double)expected[i]))))
            fail_msg("%s[%d] is %.9g, the references say %.9g", what, i, (double)actual[i],
                     (double)expected[i]);
    }
}

static void equal_references(const struct layer_type *activation)
{
    struct chain c;
    float read[CHANNELS];
    chain_open(&c, activation);
    step(&c);
    by_references(&c);
    /* oneDNN's kernel, where nothing is fused, rounds a mean that is far from zero. */
    double share = network_layer(c.network, 1)->output->activated ? 1e-5 : 1e-4;
    assert_close(network_output(c.network), output, NUMBERS, share, "output");
    assert_close(network_input_gradient(c.network), gradient, NUMBERS, share, "gradient");
    assert_int_equal(network_read_gradient(c.network, SCALE, read), ST_OK);
    assert_close(read, by_scale, CHANNELS, 1e-4, "gradient by the scale");
    assert_int_equal(network_read_gradient(c.network, SHIFT, read), ST_OK);
    assert_close(read, by_shift, CHANNELS, 1e-4, "gradient by the shift");
    chain_close(&c);
}

static void both_layers_equal_their_references(void **state)
{
    (void)state;
    equal_references(&layer_relu6);
    equal_references(&layer_relu);
}

/* A tenth of the way from 0 and 1 to the batch's mean and unbiased variance; inference uses
 * them, and sees each number alone. */
static void running_statistics_follow_the_batch(void **state)
{
    (void)state;
    struct chain c;
    struct error err;
    float mean[CHANNELS], variance[CHANNELS];
    chain_open(&c, &layer_relu6);
    step(&c);
    by_references(&c);
    assert_int_equal(network_read(c.network, MEAN, mean), ST_OK);
    assert_int_equal(network_read(c.network, VARIANCE, variance), ST_OK);
    for (int channel = 0; channel < CHANNELS; channel++) {
        double sum = 0, squares = 0, n = BATCH * AREA;
        for (int i = 0; i < NUMBERS; i++)
            if (i / AREA % CHANNELS == channel)
                sum += (double)network_images(c.network)[i] / n;
        for (int i = 0; i < NUMBERS; i++)
            if (i / AREA % CHANNELS == channel)
                squares += pow((double)network_images(c.network)[i] - sum, 2);
        assert_near((double)mean[channel], 0.1 * sum, 1e-5);
        assert_near((double)variance[channel], 0.9 + 0.1 * squares / (n - 1), 1e-5);
    }
    assert_ok(network_forward(c.network, false, &err), err);
    for (int i = 0; i < NUMBERS; i++) {
        int channel = i / AREA % CHANNELS;
        double x = (double)network_images(c.network)[i] - (double)mean[channel];
        double t = x / sqrt((double)variance[channel] + 1e-5) * (double)scale[channel] +
                   (double)shift[channel];
        assert_near((double)network_output(c.network)[i], fmin(fmax(t, 0), 6), 1e-4);
    }
    chain_close(&c);
}

/* With fewer and with more threads than blocks of channels. */
static void threads_change_no_bit(void **state)
{
    (void)state;
    static float first[NUMBERS];
    struct chain c;
    chain_open(&c, &layer_relu6);
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        step(&c);
        if (threads == 1)
            memcpy(first, network_input_gradient(c.network), sizeof first);
        assert_memory_equal(network_input_gradient(c.network), first, sizeof first);
    }
    omp_set_num_threads(1);
    chain_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_layers_equal_their_references),
        cmocka_unit_test(running_statistics_follow_the_batch),
        cmocka_unit_test(threads_change_no_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
