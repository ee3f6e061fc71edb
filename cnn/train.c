#include "cnn/train.h"

#include "base/clock.h"
#include "cnn/checkpoint.h"
#include "cnn/model_summary.h"
#include "cnn/train_start.h"
#include "cnn/train_state.h"

#include <math.h>
#include <string.h>

static bool tell_epoch(const struct run *run, const struct train_report *report)
{
    if (!run->events || !run->events->on_epoch)
        return true;
    return run->events->on_epoch(run->events->context, report);
}

static enum status train_epoch(struct run *run, int epoch, struct train_report *report,
                               struct error *err)
{
    struct loss total = {0, 0};
    size_t images = 0, n;
    double start = clock_monotonic_s();
    batches_start(run->data.train, (uint64_t)epoch, 0);
    for (size_t step = 0;
         (n = batches_next(run->data.train, network_images(run->network), run->labels));
         step++) {
        struct loss loss;
        enum status status = run_step(run, epoch, step, n, &loss, err);
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
    batches_start(batches, 0, 0);
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
    run_tell_phase(run, "validate");
    enum status status =
        evaluate(run, run->data.val, &report->val_loss, &report->val_accuracy, err);
    if (status == ST_OK && !isfinite(report->val_loss))
        return error_set(err, ST_NUMERIC, "epoch %d: the validation loss is %g", report->epoch,
                         report->val_loss);
    return status;
}

static struct checkpoint state_of(const struct run *run, struct train_result *result)
{
    return (struct checkpoint){run->settings, &run->data, run->network, run->optimizer, result};
}

/* After every so many epochs, and when the run ends. */
static bool is_due(const struct run *run, const struct train_result *result)
{
    int64_t every = run->settings->checkpoint_every, epoch = result->last.epoch;
    return result->stopped_early || epoch == run->settings->epochs ||
           (every > 0 && epoch % every == 0);
}

/* A training that cannot be written down goes on, and says so once. */
static void keep_checkpoint(struct run *run, const char *folder, struct train_result *result)
{
    struct error err;
    struct checkpoint state = state_of(run, result);
    if (!folder || !is_due(run, result))
        return;
    bool failed = checkpoint_write(folder, &state, &err) != ST_OK;
    if (failed && !run->warned && run->events && run->events->on_warning)
        run->events->on_warning(run->events->context, &err);
    run->warned = failed;
}

static enum status train_epochs(struct run *run, const char *folder,
                                struct train_result *result, struct error *err)
{
    while (result->last.epoch < run->settings->epochs && !result->stopped_early) {
        struct train_report *report = &result->last;
        report->epoch++;
        run_tell_phase(run, "train");
        enum status status = train_epoch(run, report->epoch, report, err);
        if (status == ST_OK)
            status = validate(run, report, err);
        if (status)
            return status;
        result->best_val_accuracy = fmax(result->best_val_accuracy, report->val_accuracy);
        result->stopped_early =
            !tell_epoch(run, report) && report->epoch < run->settings->epochs;
        keep_checkpoint(run, folder, result);
    }
    return ST_OK;
}

/* Go to the state of the checkpoint. Whoever waits for the epochs may not have heard of the
 * last one, unless another run has told it and more are to come. */
static enum status begin(struct run *run, const struct train_start *start,
                         struct train_result *result, struct error *err)
{
    struct checkpoint state = state_of(run, result);
    if (!start->path[0])
        return ST_OK;
    enum status status = checkpoint_read(start->path, &state, err);
    bool more = result->last.epoch < run->settings->epochs;
    if (status == ST_OK && (!start->continues || !more))
        result->stopped_early = !tell_epoch(run, &result->last) && more;
    return status;
}

static enum status test(struct run *run, struct train_result *result, struct error *err)
{
    result->test_accuracy = NAN;
    if (!run->data.test)
        return ST_OK;
    run_tell_phase(run, "test");
    double loss;
    return evaluate(run, run->data.test, &loss, &result->test_accuracy, err);
}

static enum status train(struct run *run, const struct train_start *start, const char *folder,
                         struct train_result *result, struct error *err)
{
    enum status status = run_open(run, err);
    if (status)
        return status;
    struct model_summary sum = model_summary_total(&run->graph);
    result->params = sum.params;
    result->forward_flops = sum.flops;
    result->model_bytes = sum.bytes;
    status = begin(run, start, result, err);
    if (status == ST_OK)
        status = train_epochs(run, folder, result, err);
    return status ? status : test(run, result, err);
}

enum status train_run(const struct train_settings *settings,
                      const struct train_checkpoints *checkpoints,
                      const struct train_events *events, struct train_result *result,
                      struct error *err)
{
    static const struct train_checkpoints nowhere;
    struct train_settings own = *settings;
    struct train_start start;
    struct run run = {.settings = &own, .events = events};
    checkpoints = checkpoints ? checkpoints : &nowhere;
    memset(result, 0, sizeof *result);
    if (checkpoints->save)
        checkpoint_sweep(checkpoints->save);
    enum status status = train_start_choose(&start, &own, checkpoints, events, err);
    if (status == ST_OK)
        status = train(&run, &start, checkpoints->save, result, err);
    run_close(&run);
    return status;
}
