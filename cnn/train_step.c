#include "cnn/train_state.h"

#include "cnn/finite.h"
#include "cnn/schedule.h"

#include <math.h>

static enum status diverged(const struct run *run, int epoch, size_t step, const char *what,
                            struct error *err)
{
    error_set(err, ST_NUMERIC, "epoch %d, step %zu: %s", epoch, step + 1, what);
    error_remedy(err, "lower learning_rate (%g), or add warmup_epochs",
                 run->settings->learning_rate);
    return ST_NUMERIC;
}

double run_rate(const struct run *run, int epoch, size_t step)
{
    int64_t steps = (int64_t)batches_count(run->data.train);
    return schedule_rate(run->settings, (int64_t)(epoch - 1) * steps + (int64_t)step, steps);
}

/* Forward, loss, backward and update with the batch that lies in the network. */
enum status run_step(struct run *run, int epoch, size_t step, size_t n, struct loss *loss,
                     struct error *err)
{
    enum status status = network_forward(run->network, true, err);
    if (status)
        return status;
    *loss = loss_cross_entropy(network_output(run->network), run->labels, n, run->classes,
                               run->settings->label_smoothing,
                               network_output_gradient(run->network));
    if (!isfinite(loss->sum))
        return diverged(run, epoch, step, "the loss is not finite", err);
    if ((status = network_backward(run->network, err)))
        return status;
    /* A ReLU makes zeros of what is not a number, so that the loss may never show it. */
    if (!floats_finite(network_gradients(run->network), network_size(run->network)))
        return diverged(run, epoch, step, "a gradient is not finite", err);
    optimizer_step(run->optimizer, network_params(run->network),
                   network_gradients(run->network), run_rate(run, epoch, step));
    return ST_OK;
}
