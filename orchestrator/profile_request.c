#include "orchestrator/profile_request.h"

#include "base/log.h"
#include "cnn/batches.h"
#include "cnn/dataset.h"
#include "cnn/processors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* NULL: not given. */
static const char *value_of(const struct train_options *options, const char *name)
{
    size_t n;
    return options->values[settings_find(name) - settings_table(&n)];
}

static enum status choose_model(struct profile_request *request,
                                const struct profile_options *options, const char *model,
                                struct error *err)
{
    const char *option = value_of(&options->settings, "model");
    if ((model && option) || ((model || option) && options->sweep)) {
        error_set(err, ST_INVALID, "'%.64s' and %s: only one of the two can be",
                  model ? model : option, options->sweep ? "--sweep" : "--model");
        error_remedy(err, "a sweep makes its own networks; name the model once otherwise");
        return ST_INVALID;
    }
    if (options->list && options->sweep)
        return error_set(err, ST_INVALID, "--list and --sweep: only one of the two can be");
    if (model)
        return train_options_set(&request->settings, settings_find("model"), model, err);
    if (option || options->sweep || options->settings.params)
        return ST_OK;
    error_set(err, ST_INVALID, "it needs a MODEL");
    error_remedy(err, "name one, such as resnet20; --model with a wrong name lists all");
    return ST_INVALID;
}

/* Does anything say where images come from? */
static bool names_data_set(const struct train_settings *settings)
{
    struct train_settings defaults;
    settings_init(&defaults);
    return settings->dataset_format != defaults.dataset_format ||
           settings->image_size != defaults.image_size ||
           strcmp(settings->dataset_path, defaults.dataset_path) != 0 ||
           strcmp(settings->dataset_options, defaults.dataset_options) != 0;
}

/* The next number of "3x32x32", with what stands behind it skipped; 0 for anything else. */
static int64_t read_size(const char **text, int64_t most, char behind)
{
    char *end;
    errno = 0;
    long long number = strtoll(*text, &end, 10);
    bool good = **text >= '0' && **text <= '9' && errno == 0 && *end == behind;
    *text = end + (good && behind);
    return good && number <= most ? number : 0;
}

static enum status read_images(struct model_input *input, const char *text, struct error *err)
{
    const char *at = text;
    input->channels = read_size(&at, BATCH_CHANNELS_MAX, 'x');
    input->height = input->channels > 0 ? read_size(&at, DATASET_SIDE_MAX, 'x') : 0;
    input->width = input->height > 0 ? read_size(&at, DATASET_SIDE_MAX, '\0') : 0;
    if (input->width > 0)
        return ST_OK;
    error_set(err, ST_INVALID, "--images takes sizes such as 3x32x32, not '%.64s'", text);
    error_remedy(err, "channels (1 to %d), height and width (1 to %d)", BATCH_CHANNELS_MAX,
                 DATASET_SIDE_MAX);
    return ST_INVALID;
}

static enum status choose_images(struct profile_request *request,
                                 const struct profile_options *options, struct error *err)
{
    bool sizes_given = options->images || options->classes > 0;
    request->uses_data_set = names_data_set(&request->settings);
    if (request->uses_data_set && sizes_given) {
        error_set(err, ST_INVALID,
                  "--images and --classes are sizes of made-up images, but a "
                  "data set is named");
        error_remedy(err, "leave out either");
        return ST_INVALID;
    }
    request->made_up =
        (struct model_input){3, 32, 32, options->classes ? options->classes : PROFILE_CLASSES};
    return options->images ? read_images(&request->made_up, options->images, err) : ST_OK;
}

/* From here on the settings say how many there are. */
static void choose_threads(struct train_settings *settings)
{
    struct error warning;
    int threads = processors_threads(settings->threads);
    if (processors_check(threads, &warning))
        log_warn("%s%s%s", warning.what, warning.remedy[0] ? "; " : "", warning.remedy);
    settings->threads = threads;
}

enum status profile_request_read(struct profile_request *request,
                                 const struct profile_options *options,
                                 const char *const *arguments, struct error *err)
{
    settings_init(&request->settings);
    enum status status = choose_model(request, options, arguments[0], err);
    if (!status && arguments[0] && arguments[1])
        status = error_set(err, ST_INVALID, "one argument too many: '%.64s'", arguments[1]);
    if (!status)
        status = train_options_apply(&options->settings, &request->settings, err);
    if (!status)
        status = choose_images(request, options, err);
    if (!status)
        choose_threads(&request->settings);
    return status;
}
