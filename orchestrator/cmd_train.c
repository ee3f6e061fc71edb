/* wattune train: the built-in trainer, as a trial of a study and by hand. */
#include "base/log.h"
#include "cnn/settings.h"
#include "cnn/train.h"
#include "cnn/train_start.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/progress_mode.h"
#include "orchestrator/shell_word.h"
#include "orchestrator/signals.h"
#include "orchestrator/train_lines.h"
#include "orchestrator/train_options.h"
#include "orchestrator/train_places.h"
#include "orchestrator/train_view.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct train_command {
    const char *save, *resume;
    int progress; /* enum progress_mode */
    struct train_options settings;
};

static const struct cli_option options[] = {
    {.name = "save",
     .kind = CLI_TEXT,
     .placeholder = "DIR",
     .help = "keep checkpoints in this folder: the latest, the one before and the best",
     .offset = offsetof(struct train_command, save)},
    {.name = "resume",
     .kind = CLI_TEXT,
     .placeholder = "DIR",
     .help = "go on from the latest checkpoint there (or from this file), with its settings",
     .offset = offsetof(struct train_command, resume)},
    {.name = "progress",
     .kind = CLI_CHOICE,
     .placeholder = "FORM",
     .help = "auto (a line that is redrawn, or lines of JSON where standard output is no "
             "terminal), plain (a line an epoch), json or none",
     .offset = offsetof(struct train_command, progress),
     .choices = progress_mode_names},
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

static void on_warning(void *context, const struct error *warning)
{
    (void)context;
    log_warn("%s%s%s", warning->what, warning->remedy[0] ? "; " : "", warning->remedy);
}

/* In the result only numbers can tell. */
static void tell_end(const struct train_settings *settings, const struct train_result *result)
{
    if (result->end == TRAIN_PATIENCE)
        log_info("ended after epoch %d of %d: no lower validation loss since epoch %d "
                 "(patience %d)",
                 result->last.epoch, (int)settings->epochs, result->lowest_epoch,
                 (int)settings->patience);
}

static bool on_step(void *context, const struct train_step *step)
{
    (void)context, (void)step;
    return !signals_look();
}

/* A trial's lines, or those that another program reads. */
static enum status train_in_lines(const struct train_settings *settings,
                                  const struct train_checkpoints *checkpoints,
                                  struct train_result *result, struct error *err)
{
    struct trial_report report;
    enum status status = trial_report_open(&report, err);
    if (status)
        return status;
    struct train_events events = train_lines_events(&report);
    events.on_warning = on_warning;
    if (!getenv("WATTUNE_FD")) /* a trial is ended by its worker */
        events.on_step = on_step;
    if ((status = train_run(settings, checkpoints, &events, result, err)))
        return status;
    tell_end(settings, result);
    train_lines_result(&report, result);
    return trial_report_close(&report, err);
}

static enum status train_in_view(const struct train_settings *settings,
                                 const struct train_checkpoints *checkpoints,
                                 enum progress_mode mode, struct train_result *result,
                                 struct error *err)
{
    struct train_view view;
    train_view_open(&view, mode, settings);
    struct train_events events = train_view_events(&view);
    events.on_warning = on_warning;
    enum status status = train_run(settings, checkpoints, &events, result, err);
    if (status == ST_OK)
        status = train_view_result(&view, result,
                                   checkpoints->keep_best ? checkpoints->save : NULL, err);
    train_view_close(&view);
    return status;
}

/* Lines of JSON for a worker, for whoever asks for them, and where nobody is looking. */
static bool wants_lines(enum progress_mode mode)
{
    bool looked_at = mode == PROGRESS_AUTO && isatty(STDOUT_FILENO);
    return getenv("WATTUNE_FD") || mode == PROGRESS_JSON ||
           (mode == PROGRESS_AUTO && !looked_at);
}

static void tell_how_to_go_on(struct error *err, const char *folder)
{
    struct strbuf word = STRBUF_INIT;
    shell_word_append(&word, folder);
    error_remedy(err, "go on with it: wattune train --resume %.200s", strbuf_text(&word));
    strbuf_free(&word);
}

static enum exit_status ended(const struct cli_command *command, enum status status,
                              const struct train_checkpoints *checkpoints,
                              const struct train_result *result, struct error *err)
{
    if (status == ST_OK)
        return EXIT_DONE;
    if (status == ST_INTERRUPTED && result->unkept)
        error_remedy(err, "this step was not kept, for no checkpoint could be written");
    else if (status == ST_INTERRUPTED && checkpoints->save)
        tell_how_to_go_on(err, checkpoints->save);
    else if (status == ST_INTERRUPTED)
        error_remedy(err, "nothing was kept; with --save DIR it could go on");
    output_error(command, err);
    return status == ST_INTERRUPTED ? EXIT_INTERRUPTED : EXIT_FAILED;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct train_command chosen = {.progress = PROGRESS_AUTO};
    enum cli_outcome outcome = train_options_parse(
        command, argc, argv, &chosen, offsetof(struct train_command, settings), NULL);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct train_settings settings;
    struct train_places places;
    struct train_result result = {.unkept = false};
    struct error err = {0};
    if (read_settings(&settings, &chosen, &err) ||
        train_places_choose(&places, chosen.save, chosen.resume, &err)) {
        output_error(command, &err);
        return EXIT_USAGE;
    }
    enum progress_mode mode = (enum progress_mode)chosen.progress;
    signal(SIGXFSZ, SIG_IGN); /* a checkpoint beyond the limit is a warning, not a death */
    enum status status =
        wants_lines(mode) ? train_in_lines(&settings, &places.checkpoints, &result, &err)
                          : train_in_view(&settings, &places.checkpoints, mode, &result, &err);
    return ended(command, status, &places.checkpoints, &result, &err);
}

const struct cli_command cmd_train = {
    .name = "train",
    .arguments = "",
    .summary = "Train one network: progress while it goes on, then a curve and a summary.",
    .details =
        "Ctrl-C ends it after a step; with --save it can go on from there to the same end. "
        "Dashes may be typed for underscores, and the defaults are those of a study. "
        "This is also what a trial of kind cnn runs: a worker gives it settings by "
        "WATTUNE_PARAMS, WATTUNE_SEED and WATTUNE_THREADS and a folder for checkpoints by "
        "WATTUNE_CHECKPOINT_DIR, and hears of it on WATTUNE_FD.",
    .example = "  wattune train --epochs 10                    # on generated images\n"
               "  wattune train --model resnet20 --dataset_format cifar10 --dataset_path "
               "data/cifar-10 --augment_flip --augment_crop 4 --epochs 60 --patience 10 --test "
               "--save run1\n"
               "  wattune train --resume run1                  # after it was interrupted\n"
               "  wattune train --resume run1 --epochs 90      # or when it is finished\n"
               "  wattune predict run1 photo.jpg               # use it",
    .options = options,
    .run = run,
};
