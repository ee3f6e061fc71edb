/* Whole networks in bf16 against the same ones in fp32: every model, with the weights, images
 * and labels of one seed. */
#include "base/rng.h"
#include "cnn/bf16.h"
#include "cnn/loss.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "tests/check.h"
#include "tests/cnn/any_model.h"
#include "tests/cnn/need_bf16.h"

#include <stdlib.h>
#include <string.h>

enum { CLASSES = 10, BATCH = 16, SIDE = 16, PIXELS = BATCH * 3 * SIDE * SIDE, STEPS = 10 };

/* What one rounding to bf16 changes, as a share of the number. */
#define ROUNDING 0x1p-8

struct trainee {
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    int32_t labels[BATCH];
    bool rounded; /* the images */
};

static void trainee_open(struct trainee *t, int model, enum precision precision)
{
    struct model_input input = {3, SIDE, SIDE, CLASSES};
    struct train_settings settings;
    struct error err;
    memset(t, 0, sizeof *t);
    settings_init(&settings);
    choose_model(&settings, model);
    settings.width = 8;
    settings.depth = 1;
    assert_ok(model_build(&t->graph, &settings, &input, &err), err);
    assert_ok(network_create(
                  &t->network, &t->graph,
                  &(struct network_options){.batch = BATCH, .seed = 7, .precision = precision},
                  &err),
              err);
    size_t n = network_size(t->network);
    assert_int_equal(optimizer_create(&t->optimizer, &settings, n), ST_OK);
}

static void trainee_close(struct trainee *t)
{
    optimizer_free(t->optimizer);
    network_free(t->network);
    graph_free(&t->graph);
}

static void round_numbers(float *x, size_t n)
{
    uint16_t *rounded = malloc(n * sizeof *rounded);
    assert_non_null(rounded);
    bf16_from_floats(rounded, x, n);
    bf16_to_floats(x, rounded, n);
    free(rounded);
}

/* The forward and the backward pass of a batch; answers the mean loss. */
static double passes(struct trainee *t, uint64_t seed)
{
    struct rng rng;
    struct error err;
    rng_seed(&rng, seed);
    for (int i = 0; i < PIXELS; i++)
        network_images(t->network)[i] = (float)rng_normal(&rng);
    if (t->rounded)
        round_numbers(network_images(t->network), PIXELS);
    for (int i = 0; i < BATCH; i++)
        t->labels[i] = (int32_t)rng_below(&rng, CLASSES);
    assert_ok(network_forward(t->network, true, &err), err);
    struct loss loss = loss_cross_entropy(network_output(t->network), t->labels, BATCH, CLASSES,
                                          0, network_output_gradient(t->network));
    assert_ok(network_backward(t->network, &err), err);
    return loss.sum / BATCH;
}

static double step(struct trainee *t, uint64_t seed)
{
    double loss = passes(t, seed);
    optimizer_step(t->optimizer, network_params(t->network), network_gradients(t->network),
                   0.01);
    return loss;
}

/* |x - y| and |y|, squared. */
struct distance {
    double difference, length;
};

static void measure(struct distance *d, struct network *x, struct network *y, size_t param)
{
    int64_t n = shape_count(&network_param(x, param)->shape);
    float *a = malloc((size_t)n * sizeof *a), *b = malloc((size_t)n * sizeof *b);
    assert_true(a && b);
    assert_int_equal(network_read_gradient(x, param, a), ST_OK);
    assert_int_equal(network_read_gradient(y, param, b), ST_OK);
    for (int64_t i = 0; i < n; i++) {
        double difference = (double)a[i] - (double)b[i];
        d->difference += difference * difference;
        d->length += (double)b[i] * (double)b[i];
    }
    free(a);
    free(b);
}

/* How far two networks' gradients are apart, as a share of the second's. */
static double distance(struct network *x, struct network *y)
{
    struct distance d = {0, 0};
    for (size_t i = 0; i < network_count(y); i++)
        if (network_param(y, i)->trained)
            measure(&d, x, y, i);
    assert_true(d.length > 0);
    return sqrt(d.difference / d.length);
}

/* A model thrice. Networks exaggerate what changes in them, deep ones by much: a sign turns,
 * and so does the rectifier's mask. How much this is, is seen by a network in fp32 whose
 * weights and images, and nothing else, are rounded. */
struct trio {
    struct trainee exact, rounded, control;
};

static void trio_open(struct trio *t, int model)
{
    trainee_open(&t->exact, model, PRECISION_FP32);
    trainee_open(&t->rounded, model, PRECISION_BF16);
    trainee_open(&t->control, model, PRECISION_FP32);
    round_numbers(network_params(t->control.network), network_size(t->control.network));
    t->control.rounded = true;
}

static void trio_close(struct trio *t)
{
    trainee_close(&t->exact);
    trainee_close(&t->rounded);
    trainee_close(&t->control);
}

/* Where weights and images are rounded once, bf16 rounds outputs and their gradients too: twice
 * as many numbers, so half as much again, if roundings are independent. */
static void gradients_are_those_of_fp32_but_for_rounding(void **state)
{
    (void)state;
    need_bf16();
    for (int model = 0; model_names[model]; model++) {
        struct trio t;
        trio_open(&t, model);
        double loss = passes(&t.exact, 1), rounded = passes(&t.rounded, 1);
        passes(&t.control, 1);
        double share = distance(t.rounded.network, t.exact.network);
        double expected = distance(t.control.network, t.exact.network);
        assert_true(share > 0);
        if (!(fabs(rounded - loss) <= 8 * ROUNDING * loss && share <= 2.5 * expected))
            fail_msg("%s: the loss %g is %g, the gradients are %g off, expected %g",
                     model_names[model], loss, rounded, share, expected);
        trio_close(&t);
    }
}

/* As far as those that start from rounded weights. */
static void ten_losses_are_near_those_of_fp32(void **state)
{
    (void)state;
    need_bf16();
    for (int model = 0; model_names[model]; model++) {
        struct trio t;
        trio_open(&t, model);
        double worst = 0, expected = 0;
        for (uint64_t i = 0; i < STEPS; i++) {
            double loss = step(&t.exact, i);
            worst = fmax(worst, fabs(step(&t.rounded, i) - loss) / loss);
            expected = fmax(expected, fabs(step(&t.control, i) - loss) / loss);
        }
        if (!(worst <= 4 * expected))
            fail_msg("%s: losses are off by %g, expected %g", model_names[model], worst,
                     expected);
        trio_close(&t);
    }
}

/* Padding and what is left in buffers play no part. */
static void equal_seeds_give_equal_bytes(void **state)
{
    (void)state;
    need_bf16();
    for (int model = 0; model_names[model]; model++) {
        struct trainee a, b;
        trainee_open(&a, model, PRECISION_BF16);
        trainee_open(&b, model, PRECISION_BF16);
        for (uint64_t i = 0; i < 3; i++)
            assert_true(step(&a, i) == step(&b, i));
        assert_memory_equal(network_params(a.network), network_params(b.network),
                            network_size(a.network) * sizeof(float));
        trainee_close(&a);
        trainee_close(&b);
    }
}

/* What is trained are floats: steps too small for bf16 add up. */
static void small_steps_are_not_lost(void **state)
{
    (void)state;
    need_bf16();
    struct trainee t;
    trainee_open(&t, 0, PRECISION_BF16);
    passes(&t, 1);
    size_t n = network_size(t.network), moved = 0;
    float *before = malloc(n * sizeof *before);
    assert_non_null(before);
    memcpy(before, network_params(t.network), n * sizeof *before);
    optimizer_step(t.optimizer, network_params(t.network), network_gradients(t.network), 1e-4);
    uint16_t old, new;
    for (size_t i = 0; i < n; i++) {
        bf16_from_floats(&old, &before[i], 1);
        bf16_from_floats(&new, &network_params(t.network)[i], 1);
        moved += before[i] != network_params(t.network)[i] && old == new;
    }
    assert_true(moved > n / 4);
    free(before);
    trainee_close(&t);
}

/* Activations and their gradients are what takes the memory of a step. */
static void activations_take_half_the_memory(void **state)
{
    (void)state;
    need_bf16();
    for (int model = 1; model < 3; model++) {
        struct trainee wide, narrow;
        trainee_open(&wide, model, PRECISION_FP32);
        trainee_open(&narrow, model, PRECISION_BF16);
        double share =
            (double)network_memory(narrow.network) / (double)network_memory(wide.network);
        if (!(share < 0.7))
            fail_msg("%s: %g of the memory", model_names[model], share);
        trainee_close(&wide);
        trainee_close(&narrow);
    }
}

static void a_processor_without_bf16_is_refused(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err = {0}, why;
    graph_init(&graph, 1, 2, 2);
    graph_relu(&graph, 0);
    enum status status = precision_check(PRECISION_BF16, &why);
    assert_int_equal(
        network_create(&network, &graph,
                       &(struct network_options){.batch = 1, .precision = PRECISION_BF16},
                       &err),
        status);
    if (status)
        assert_string_equal(err.what, why.what);
    network_free(network);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_those_of_fp32_but_for_rounding),
        cmocka_unit_test(ten_losses_are_near_those_of_fp32),
        cmocka_unit_test(equal_seeds_give_equal_bytes),
        cmocka_unit_test(small_steps_are_not_lost),
        cmocka_unit_test(activations_take_half_the_memory),
        cmocka_unit_test(a_processor_without_bf16_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
