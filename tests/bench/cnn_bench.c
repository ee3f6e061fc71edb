/* cnn_bench.c - training steps a second of a model on random images, on one thread:
 * cnn_bench MODEL CHANNELS SIDE BATCH SECONDS prints "images/s, ms from start to first step, MB
 * of the arena". */
#include "base/clock.h"
#include "base/rng.h"
#include "cnn/loss.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASSES 10

struct bench {
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    int32_t *labels;
    size_t batch;
};

static enum status bench_open(struct bench *b, const struct train_settings *settings,
                              const struct model_input *input, struct error *err)
{
    enum status status = model_build(&b->graph, settings, input, err);
    if (status)
        return status;
    b->batch = (size_t)settings->batch_size;
    status = network_create(&b->network, &b->graph,
                            &(struct network_options){.batch = settings->batch_size, .seed = 1},
                            err);
    b->labels = calloc(b->batch, sizeof *b->labels);
    if (status || !b->labels ||
        optimizer_create(&b->optimizer, settings, network_size(b->network)))
        return ST_FAILED;
    struct rng rng;
    rng_seed(&rng, 1);
    size_t pixels = (size_t)(input->channels * input->height * input->width) * b->batch;
    for (size_t i = 0; i < pixels; i++)
        network_images(b->network)[i] = (float)rng_normal(&rng);
    for (size_t i = 0; i < b->batch; i++)
        b->labels[i] = (int32_t)rng_below(&rng, CLASSES);
    return ST_OK;
}

static bool step(struct bench *b)
{
    if (network_forward(b->network, true, NULL))
        return false;
    loss_cross_entropy(network_output(b->network), b->labels, b->batch, CLASSES, 0,
                       network_output_gradient(b->network));
    if (network_backward(b->network, NULL))
        return false;
    optimizer_step(b->optimizer, network_params(b->network), network_gradients(b->network),
                   0.01);
    return true;
}

static int find_model(const char *name)
{
    for (int i = 0; model_names[i]; i++)
        if (strcmp(model_names[i], name) == 0)
            return i;
    return -1;
}

int main(int argc, char **argv)
{
    if (argc != 6 || find_model(argv[1]) < 0) {
        fprintf(stderr, "usage: cnn_bench MODEL CHANNELS SIDE BATCH SECONDS\n");
        return 2;
    }
    double start_s = clock_monotonic_s();
    struct train_settings settings;
    settings_init(&settings);
    settings.model = find_model(argv[1]);
    settings.batch_size = atol(argv[4]);
    long side = atol(argv[3]);
    struct model_input input = {atol(argv[2]), side, side, CLASSES};
    struct bench b = {0};
    struct error err = {0};
    omp_set_num_threads(1);
    if (bench_open(&b, &settings, &input, &err)) {
        fprintf(stderr, "%s\n", err.what);
        return 1;
    }
    double startup_s = clock_monotonic_s() - start_s;
    step(&b);
    long steps = 0;
    double begin_s = clock_process_cpu_s(), seconds = atof(argv[5]);
    while (clock_process_cpu_s() - begin_s < seconds && step(&b))
        steps++;
    printf("%.1f images/s, %.1f ms to the first step, %.1f MB\n",
           (double)steps * (double)b.batch / (clock_process_cpu_s() - begin_s), startup_s * 1e3,
           (double)network_memory(b.network) / 1e6);
    optimizer_free(b.optimizer);
    network_free(b.network);
    graph_free(&b.graph);
    free(b.labels);
    return 0;
}
