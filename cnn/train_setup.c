#include "cnn/train_state.h"

#include "base/rng.h"
#include "cnn/memory.h"
#include "cnn/model_summary.h"
#include "cnn/processors.h"

#include <omp.h>
#include <stdlib.h>

void run_tell_phase(const struct run *run, const char *phase)
{
    if (run->events && run->events->on_phase)
        run->events->on_phase(run->events->context, phase);
}

void run_warn(const struct run *run, const struct error *warning)
{
    if (run->events && run->events->on_warning)
        run->events->on_warning(run->events->context, warning);
}

/* More than a step asks the system for when all is planned. Bytes. */
#define STEP_BYTES ((size_t)4 << 20)

static enum status too_large(enum status status, struct error *err)
{
    if (status == ST_NOMEM)
        error_remedy(err, "lower batch_size or width");
    return status;
}

/* Is there memory for the network that was planned, which Linux has promised at most? */
static enum status step_fits(uint64_t bytes, struct error *err)
{
    if (!memory_has_room(STEP_BYTES))
        return error_set(err, ST_NOMEM, "out of memory for a training step");
    return memory_check(bytes, "a training step", err);
}

/* The variance of one value is nothing: batch normalisation would put out its shift, whatever
 * comes in, and no gradient would go through. */
static enum status check_batch_norms(const struct run *run, struct error *err)
{
    const struct graph *graph = &run->graph;
    for (size_t i = 0; i < graph->n_layers && run->settings->batch_size == 1; i++) {
        const struct shape *shape = &graph->shapes[i + 1];
        if (graph->layers[i].type != &layer_batch_norm || shape->dims[2] * shape->dims[3] > 1)
            continue;
        error_set(err, ST_INVALID,
                  "layer %zu (batch_norm) cannot train on one image of 1 x 1: a channel needs "
                  "more than one value for its variance",
                  i);
        error_remedy(err, "raise batch_size, or train on larger images");
        return ST_INVALID;
    }
    return ST_OK;
}

/* A weight, its gradient and what an optimizer remembers of it take four floats at most. Steps
 * need memory of their own, which the network plans but does not touch. */
static enum status create_network(struct run *run, struct error *err)
{
    uint64_t weights = 4 * sizeof(float) * (uint64_t)model_summary_total(&run->graph).params;
    enum status status = check_batch_norms(run, err);
    if (status == ST_OK)
        status = memory_check(weights, "the weights of the network", err);
    if (status)
        return too_large(status, err);
    struct network_options options = {
        .batch = run->settings->batch_size,
        .seed = rng_derive((uint64_t)run->settings->seed, "network", 0, 0),
        .precision = (enum precision)run->settings->precision};
    status = network_create(&run->network, &run->graph, &options, err);
    if (status == ST_OK &&
        optimizer_create(&run->optimizer, run->settings, network_size(run->network)))
        status = error_set(err, ST_NOMEM, "out of memory for the optimizer");
    if (status == ST_OK)
        status = step_fits(weights / 2 + network_memory(run->network), err);
    return too_large(status, err);
}

static void set_threads(struct run *run)
{
    struct error warning;
    int threads = processors_threads(run->settings->threads);
    if (processors_check(threads, &warning))
        run_warn(run, &warning);
    omp_set_num_threads(threads);
    run->prepares_ahead = processors_spare(threads);
}

enum status run_open(struct run *run, struct error *err)
{
    run_tell_phase(run, "load");
    set_threads(run);
    enum status status = precision_check((enum precision)run->settings->precision, err);
    if (status == ST_OK)
        status = train_data_open(&run->data, run->settings, err);
    if (status)
        return status;
    const struct dataset *dataset = run->data.dataset;
    struct model_input input = {(int64_t)dataset->shape.channels,
                                (int64_t)dataset->shape.height, (int64_t)dataset->shape.width,
                                (int64_t)dataset->n_classes};
    run->classes = dataset->n_classes;
    if ((status = model_build(&run->graph, run->settings, &input, err)))
        return status;
    run->labels = calloc((size_t)run->settings->batch_size, sizeof *run->labels);
    if (!run->labels)
        return error_set(err, ST_NOMEM, "out of memory for the labels of a batch");
    return create_network(run, err);
}

void run_close(struct run *run)
{
    free(run->labels);
    optimizer_free(run->optimizer);
    network_free(run->network);
    graph_free(&run->graph);
    train_data_close(&run->data);
}
