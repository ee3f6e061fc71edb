#include "orchestrator/train_lines.h"

#include <math.h>

static void on_phase(void *context, const char *phase)
{
    trial_report_phase(context, phase);
}

static bool on_epoch(void *context, const struct train_report *report)
{
    struct json *object = trial_report_event("report");
    json_put_number(object, "epoch", report->epoch);
    json_put_number(object, "train_loss", report->train_loss);
    json_put_number(object, "train_accuracy", report->train_accuracy);
    json_put_number(object, "val_loss", report->val_loss);
    json_put_number(object, "val_accuracy", report->val_accuracy);
    json_put_number(object, "images_per_s", report->images_per_s);
    return trial_report_send(context, object);
}

void train_lines_result(struct trial_report *report, const struct train_result *result)
{
    struct json *object = trial_report_event("result");
    json_put_number(object, "val_accuracy", result->last.val_accuracy);
    json_put_number(object, "val_loss", result->last.val_loss);
    json_put_number(object, "train_loss", result->last.train_loss);
    json_put_number(object, "train_accuracy", result->last.train_accuracy);
    json_put_number(object, "best_val_accuracy", result->best_val_accuracy);
    json_put_number(object, "best_epoch", result->best_epoch);
    if (!isnan(result->test_accuracy))
        json_put_number(object, "test_accuracy", result->test_accuracy);
    json_put_number(object, "params", (double)result->params);
    json_put_number(object, "forward_flops", (double)result->forward_flops);
    json_put_number(object, "model_bytes", (double)result->model_bytes);
    trial_report_send(report, object);
}

struct train_events train_lines_events(struct trial_report *report)
{
    return (struct train_events){.context = report, .on_phase = on_phase, .on_epoch = on_epoch};
}
