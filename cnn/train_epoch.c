#include "cnn/train_state.h"

#include "base/clock.h"
#include "cnn/batches_ahead.h"

#include <math.h>

/* Tell of the step that was done. Errors: ST_INTERRUPTED. */
static enum status tell_step(const struct run *run, struct train_step *step, double start_s,
                             double loss_sum, size_t images, struct error *err)
{
    if (!run->events || !run->events->on_step)
        return ST_OK;
    step->loss = loss_sum / (double)images;
    step->time_s = clock_monotonic_s() - start_s;
    if (run->events->on_step(run->events->context, step))
        return ST_OK;
    return error_set(err, ST_INTERRUPTED,
                     "interrupted in epoch %d, phase %s, after %zu of %zu %s", step->epoch,
                     step->phase, step->step, step->steps, step->steps == 1 ? "step" : "steps");
}

/* Batches are full, so the steps tell how many images there were. */
static size_t images_of(const struct run *run, const struct train_under_way *now)
{
    return now->steps * (size_t)run->settings->batch_size;
}

static enum status train_batches(struct run *run, struct batches_ahead *ahead,
                                 struct train_under_way *now, struct train_report *report,
                                 struct error *err)
{
    double start_s = clock_monotonic_s();
    struct train_step step = {
        .phase = "train", .epoch = report->epoch, .steps = batches_count(run->data.train)};
    size_t n;
    while ((n = batches_ahead_next(ahead, network_images(run->network), run->labels))) {
        struct loss loss;
        enum status status = run_step(run, report->epoch, now->steps, n, &loss, err);
        if (status)
            return status;
        now->loss_sum += loss.sum;
        now->correct += loss.correct;
        step.step = ++now->steps;
        step.images += n;
        if ((status = tell_step(run, &step, start_s, now->loss_sum, images_of(run, now), err)))
            return status;
    }
    report->images_per_s = (double)step.images / (clock_monotonic_s() - start_s);
    return ST_OK;
}

static enum status train_rest(struct run *run, struct train_under_way *now,
                              struct train_report *report, struct error *err)
{
    struct batches_ahead ahead;
    batches_start(run->data.train, (uint64_t)report->epoch, now->steps);
    batches_ahead_open(&ahead, run->data.train, run->prepares_ahead);
    enum status status = train_batches(run, &ahead, now, report, err);
    batches_ahead_close(&ahead);
    return status;
}

/* What a last batch that is not full leaves in the network's other places does not matter:
 * images are independent of one another in this pass. */
static enum status evaluate_batches(struct run *run, struct batches_ahead *ahead,
                                    const struct train_step *step, double *loss,
                                    double *accuracy, struct error *err)
{
    struct loss total = {0, 0};
    struct train_step told = *step;
    double start_s = clock_monotonic_s();
    size_t n;
    told.steps = batches_count(ahead->batches);
    run_tell_phase(run, step->phase);
    while ((n = batches_ahead_next(ahead, network_images(run->network), run->labels))) {
        enum status status = network_forward(run->network, false, err);
        if (status)
            return status;
        struct loss part = loss_cross_entropy(network_output(run->network), run->labels, n,
                                              run->classes, 0, NULL);
        total.sum += part.sum;
        total.correct += part.correct;
        told.step++;
        told.images += n;
        if ((status = tell_step(run, &told, start_s, total.sum, told.images, err)))
            return status;
    }
    *loss = total.sum / (double)told.images;
    *accuracy = (double)total.correct / (double)told.images;
    return ST_OK;
}

enum status run_evaluate(struct run *run, struct batches *batches,
                         const struct train_step *step, double *loss, double *accuracy,
                         struct error *err)
{
    struct batches_ahead ahead;
    batches_start(batches, 0, 0);
    batches_ahead_open(&ahead, batches, run->prepares_ahead);
    enum status status = evaluate_batches(run, &ahead, step, loss, accuracy, err);
    batches_ahead_close(&ahead);
    return status;
}

enum status run_epoch(struct run *run, struct train_under_way *now, struct train_report *report,
                      struct error *err)
{
    run_tell_phase(run, "train");
    enum status status = train_rest(run, now, report, err);
    if (status)
        return status;
    report->train_loss = now->loss_sum / (double)images_of(run, now);
    report->train_accuracy = (double)now->correct / (double)images_of(run, now);
    report->learning_rate = run_rate(run, report->epoch, now->steps - 1);
    struct train_step step = {.phase = "validate", .epoch = report->epoch};
    status =
        run_evaluate(run, run->data.val, &step, &report->val_loss, &report->val_accuracy, err);
    if (status == ST_OK && !isfinite(report->val_loss))
        return error_set(err, ST_NUMERIC, "epoch %d: the validation loss is %g", report->epoch,
                         report->val_loss);
    return status;
}
