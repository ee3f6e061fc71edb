/* wattune train: the built-in trainer, as a trial of a study and by hand. */
#include "base/json.h"
#include "base/log.h"
#include "cnn/settings.h"
#include "cnn/train.h"
#include "cnn/train_start.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/train_options.h"
#include "orchestrator/train_places.h"
#include "orchestrator/trial_report.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct train_command {
    const char *save, *resume;
    struct train_options settings;
};

static const struct cli_option options[] = {
    {.name = "save",
     .kind = CLI_TEXT,
     .placeholder = "DIR",
     .help = "keep checkpoints in this folder: the latest and the one before",
     .offset = offsetof(struct train_command, save)},
    {.name = "resume",
     .kind = CLI_TEXT,
     .placeholder = "DIR",
     .help = "go on from the latest checkpoint there (or from this file), with its settings",
     .offset = offsetof(struct train_command, resume)},
    {0},
};

/* Those of the checkpoint that the run is to go on from. */
static enum status resumed_settings(struct train_settings *settings, const char *place,
                                    struct error *err)
{
    struct checkpoint_head head;
    struct error refused;
    char path[PATH_MAX];
    enum status status = train_start_find(path, &head, place, &refused, err);
    if (!status)
        *settings = head.settings;
    return status;
}

/* What the worker says: the trial's seed and threads, then what the study says itself (which
 * may be a seed of its own). */
static enum status read_environment(struct train_settings *settings, struct error *err)
{
    const char *params = getenv("WATTUNE_PARAMS");
    const char *seed = getenv("WATTUNE_SEED");
    const char *threads = getenv("WATTUNE_THREADS");
    enum status status = ST_OK;
    if (seed)
        status = train_options_set(settings, settings_find("seed"), seed, err);
    if (!status && threads)
        status = train_options_set(settings, settings_find("threads"), threads, err);
    if (!status && params)
        status = settings_read(settings, params, strlen(params), "WATTUNE_PARAMS", err);
    return status;
}

/* Defaults or those of a checkpoint, then the environment, then --params, then the single
 * options. */
static enum status read_settings(struct train_settings *settings,
                                 const struct train_command *chosen, struct error *err)
{
    enum status status = ST_OK;
    settings_init(settings);
    if (chosen->resume)
        status = resumed_settings(settings, chosen->resume, err);
    if (!status)
        status = read_environment(settings, err);
    return status ? status : train_options_apply(&chosen->settings, settings, err);
}

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

static void on_warning(void *context, const struct error *warning)
{
    (void)context;
    log_warn("%s%s%s", warning->what, warning->remedy[0] ? "; " : "", warning->remedy);
}

static void send_result(struct trial_report *report, const struct train_result *result)
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

static enum status train(const struct train_settings *settings,
                         const struct train_checkpoints *checkpoints, struct error *err)
{
    struct trial_report report;
    enum status status = trial_report_open(&report, err);
    if (status)
        return status;
    signal(SIGXFSZ, SIG_IGN); /* a checkpoint beyond the limit is a warning, not a death */
    struct train_events events = {.context = &report,
                                  .on_phase = on_phase,
                                  .on_epoch = on_epoch,
                                  .on_warning = on_warning};
    struct train_result result;
    if ((status = train_run(settings, checkpoints, &events, &result, err)))
        return status;
    send_result(&report, &result);
    return trial_report_close(&report, err);
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct train_command chosen = {0};
    enum cli_outcome outcome = train_options_parse(
        command, argc, argv, &chosen, offsetof(struct train_command, settings), NULL);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct train_settings settings;
    struct train_places places;
    struct error err = {0};
    if (read_settings(&settings, &chosen, &err) ||
        train_places_choose(&places, chosen.save, chosen.resume, &err)) {
        output_error(command, &err);
        return EXIT_USAGE;
    }
    return train(&settings, &places.checkpoints, &err) ? output_error(command, &err)
                                                       : EXIT_DONE;
}

const struct cli_command cmd_train = {
    .name = "train",
    .arguments = "",
    .summary = "Train one network and print what every epoch brings.",
    .details = "This is what a trial of kind cnn runs. Started by a worker it takes its "
               "settings from WATTUNE_PARAMS, "
               "WATTUNE_SEED and WATTUNE_THREADS, keeps checkpoints in WATTUNE_CHECKPOINT_DIR "
               "and reports on WATTUNE_FD; started by hand it prints the same lines.",
    .example = "  wattune train --model resnet8 --dataset_format cifar10 --dataset_path "
               "data/cifar-10 --epochs 20 --save resnet8\n"
               "  wattune train --resume resnet8        # after it was interrupted",
    .options = options,
    .run = run,
};
