#include "cnn/train.h"

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

static struct checkpoint state_of(const struct run *run, struct train_result *result)
{
    return (struct checkpoint){run->settings, &run->data, run->network, run->optimizer, result};
}

/* A training that cannot be written down goes on, and says so once. */
static void write_down(struct run *run, const char *folder, enum checkpoint_place place,
                       struct train_result *result)
{
    struct error err;
    struct checkpoint state = state_of(run, result);
    bool failed = checkpoint_write(folder, place, &state, &err) != ST_OK;
    if (failed && !run->warned)
        run_warn(run, &err);
    run->warned = result->unkept = failed;
}

/* The latest after every so many epochs and when the run ends, and the best. */
static void keep_checkpoints(struct run *run, const struct train_checkpoints *places,
                             struct train_result *result)
{
    int64_t every = run->settings->checkpoint_every, epoch = result->last.epoch;
    bool due = result->end || (every > 0 && epoch % every == 0);
    bool best = places->keep_best && result->last.best;
    if (!places->save)
        return;
    if (best)
        write_down(run, places->save, CHECKPOINT_AS_BEST, result);
    if (best && due && !run->warned && checkpoint_best_is_latest(places->save))
        return;
    if (due)
        write_down(run, places->save, CHECKPOINT_AS_LATEST, result);
}

static bool is_best(const struct train_result *result, const struct train_report *report)
{
    double ahead = report->val_accuracy - result->best_val_accuracy;
    return result->best_epoch == 0 || ahead > 0 ||
           (ahead == 0 && report->val_loss < result->best_val_loss);
}

static void take_epoch(const struct run *run, struct train_result *result,
                       struct train_report *report)
{
    report->best = is_best(result, report);
    result->last = *report;
    result->under_way = (struct train_under_way){0};
    if (report->best) {
        result->best_val_accuracy = report->val_accuracy;
        result->best_val_loss = report->val_loss;
        result->best_epoch = report->epoch;
    }
    double lower = result->lowest_val_loss - run->settings->patience_delta;
    if (result->lowest_epoch == 0 || report->val_loss < lower) {
        result->lowest_val_loss = report->val_loss;
        result->lowest_epoch = report->epoch;
    }
}

/* Does the run end after its last epoch? stopped: it was asked to. */
static enum train_end end_after(const struct run *run, const struct train_result *result,
                                bool stopped)
{
    int64_t patience = run->settings->patience;
    if (result->last.epoch >= run->settings->epochs)
        return TRAIN_ALL_EPOCHS;
    if (patience > 0 && result->last.epoch - result->lowest_epoch >= patience)
        return TRAIN_PATIENCE;
    return stopped ? TRAIN_STOPPED : TRAIN_NOT_ENDED;
}

static enum status train_epochs(struct run *run, const struct train_checkpoints *places,
                                struct train_result *result, struct error *err)
{
    while (!result->end) {
        struct train_report report = {.epoch = result->last.epoch + 1};
        enum status status = run_epoch(run, &result->under_way, &report, err);
        if (status == ST_INTERRUPTED && places->save)
            write_down(run, places->save, CHECKPOINT_AS_LATEST, result);
        if (status)
            return status;
        take_epoch(run, result, &report);
        result->end = end_after(run, result, !tell_epoch(run, &report));
        keep_checkpoints(run, places, result);
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
    if (status || result->last.epoch == 0)
        return status;
    result->last.learning_rate =
        run_rate(run, result->last.epoch, batches_count(run->data.train) - 1);
    result->last.best = result->best_epoch == result->last.epoch;
    result->end = end_after(run, result, false);
    if (!start->continues || result->end)
        result->end = end_after(run, result, !tell_epoch(run, &result->last));
    return ST_OK;
}

static enum status test(struct run *run, struct train_result *result, struct error *err)
{
    double loss;
    struct train_step step = {.phase = "test", .epoch = result->last.epoch};
    result->test_accuracy = NAN;
    return run->data.test
               ? run_evaluate(run, run->data.test, &step, &loss, &result->test_accuracy, err)
               : ST_OK;
}

static enum status train(struct run *run, const struct train_start *start,
                         const struct train_checkpoints *places, struct train_result *result,
                         struct error *err)
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
        status = train_epochs(run, places, result, err);
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
        status = train(&run, &start, checkpoints, result, err);
    run_close(&run);
    return status;
}
