#include "cnn/train.h"

#include "base/clock.h"
#include "base/rng.h"
#include "cnn/loss.h"
#include "cnn/memory.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "cnn/schedule.h"
#include "cnn/train_data.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

struct run {
    const struct train_settings *settings;
    const struct train_events *events;
    struct train_data data;
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    int32_t *labels; /* [batch_size] */
    size_t classes;
};

static void tell_phase(const struct run *run, const char *phase)
{
    if (run->events && run->events->on_phase)
        run->events->on_phase(run->events->context, phase);
}

static bool tell_epoch(const struct run *run, const struct train_report *report)
{
    if (!run->events || !run->events->on_epoch)
        return true;
    return run->events->on_epoch(run->events->context, report);
}

static enum status not_finite(const struct run *run, int epoch, size_t step, double loss,
                              struct error *err)
{
    error_set(err, ST_NUMERIC, "epoch %d, step %zu: the loss is %g", epoch, step + 1, loss);
    error_remedy(err, "lower learning_rate (%g), or add warmup_epochs",
                 run->settings->learning_rate);
    return ST_NUMERIC;
}

/* Forward, loss, backward and update with the batch that lies in the network. */
static enum status train_step(struct run *run, int epoch, size_t step, size_t n,
                              struct loss *loss, struct error *err)
{
    enum status status = network_forward(run->network, true, err);
    if (status)
        return status;
    *loss = loss_cross_entropy(network_output(run->network), run->labels, n, run->classes,
                               run->settings->label_smoothing,
                               network_output_gradient(run->network));
    if (!isfinite(loss->sum))
        return not_finite(run, epoch, step, loss->sum / (double)n, err);
    if ((status = network_backward(run->network, err)))
        return status;
    size_t steps = batches_count(run->data.train);
    int64_t done = (int64_t)(epoch - 1) * (int64_t)steps + (int64_t)step;
    optimizer_step(run->optimizer, network_params(run->network),
                   network_gradients(run->network),
                   schedule_rate(run->settings, done, (int64_t)steps));
    return ST_OK;
}

static enum status train_epoch(struct run *run, int epoch, struct train_report *report,
                               struct error *err)
{
    struct loss total = {0, 0};
    size_t images = 0, n;
    double start = clock_monotonic_s();
    batches_start(run->data.train, (uint64_t)epoch);
    for (size_t step = 0;
         (n = batches_next(run->data.train, network_images(run->network), run->labels));
         step++) {
        struct loss loss;
        enum status status = train_step(run, epoch, step, n, &loss, err);
        if (status)
            return status;
        total.sum += loss.sum;
        total.correct += loss.correct;
        images += n;
    }
    report->train_loss = total.sum / (double)images;
    report->train_accuracy = (double)total.correct / (double)images;
    report->images_per_s = (double)images / (clock_monotonic_s() - start);
    return ST_OK;
}

/* The mean loss and the accuracy on images that are not trained on. What a last batch that is
 * not full leaves in the network's other places does not matter: images are independent of one
 * another in this pass. */
static enum status evaluate(struct run *run, struct batches *batches, double *mean_loss,
                            double *accuracy, struct error *err)
{
    struct loss total = {0, 0};
    size_t images = 0, n;
    batches_start(batches, 0);
    while ((n = batches_next(batches, network_images(run->network), run->labels))) {
        enum status status = network_forward(run->network, false, err);
        if (status)
            return status;
        struct loss loss = loss_cross_entropy(network_output(run->network), run->labels, n,
                                              run->classes, 0, NULL);
        total.sum += loss.sum;
        total.correct += loss.correct;
        images += n;
    }
    *mean_loss = total.sum / (double)images;
    *accuracy = (double)total.correct / (double)images;
    return ST_OK;
}

static enum status validate(struct run *run, struct train_report *report, struct error *err)
{
    tell_phase(run, "validate");
    enum status status =
        evaluate(run, run->data.val, &report->val_loss, &report->val_accuracy, err);
    if (status == ST_OK && !isfinite(report->val_loss))
        return error_set(err, ST_NUMERIC, "epoch %d: the validation loss is %g", report->epoch,
                         report->val_loss);
    return status;
}

static enum status train_epochs(struct run *run, struct train_result *result, struct error *err)
{
    for (int epoch = 1; epoch <= run->settings->epochs && !result->stopped_early; epoch++) {
        struct train_report *report = &result->last;
        report->epoch = epoch;
        tell_phase(run, "train");
        enum status status = train_epoch(run, epoch, report, err);
        if (status == ST_OK)
            status = validate(run, report, err);
        if (status)
            return status;
        result->best_val_accuracy = fmax(result->best_val_accuracy, report->val_accuracy);
        result->stopped_early = !tell_epoch(run, report) && epoch < run->settings->epochs;
    }
    return ST_OK;
}

static enum status fits(uint64_t bytes, const char *what, struct error *err)
{
    enum status status = memory_check(bytes, what, err);
    if (status)
        error_remedy(err, "lower batch_size or width");
    return status;
}

/* A weight, its gradient and what an optimizer remembers of it take four floats at most. Steps
 * need memory of their own, which the network plans but does not touch. */
static enum status create_network(struct run *run, struct error *err)
{
    uint64_t weights = 4 * sizeof(float) * (uint64_t)graph_count_params(&run->graph);
    enum status status = fits(weights, "the weights of the network", err);
    if (status)
        return status;
    status = network_create(&run->network, &run->graph, run->settings->batch_size, false,
                            rng_derive((uint64_t)run->settings->seed, "network", 0, 0), err);
    if (status)
        return status;
    if (optimizer_create(&run->optimizer, run->settings, network_size(run->network)))
        return error_set(err, ST_NOMEM, "out of memory for the optimizer");
    return fits(weights / 2 + network_memory(run->network), "a training step", err);
}

static enum status load(struct run *run, struct error *err)
{
    tell_phase(run, "load");
    enum status status = train_data_open(&run->data, run->settings, err);
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

static enum status test(struct run *run, struct train_result *result, struct error *err)
{
    result->test_accuracy = NAN;
    if (!run->data.test)
        return ST_OK;
    tell_phase(run, "test");
    double loss;
    return evaluate(run, run->data.test, &loss, &result->test_accuracy, err);
}

static void run_free(struct run *run)
{
    free(run->labels);
    optimizer_free(run->optimizer);
    network_free(run->network);
    graph_free(&run->graph);
    train_data_close(&run->data);
}

enum status train_run(const struct train_settings *settings, const struct train_events *events,
                      struct train_result *result, struct error *err)
{
    struct run run = {.settings = settings, .events = events};
    memset(result, 0, sizeof *result);
    omp_set_num_threads((int)settings->threads);
    enum status status = load(&run, err);
    if (status == ST_OK) {
        result->params = graph_count_params(&run.graph);
        result->forward_flops = graph_count_flops(&run.graph);
        status = train_epochs(&run, result, err);
    }
    if (status == ST_OK)
        status = test(&run, result, err);
    run_free(&run);
    return status;
}

/* Steps until the budget or the epoch is spent; the first warms up. Answers seconds a step. */
static enum status try_steps(struct run *run, double budget_s, double *steps_s, double *step_s,
                             struct error *err)
{
    double start = 0;
    size_t steps = 0, n;
    batches_start(run->data.train, 1);
    do {
        n = batches_next(run->data.train, network_images(run->network), run->labels);
        if (n == 0) {
            batches_start(run->data.train, 1);
            continue;
        }
        struct loss loss;
        enum status status = train_step(run, 1, 0, n, &loss, err);
        if (status)
            return status;
        if (steps++ == 0)
            start = clock_monotonic_s();
        *steps_s = clock_monotonic_s() - start;
    } while (steps < 2 || *steps_s < budget_s);
    *step_s = *steps_s / (double)(steps - 1);
    return ST_OK;
}

/* A forward pass is about a third of a training step. */
static double predict_steps(const struct run *run, double step_s)
{
    double train = (double)batches_count(run->data.train);
    double val = (double)batches_count(run->data.val) / 3;
    double test = run->data.test ? (double)batches_count(run->data.test) / 3 : 0;
    return ((double)run->settings->epochs * (train + val) + test) * step_s;
}

enum status train_probe(const struct train_settings *settings, double budget_s,
                        struct train_probe *probe, struct error *err)
{
    struct run run = {.settings = settings};
    double step_s, start_s = clock_monotonic_s();
    omp_set_num_threads((int)settings->threads);
    enum status status = load(&run, err);
    probe->load_s = clock_monotonic_s() - start_s;
    if (status == ST_OK)
        status = try_steps(&run, budget_s, &probe->steps_s, &step_s, err);
    if (status == ST_OK) {
        probe->run_s = probe->load_s + predict_steps(&run, step_s);
        probe->params = graph_count_params(&run.graph);
        probe->forward_flops = graph_count_flops(&run.graph);
    }
    run_free(&run);
    return status;
}
