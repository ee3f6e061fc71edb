#include "base/clock.h"
#include "base/rng.h"
#include "cnn/loss.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "tests/bench/cnn/model_graph.h"
#include "tests/bench/cnn/workload.h"
#include "tests/failing_memory.h"

#include <limits.h>
#include <stdlib.h>

/* A training step as the trainer's: forward, loss, backward, SGD with momentum and decay. The
 * batch stays the same, so no time goes into data. */
struct trainer {
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    int32_t *labels;
    size_t batch;
};

static void trainer_free(void *object)
{
    struct trainer *trainer = object;
    if (!trainer)
        return;
    optimizer_free(trainer->optimizer);
    network_free(trainer->network);
    graph_free(&trainer->graph);
    free(trainer->labels);
    free(trainer);
}

static void draw_batch(struct trainer *trainer, const struct workload_setup *setup)
{
    struct rng rng;
    rng_seed(&rng, 1);
    size_t pixels = (size_t)(setup->channels * setup->side * setup->side) * trainer->batch;
    for (size_t i = 0; i < pixels; i++)
        network_images(trainer->network)[i] = (float)rng_normal(&rng);
    for (size_t i = 0; i < trainer->batch; i++)
        trainer->labels[i] = (int32_t)rng_below(&rng, MODEL_GRAPH_CLASSES);
}

static enum status build(struct trainer *trainer, const struct workload_setup *setup,
                         struct error *err)
{
    struct train_settings settings;
    enum status status = model_graph_build(&trainer->graph, &settings, setup, err);
    if (status)
        return status;
    struct network_options options = {
        .batch = setup->batch, .seed = 1, .precision = setup->precision};
    if ((status = network_create(&trainer->network, &trainer->graph, &options, err)))
        return status;
    trainer->batch = (size_t)setup->batch;
    trainer->labels = calloc(trainer->batch, sizeof *trainer->labels);
    if (!trainer->labels ||
        optimizer_create(&trainer->optimizer, &settings, network_size(trainer->network)))
        return error_set(err, ST_NOMEM, "out of memory");
    draw_batch(trainer, setup);
    return ST_OK;
}

static enum status trainer_open(void **out, const struct workload_setup *setup,
                                struct error *err)
{
    struct trainer *trainer = *out = calloc(1, sizeof *trainer);
    if (!trainer)
        return error_set(err, ST_NOMEM, "out of memory");
    enum status status = build(trainer, setup, err);
    if (status) {
        trainer_free(trainer);
        *out = NULL;
    }
    return status;
}

static enum status step(struct trainer *trainer, struct error *err)
{
    struct network *network = trainer->network;
    enum status status = network_forward(network, true, err);
    if (status)
        return status;
    loss_cross_entropy(network_output(network), trainer->labels, trainer->batch,
                       MODEL_GRAPH_CLASSES, 0, network_output_gradient(network));
    if ((status = network_backward(network, err)))
        return status;
    optimizer_step(trainer->optimizer, network_params(network), network_gradients(network),
                   0.01);
    return ST_OK;
}

static enum status trainer_run(void *object, double cpu_s, struct workload_time *time,
                               struct error *err)
{
    struct trainer *trainer = object;
    double cpu_start_s = clock_process_cpu_s(), wall_start_s = clock_monotonic_s();
    long steps = 0;
    memory_countdown = LONG_MAX; /* counts, and lets none fail */
    do {
        enum status status = step(trainer, err);
        if (status)
            return status;
        steps++;
    } while (clock_process_cpu_s() - cpu_start_s < cpu_s);
    *time = (struct workload_time){
        (double)steps * (double)trainer->batch, clock_process_cpu_s() - cpu_start_s,
        clock_monotonic_s() - wall_start_s, LONG_MAX - memory_countdown};
    memory_countdown = -1;
    return ST_OK;
}

const struct workload_kind workload_trainer = {"step", trainer_open, trainer_run, trainer_free};
