/* A training step allocates nothing, and an allocation that fails while a network is built is
 * an error, whichever it is (the sanitizers watch for leaks). */
#include "cnn/loss.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "tests/check.h"
#include "tests/cnn/any_model.h"
#include "tests/cnn/need_bf16.h"
#include "tests/failing_memory.h"

#include <limits.h>
#include <string.h>

#define CLASSES 10
#define BATCH 4

/* What a run holds. */
struct run {
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
};

static void run_free(struct run *run)
{
    optimizer_free(run->optimizer);
    network_free(run->network);
    graph_free(&run->graph);
}

static enum status run_create(struct run *run, int model, enum precision precision,
                              struct error *err)
{
    struct model_input input = {3, 16, 16, CLASSES};
    struct train_settings settings;
    settings_init(&settings);
    choose_model(&settings, model);
    settings.dropout = 0.5;
    settings.depth = 1;
    settings.width = 8;
    *run = (struct run){0};
    enum status status = model_build(&run->graph, &settings, &input, err);
    if (status == ST_OK)
        status = network_create(
            &run->network, &run->graph,
            &(struct network_options){
                .batch = BATCH, .input_gradient = true, .seed = 1, .precision = precision},
            err);
    if (status == ST_OK &&
        optimizer_create(&run->optimizer, &settings, network_size(run->network)))
        status = error_set(err, ST_NOMEM, "out of memory for the optimizer");
    return status;
}

static void step(struct run *run)
{
    static const int32_t labels[BATCH] = {1, 2, 3, 4};
    struct error err;
    assert_ok(network_forward(run->network, true, &err), err);
    loss_cross_entropy(network_output(run->network), labels, BATCH, CLASSES, 0,
                       network_output_gradient(run->network));
    assert_ok(network_backward(run->network, &err), err);
    optimizer_step(run->optimizer, network_params(run->network),
                   network_gradients(run->network), 0.01);
    assert_ok(network_forward(run->network, false, &err), err);
}

static void a_step_allocates_nothing(enum precision precision)
{
    for (int model = 0; model_names[model]; model++) {
        struct run run;
        struct error err;
        memory_countdown = LONG_MAX; /* counts, and lets none fail */
        assert_ok(run_create(&run, model, precision, &err), err);
        long before = memory_countdown;
        assert_true(before < LONG_MAX - 100);
        for (int i = 0; i < 3; i++)
            step(&run);
        assert_int_equal(memory_countdown, before);
        memory_countdown = -1;
        run_free(&run);
    }
}

static void every_failing_allocation_is_told(enum precision precision)
{
    for (int model = 0; model < 3; model += 2) { /* between them they have every layer type */
        enum status status = ST_NOMEM;
        long n = 0;
        for (; status != ST_OK; n++) {
            struct run run;
            struct error err = {0};
            memory_countdown = n;
            status = run_create(&run, model, precision, &err);
            memory_countdown = -1;
            run_free(&run);
            if (status == ST_OK)
                break;
            assert_int_equal(status, ST_NOMEM);
            assert_non_null(strstr(err.what, "memory"));
        }
        assert_true(n > 100);
    }
}

static void in_fp32(void **state)
{
    (void)state;
    a_step_allocates_nothing(PRECISION_FP32);
    every_failing_allocation_is_told(PRECISION_FP32);
}

static void in_bf16(void **state)
{
    (void)state;
    need_bf16();
    a_step_allocates_nothing(PRECISION_BF16);
    every_failing_allocation_is_told(PRECISION_BF16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_fp32),
        cmocka_unit_test(in_bf16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
