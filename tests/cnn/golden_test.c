/* Logits, gradients and ten losses against PyTorch's, which tests/golden/pytorch_golden.py
 * wrote down. Weights and images come from the formula that the script uses. */
#include "base/json.h"
#include "cnn/loss.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 8
#define STEPS 10
#define CLASSES 10

/* The first step is the same computation in another order. Later an activation that is all but
 * zero may round to the other side, and its gradient counts or does not: that is what the
 * losses may differ by. */
#define LOGITS_TOLERANCE 1e-5
#define GRADIENT_TOLERANCE 2e-5
#define LOSSES_TOLERANCE 3e-4
#define INFERENCE_TOLERANCE 2e-3

static uint32_t mix(uint64_t stream, uint64_t i)
{
    uint32_t h = (uint32_t)(i * 2654435761u + stream * 97531 + 12345);
    for (int round = 0; round < 2; round++)
        h = (h ^ h >> 16) * 73244475;
    return h ^ h >> 16;
}

static double uniform(uint64_t stream, uint64_t i)
{
    return (double)mix(stream, i) / 2147483648.0 - 1;
}

static double start_value(const struct param_spec *spec, uint64_t stream, int64_t i)
{
    double u = uniform(stream, (uint64_t)i);
    if (spec->shape.n > 1) {
        int64_t fan_in = shape_count(&spec->shape) / spec->shape.dims[0];
        return u / sqrt((double)fan_in);
    }
    return strcmp(spec->name, "weight") == 0 ? 1 + 0.1 * u : 0.1 * u;
}

static void fill(struct network *network)
{
    uint64_t stream = 1000;
    for (size_t k = 0; k < network_count(network); k++) {
        const struct param_spec *spec = network_param(network, k);
        if (!spec->trained)
            continue;
        int64_t n = shape_count(&spec->shape);
        float *plain = malloc((size_t)n * sizeof *plain);
        assert_non_null(plain);
        for (int64_t i = 0; i < n; i++)
            plain[i] = (float)start_value(spec, stream, i);
        assert_int_equal(network_write(network, k, plain), ST_OK);
        free(plain);
        stream++;
    }
}

/* One network of the file, as far as it is built and trained. */
struct golden {
    const struct json *expected;
    struct train_settings settings;
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    int64_t pixels; /* of a batch */
    int32_t labels[BATCH];
};

static void set(struct golden *g, const char *name)
{
    struct error err;
    assert_ok(settings_set(&g->settings, name, json_member(g->expected, name), &err), err);
}

static void golden_open(struct golden *g, const struct json *expected)
{
    memset(g, 0, sizeof *g);
    g->expected = expected;
    settings_init(&g->settings);
    static const char *const names[] = {"model",          "width",        "optimizer",
                                        "learning_rate",  "weight_decay", "nesterov",
                                        "label_smoothing"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        set(g, names[i]);
    int64_t channels = (int64_t)json_number(json_member(expected, "channels"));
    int64_t side = (int64_t)json_number(json_member(expected, "side"));
    struct model_input input = {channels, side, side, CLASSES};
    g->pixels = BATCH * channels * side * side;
    struct error err;
    assert_ok(model_build(&g->graph, &g->settings, &input, &err), err);
    assert_ok(network_create(&g->network, &g->graph,
                             &(struct network_options){.batch = BATCH, .seed = 1}, &err),
              err);
    fill(g->network);
    assert_int_equal(optimizer_create(&g->optimizer, &g->settings, network_size(g->network)),
                     ST_OK);
}

static void golden_close(struct golden *g)
{
    optimizer_free(g->optimizer);
    network_free(g->network);
    graph_free(&g->graph);
}

static void load_batch(struct golden *g, uint64_t step)
{
    for (int64_t i = 0; i < g->pixels; i++)
        network_images(g->network)[i] = (float)(1.5 * uniform(step, (uint64_t)i));
    for (uint64_t i = 0; i < BATCH; i++)
        g->labels[i] = (int32_t)(mix(500 + step, i) % CLASSES);
}

/* How far the numbers are from the list's, as a share of the list's largest number. */
static double deviation(const struct golden *g, const char *name, const double *actual,
                        size_t n)
{
    const struct json *list = json_member(g->expected, name);
    assert_int_equal(json_count(list), n);
    double largest = 0, worst = 0;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        largest = fmax(largest, fabs(json_number(item)));
    assert_true(largest > 0);
    size_t i = 0;
    for (const struct json *item = json_first(list); item; item = json_next(item), i++) {
        assert_true(isfinite(actual[i]));
        worst = fmax(worst, fabs(actual[i] - json_number(item)) / largest);
    }
    return worst;
}

static double logits_deviation(const struct golden *g, const char *name)
{
    double logits[BATCH * CLASSES];
    for (int i = 0; i < BATCH * CLASSES; i++)
        logits[i] = (double)network_output(g->network)[i];
    return deviation(g, name, logits, BATCH * CLASSES);
}

/* The norm of a gradient, and its projection on the direction that the script takes too. */
static void measure_gradient(const struct golden *g, size_t k, uint64_t stream, double *norm,
                             double *projection)
{
    int64_t count = shape_count(&network_param(g->network, k)->shape);
    float *plain = malloc((size_t)count * sizeof *plain);
    assert_non_null(plain);
    assert_int_equal(network_read_gradient(g->network, k, plain), ST_OK);
    double squares = 0, along = 0;
    for (int64_t i = 0; i < count; i++) {
        squares += (double)plain[i] * (double)plain[i];
        along += (double)plain[i] * uniform(stream, (uint64_t)i);
    }
    *norm = sqrt(squares);
    *projection = along;
    free(plain);
}

/* Every gradient against its own norm: those of the first layers are small. */
static void assert_gradients(const struct golden *g)
{
    const struct json *norms = json_member(g->expected, "gradient_norms");
    const struct json *projections = json_member(g->expected, "gradient_projections");
    const struct json *norm = json_first(norms), *projection = json_first(projections);
    uint64_t stream = 3000;
    for (size_t k = 0; k < network_count(g->network); k++) {
        double actual_norm, actual_projection;
        if (!network_param(g->network, k)->trained)
            continue;
        measure_gradient(g, k, stream++, &actual_norm, &actual_projection);
        double expected = json_number(norm);
        assert_true(expected > 0);
        assert_near(actual_projection, json_number(projection), GRADIENT_TOLERANCE * expected);
        norm = json_next(norm);
        projection = json_next(projection);
    }
    assert_null(norm);
    assert_null(projection);
}

static double train_step(struct golden *g, uint64_t step)
{
    struct error err;
    load_batch(g, step);
    assert_ok(network_forward(g->network, true, &err), err);
    struct loss loss =
        loss_cross_entropy(network_output(g->network), g->labels, BATCH, CLASSES,
                           g->settings.label_smoothing, network_output_gradient(g->network));
    assert_ok(network_backward(g->network, &err), err);
    if (step == 0) {
        assert_near(logits_deviation(g, "logits"), 0, LOGITS_TOLERANCE);
        assert_gradients(g);
    }
    optimizer_step(g->optimizer, network_params(g->network), network_gradients(g->network),
                   g->settings.learning_rate);
    return loss.sum / BATCH;
}

/* How far ten steps lead away from PyTorch's losses. */
static double train_ten_steps(struct golden *g)
{
    double losses[STEPS];
    for (uint64_t step = 0; step < STEPS; step++)
        losses[step] = train_step(g, step);
    return deviation(g, "losses", losses, STEPS);
}

static void check_case(const struct json *expected)
{
    struct golden g;
    struct error err;
    golden_open(&g, expected);
    assert_near(train_ten_steps(&g), 0, LOSSES_TOLERANCE);
    load_batch(&g, STEPS);
    assert_ok(network_forward(g.network, false, &err), err);
    assert_near(logits_deviation(&g, "inference_logits"), 0, INFERENCE_TOLERANCE);
    golden_close(&g);
}

/* A hundredth of the learning rate is more than the losses may differ by. */
static void check_that_it_can_fail(const struct json *expected)
{
    struct golden g;
    golden_open(&g, expected);
    g.settings.learning_rate *= 1.01;
    assert_true(train_ten_steps(&g) > LOSSES_TOLERANCE);
    golden_close(&g);
}

static void for_each_case(void (*check)(const struct json *expected))
{
    struct json *file;
    struct error err;
    assert_ok(json_parse_file(&file, TESTS_DIR "/golden/pytorch_golden.json", &err), err);
    const struct json *cases = json_member(file, "cases");
    assert_int_equal(json_count(cases), 3);
    for (const struct json *item = json_first(cases); item; item = json_next(item))
        check(item);
    json_free(file);
}

static void training_follows_pytorch(void **state)
{
    (void)state;
    for_each_case(check_case);
}

static void another_learning_rate_is_seen(void **state)
{
    (void)state;
    for_each_case(check_that_it_can_fail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_follows_pytorch),
        cmocka_unit_test(another_learning_rate_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
