/* wattune predict: a trained network on images, or on a part of a data set. */
#include "base/log.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/predict_run.h"
#include "orchestrator/predict_table.h"
#include "orchestrator/train_options.h"
#include "orchestrator/train_text.h"
#include "results/units.h"
#include "worker/meter_watch.h"

#include <math.h>
#include <stdlib.h>

/* A time too short for a meter that looks ten times a second. */
#define METERED_MIN_S 1.0

struct predict_options {
    struct output_options output;
    int part; /* -1: not given */
    const char *dataset_format, *dataset_path, *dataset_options;
    int64_t top, limit, batch, threads;
    bool each, confusion;
};

static const struct cli_option options[] = {
    {.name = "top",
     .kind = CLI_INTEGER,
     .placeholder = "K",
     .help = "how many classes to tell of an image (3)",
     .offset = offsetof(struct predict_options, top),
     .low = 1,
     .high = PREDICT_TOP_MAX},
    {.name = "batch",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "images at once (64)",
     .offset = offsetof(struct predict_options, batch),
     .low = 1,
     .high = 65536},
    {.name = "threads",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "processor threads; 0: as many as the process may use processors (0)",
     .offset = offsetof(struct predict_options, threads),
     .low = 0,
     .high = 1024},
    OUTPUT_OPTIONS(struct predict_options),
    {.name = "part",
     .section = "instead of images, a data set with labels",
     .kind = CLI_CHOICE,
     .placeholder = "NAME",
     .help = "train, val (what was held out by this training) or test",
     .offset = offsetof(struct predict_options, part),
     .choices = predict_part_names},
    {.name = "dataset_format",
     .kind = CLI_TEXT,
     .placeholder = "NAME",
     .help = "the kind of data set (what it was trained on); its path and options are then "
             "those given here",
     .offset = offsetof(struct predict_options, dataset_format)},
    {.name = "dataset_path",
     .kind = CLI_TEXT,
     .placeholder = "PATH",
     .help = "where it lies (where it lay then)",
     .offset = offsetof(struct predict_options, dataset_path)},
    {.name = "dataset_options",
     .kind = CLI_TEXT,
     .placeholder = "TEXT",
     .help = "its options, as name=value,name=value (those of the training)",
     .offset = offsetof(struct predict_options, dataset_options)},
    {.name = "limit",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "at most so many of its images; 0: all (0)",
     .offset = offsetof(struct predict_options, limit),
     .low = 0,
     .high = 1e9},
    {.name = "each",
     .kind = CLI_FLAG,
     .help = "a row an image, instead of one a class",
     .offset = offsetof(struct predict_options, each)},
    {.name = "confusion",
     .kind = CLI_FLAG,
     .help = "how often each class was taken for each, instead of a row a class",
     .offset = offsetof(struct predict_options, confusion)},
    {0},
};

/* The settings of the training, with the data set that was asked for. */
static enum status choose_data(struct train_settings *settings,
                               const struct predict_options *chosen, struct error *err)
{
    const struct {
        const char *name, *text;
    } given[] = {{"dataset_format", chosen->dataset_format},
                 {"dataset_path", chosen->dataset_path},
                 {"dataset_options", chosen->dataset_options}};
    enum status status = ST_OK;
    if (chosen->dataset_format) { /* what another format's path and options say means nothing */
        settings->dataset_path[0] = settings->dataset_options[0] = '\0';
        settings->image_size = 0;
    }
    for (size_t i = 0; i < sizeof given / sizeof *given && !status; i++)
        if (given[i].text)
            status =
                train_options_set(settings, settings_find(given[i].name), given[i].text, err);
    return status;
}

/* The joules of the machine, where a meter works. */
struct metered {
    struct meter_choice choice;
    struct meter_watch watch;
};

static void start_meters(struct metered *metered)
{
    if (meter_choice_open(&metered->choice, meter_root(), NULL, 0, NULL))
        metered->choice.booked.n = 0;
    meter_watch_begin(&metered->watch, &metered->choice.booked);
}

static void append_energy(struct strbuf *out, struct metered *metered,
                          const struct predict_run *run)
{
    double energy_j = meter_watch_energy_j(&metered->watch);
    if (isnan(energy_j) || run->time_s < METERED_MIN_S)
        return;
    strbuf_append(out, ", ");
    units_append_energy(out, energy_j * 1000 / (double)run->n);
    strbuf_printf(out, " per 1,000 images, %s (the whole machine)",
                  energy_quality_text(metered->choice.booked.quality));
}

static void add_note(struct table *table, struct metered *metered,
                     const struct predict_run *run)
{
    struct confusion_class all = confusion_of_all(&run->confusion);
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "Accuracy %.4f (%zu of %zu images), loss %.4f; ", all.recall,
                  (size_t)all.correct, run->n, run->loss_sum / (double)run->n);
    train_text_speed((double)run->n / run->time_s, &text);
    append_energy(&text, metered, run);
    table_add_note(table, "%s", strbuf_text(&text));
    strbuf_free(&text);
}

static enum status write_data_table(const struct predict_run *run, struct metered *metered,
                                    const struct predict_options *chosen, struct error *err)
{
    struct table *table = run->table;
    enum status status = ST_OK;
    if (chosen->confusion)
        status = predict_table_confusion(&table, run->model, &run->confusion);
    else if (!chosen->each)
        status = predict_table_classes(&table, run->model, &run->confusion);
    if (status)
        return error_set(err, status, "out of memory for the table");
    add_note(table, metered, run);
    status = output_table(table, &chosen->output, err);
    if (table != run->table)
        table_free(table);
    return status;
}

static enum status predict_data(struct predict_run *run, const struct predict_options *chosen,
                                struct error *err)
{
    struct predict_data data;
    struct train_settings settings = run->model->settings;
    struct metered metered;
    enum status status = choose_data(&settings, chosen, err);
    if (status)
        return status;
    enum predict_part part = chosen->part < 0 ? PREDICT_TEST : (enum predict_part)chosen->part;
    status = predict_data_open(&data, run->model, &settings, part, err);
    if (!status && confusion_init(&run->confusion, run->model->images.n_classes))
        status = error_set(err, ST_NOMEM, "out of memory for the counts of %zu classes",
                           run->model->images.n_classes);
    if (!status) {
        size_t limit = (size_t)chosen->limit;
        start_meters(&metered);
        status = predict_run_data(run, &data, limit && limit < data.n ? limit : data.n, err);
        if (!status)
            status = write_data_table(run, &metered, chosen, err);
        meter_choice_close(&metered.choice);
    }
    confusion_free(&run->confusion);
    predict_data_close(&data);
    return status;
}

static enum status predict_files(struct predict_run *run, const char *const *paths, size_t n,
                                 const struct predict_options *chosen, struct error *err)
{
    enum status status = predict_run_files(run, paths, n, err);
    if (status == ST_OK && run->n > 0)
        status = output_table(run->table, &chosen->output, err);
    return status;
}

static enum status predict(struct predict_run *run, const struct predict_options *chosen,
                           const char *const *paths, size_t n, struct error *err)
{
    struct predictor_options wanted = {run->batch, chosen->threads};
    size_t classes = run->model->images.n_classes;
    run->top = (size_t)chosen->top < classes ? (size_t)chosen->top : classes;
    enum status status = predictor_create(&run->predictor, run->model, &wanted, err);
    if (!status && (n > 0 || chosen->each) &&
        predict_table_images(&run->table, run->model, run->top, n == 0))
        status = error_set(err, ST_NOMEM, "out of memory for the table");
    if (!status)
        status =
            n > 0 ? predict_files(run, paths, n, chosen, err) : predict_data(run, chosen, err);
    table_free(run->table);
    predictor_free(run->predictor);
    return status;
}

/* Images or a data set, not both and not neither. */
static enum status check(const struct predict_options *chosen, size_t n, struct error *err)
{
    bool data = chosen->part >= 0 || chosen->dataset_format || chosen->dataset_path ||
                chosen->dataset_options;
    if (n == 0 && !data) {
        error_set(err, ST_INVALID, "there is nothing to look at");
        error_remedy(err, "name images, or a part of the data set: --part test");
        return ST_INVALID;
    }
    if (n > 0 && (data || chosen->each || chosen->confusion || chosen->limit))
        return error_set(err, ST_INVALID,
                         "images have no labels: --part, --dataset_..., --limit, --each and "
                         "--confusion are for data sets");
    return chosen->each && chosen->confusion
               ? error_set(err, ST_INVALID, "choose one of --each and --confusion")
               : ST_OK;
}

static enum exit_status go(const struct cli_command *command,
                           const struct predict_options *chosen, const char *const *arguments)
{
    struct checkpoint_model model;
    struct error err = {0}, refused;
    size_t n = 0;
    while (arguments[1 + n])
        n++;
    if (check(chosen, n, &err)) {
        output_error(command, &err);
        return EXIT_USAGE;
    }
    size_t batch = n > 0 && n < (size_t)chosen->batch ? n : (size_t)chosen->batch;
    struct predict_run run = {.model = &model, .batch = batch};
    enum status status = checkpoint_model_read(&model, arguments[0], &refused, &err);
    if (!status && refused.status)
        log_warn("%s; %s is used", refused.what, model.path);
    if (!status)
        status = predict(&run, chosen, arguments + 1, n, &err);
    checkpoint_model_free(&model);
    if (status)
        return output_error(command, &err);
    return run.failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct predict_options chosen = {.part = -1, .top = 3, .batch = 64};
    const char **arguments = calloc((size_t)argc + 1, sizeof *arguments);
    if (!arguments) {
        log_error("out of memory");
        return EXIT_FAILED;
    }
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, arguments);
    enum exit_status status =
        outcome == CLI_GO_ON ? go(command, &chosen, arguments) : cli_exit_status(outcome);
    free(arguments);
    return status;
}

const struct cli_command cmd_predict = {
    .name = "predict",
    .arguments = "CHECKPOINT [IMAGE...]",
    .n_arguments = 1,
    .more_arguments = true,
    .summary = "Name what is in images, or see how well a network does on a data set.",
    .details =
        "CHECKPOINT is a file, or the folder that wattune train --save was given: the best "
        "one in it. Images are JPEG or PNG files of any size, of which the largest square "
        "in the middle is taken; one that cannot be read is told, and the others follow.",
    .example = "  wattune predict run1 cat.jpg dog.png\n"
               "  wattune predict run1 photos/*.jpg --top 1 --format csv -o photos.csv\n"
               "  wattune predict run1 --part test\n"
               "  wattune predict run1 --part val --confusion\n"
               "  wattune predict run1/latest.ckpt --part test --each --format json",
    .options = options,
    .run = run,
};
