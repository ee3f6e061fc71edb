#include "cnn/train_data.h"

#include "base/rng.h"
#include "base/strbuf.h"
#include "cnn/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t limited(size_t n, int64_t limit)
{
    return limit > 0 && (size_t)limit < n ? (size_t)limit : n;
}

/* The share that is held out when neither the settings nor the data set say otherwise. */
#define VAL_FRACTION 0.1

/* image_size is the option "size" of the data sets that have one. */
static enum status set_size(struct strbuf *options, const struct dataset_format *format,
                            int64_t image_size, struct error *err)
{
    for (size_t i = 0; i < format->n_options; i++)
        if (strcmp(format->options[i].name, "size") == 0) {
            strbuf_printf(options, "%ssize=%lld", options->length > 0 ? "," : "",
                          (long long)image_size);
            return ST_OK;
        }
    error_set(err, ST_INVALID,
              "image_size: the images of a data set of the format %s have a size of their own",
              format->name);
    error_remedy(err, "leave out image_size");
    return ST_INVALID;
}

static enum status open_dataset(struct dataset **out, const struct train_settings *settings,
                                struct error *err)
{
    const char *format = settings_choice(settings, settings_find("dataset_format"));
    struct strbuf options = STRBUF_INIT;
    strbuf_append(&options, settings->dataset_options);
    enum status status = ST_OK;
    if (settings->image_size > 0)
        status = set_size(&options, dataset_format_find(format), settings->image_size, err);
    if (status == ST_OK && !strbuf_ok(&options))
        status = error_set(err, ST_NOMEM, "out of memory for the options of the data set");
    if (status == ST_OK)
        status = dataset_open(out, format, settings->dataset_path, strbuf_text(&options), err);
    strbuf_free(&options);
    return status;
}

/* Validate on the data set's own images for it, or on some of those to train on. */
static enum status split_images(struct train_data *data, const struct train_settings *settings,
                                struct error *err)
{
    const struct dataset *dataset = data->dataset;
    uint64_t seed = rng_derive((uint64_t)settings->seed, "split", 0, 0);
    bool own = settings->val_fraction == 0 && dataset->val.n > 0;
    data->val_images = own ? &dataset->val : &dataset->train;
    if (own)
        return data_split_own(&data->split, dataset->train.n, dataset->val.n, seed, err);
    double fraction = settings->val_fraction > 0 ? settings->val_fraction : VAL_FRACTION;
    return data_split_create(&data->split, &dataset->train, dataset->n_classes, fraction, seed,
                             err);
}

static enum status open_split(struct train_data *data, const struct train_settings *settings,
                              struct error *err)
{
    const struct dataset *dataset = data->dataset;
    enum status status = split_images(data, settings, err);
    if (status)
        return status;
    data->split.n_train = limited(data->split.n_train, settings->train_limit);
    data->split.n_val = limited(data->split.n_val, settings->val_limit);
    return pixel_norm_measure(&data->norm, &dataset->shape, &dataset->train, data->split.train,
                              data->split.n_train, err);
}

static enum status open_train(struct train_data *data, const struct train_settings *settings,
                              struct error *err)
{
    const struct dataset *dataset = data->dataset;
    if ((size_t)settings->batch_size > data->split.n_train) {
        error_set(err, ST_INVALID, "batch_size: %d, but there are only %zu images to train on",
                  (int)settings->batch_size, data->split.n_train);
        error_remedy(err, "choose a smaller batch_size, or raise train_limit");
        return ST_INVALID;
    }
    struct batch_options options = {
        .batch_size = (size_t)settings->batch_size,
        .shuffle = true,
        .drop_last = true,
        .augment = {settings->augment_flip, (size_t)settings->augment_crop,
                    (size_t)settings->augment_cutout},
        .seed = rng_derive((uint64_t)settings->seed, "batches", 0, 0),
    };
    return batches_create(&data->train, &dataset->shape, &dataset->train, data->split.train,
                          data->split.n_train, &data->norm, &options, err);
}

static enum status open_test(struct train_data *data, const struct train_settings *settings,
                             struct error *err)
{
    const struct dataset *dataset = data->dataset;
    size_t n = dataset->test.n;
    if (n == 0)
        return error_set(err, ST_INVALID, "test: the data set has no test images");
    size_t *indices = malloc(n * sizeof *indices);
    if (!indices)
        return error_set(err, ST_NOMEM, "out of memory for %zu test images", n);
    for (size_t i = 0; i < n; i++)
        indices[i] = i;
    struct batch_options options = {.batch_size = (size_t)settings->batch_size};
    enum status status = batches_create(&data->test, &dataset->shape, &dataset->test, indices,
                                        n, &data->norm, &options, err);
    free(indices);
    return status;
}

enum status train_data_open(struct train_data *data, const struct train_settings *settings,
                            struct error *err)
{
    memset(data, 0, sizeof *data);
    enum status status = open_dataset(&data->dataset, settings, err);
    if (status)
        return status;
    if ((status = open_split(data, settings, err)) ||
        (status = open_train(data, settings, err)))
        return status;
    dataset_read_at_random(data->dataset, memory_available(""));
    struct batch_options options = {.batch_size = (size_t)settings->batch_size};
    status = batches_create(&data->val, &data->dataset->shape, data->val_images,
                            data->split.val, data->split.n_val, &data->norm, &options, err);
    return status || !settings->test ? status : open_test(data, settings, err);
}

void train_data_close(struct train_data *data)
{
    batches_free(data->train);
    batches_free(data->val);
    batches_free(data->test);
    data_split_free(&data->split);
    dataset_close(data->dataset);
    memset(data, 0, sizeof *data);
}
