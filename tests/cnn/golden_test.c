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

/* Within `tolerance` of the list's largest number. */
static void assert_list(const struct golden *g, const char *name, const double *actual,
                        size_t n, double tolerance)
{
    const struct json *list = json_member(g->expected, name);
    assert_int_equal(json_count(list), n);
    double largest = 0;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        largest = fmax(largest, fabs(json_number(item)));
    assert_true(largest > 0);
    size_t i = 0;
    for (const struct json *item = json_first(list); item; item = json_next(item), i++)
        assert_near(actual[i], json_number(item), tolerance * largest);
}

static void assert_logits(const struct golden *g, const char *name, double tolerance)
{
    double logits[BATCH * CLASSES];
    for (int i = 0; i < BATCH * CLASSES; i++)
        logits[i] = (double)network_output(g->network)[i];
    assert_list(g, name, logits, BATCH * CLASSES, tolerance);
}

static void assert_gradients(const struct golden *g)
{
    double norms[64], heads[128];
    size_t n = 0;
    for (size_t k = 0; k < network_count(g->network); k++) {
        const struct param_spec *spec = network_param(g->network, k);
        if (!spec->trained)
            continue;
        int64_t count = shape_count(&spec->shape);
        float *plain = malloc((size_t)count * sizeof *plain);
        assert_non_null(plain);
        assert_int_equal(network_read_gradient(g->network, k, plain), ST_OK);
        double squares = 0;
        for (int64_t i = 0; i < count; i++)
            squares += (double)plain[i] * (double)plain[i];
        assert_true(n < 64 && count >= 2);
        heads[2 * n] = (double)plain[0];
        heads[2 * n + 1] = (double)plain[1];
        norms[n++] = sqrt(squares);
        free(plain);
    }
    assert_list(g, "gradient_norms", norms, n, 1e-5);
    assert_list(g, "gradient_heads", heads, 2 * n, 1e-5);
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
        assert_logits(g, "logits", 1e-5);
        assert_gradients(g);
    }
    optimizer_step(g->optimizer, network_params(g->network), network_gradients(g->network),
                   g->settings.learning_rate);
    return loss.sum / BATCH;
}

static void check_case(const struct json *expected)
{
    struct golden g;
    struct error err;
    double losses[STEPS];
    golden_open(&g, expected);
    for (uint64_t step = 0; step < STEPS; step++)
        losses[step] = train_step(&g, step);
    assert_list(&g, "losses", losses, STEPS, 1e-4);
    load_batch(&g, STEPS);
    assert_ok(network_forward(g.network, false, &err), err);
    assert_logits(&g, "inference_logits", 1e-3);
    golden_close(&g);
}

static void training_follows_pytorch(void **state)
{
    (void)state;
    struct json *file;
    struct error err;
    assert_ok(json_parse_file(&file, TESTS_DIR "/golden/pytorch_golden.json", &err), err);
    const struct json *cases = json_member(file, "cases");
    assert_int_equal(json_count(cases), 2);
    for (const struct json *item = json_first(cases); item; item = json_next(item))
        check_case(item);
    json_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_follows_pytorch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
