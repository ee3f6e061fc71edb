#include "cnn/train_state.h"

#include "base/clock.h"
#include "cnn/model_summary.h"

/* Steps until the budget or the epoch is spent; the first warms up. Answers seconds a step. */
static enum status try_steps(struct run *run, double budget_s, double *steps_s, double *step_s,
                             struct error *err)
{
    double start = 0;
    size_t steps = 0, n;
    batches_start(run->data.train, 1, 0);
    do {
        n = batches_next(run->data.train, network_images(run->network), run->labels);
        if (n == 0) {
            batches_start(run->data.train, 1, 0);
            continue;
        }
        struct loss loss;
        enum status status = run_step(run, 1, 0, n, &loss, err);
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
    enum status status = run_open(&run, err);
    probe->load_s = clock_monotonic_s() - start_s;
    if (status == ST_OK)
        status = try_steps(&run, budget_s, &probe->steps_s, &step_s, err);
    if (status == ST_OK) {
        probe->run_s = probe->load_s + predict_steps(&run, step_s);
        struct model_summary sum = model_summary_total(&run.graph);
        probe->params = sum.params;
        probe->forward_flops = sum.flops;
    }
    run_close(&run);
    return status;
}
