#include "cnn/batches.h"

#include "base/rng.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct batches {
    struct image_shape shape;
    const struct dataset_split *images;
    struct pixel_norm norm;
    struct batch_options options;
    uint64_t epoch;
    size_t n, next; /* images of an epoch, and the position of the next one */
    size_t *order;  /* [n], indices into images */
    size_t *given;  /* [n], the order that batches_create() was given */
};

static enum status check(const struct image_shape *shape, size_t n,
                         const struct batch_options *options, struct error *err)
{
    assert(n > 0 && options->batch_size > 0 && shape->channels <= BATCH_CHANNELS_MAX);
    if (options->drop_last && n < options->batch_size)
        return error_set(err, ST_INVALID,
                         "batch_size: expected at most %zu, the number of images, got %zu", n,
                         options->batch_size);
    size_t crop = options->augment.crop, cutout = options->augment.cutout;
    if (crop && (crop >= shape->height || crop >= shape->width))
        return error_set(
            err, ST_INVALID,
            "augment_crop: expected less than the images' %zu x %zu pixels, got %zu",
            shape->height, shape->width, crop);
    if (cutout > shape->height || cutout > shape->width)
        return error_set(
            err, ST_INVALID,
            "augment_cutout: expected at most the images' %zu x %zu pixels, got %zu",
            shape->height, shape->width, cutout);
    return ST_OK;
}

enum status batches_create(struct batches **out, const struct image_shape *shape,
                           const struct dataset_split *images, const size_t *indices, size_t n,
                           const struct pixel_norm *norm, const struct batch_options *options,
                           struct error *err)
{
    *out = NULL;
    enum status status = check(shape, n, options, err);
    if (status)
        return status;
    struct batches *batches = calloc(1, sizeof *batches);
    size_t *order = calloc(n, sizeof *order), *given = calloc(n, sizeof *given);
    if (!batches || !order || !given) {
        free(batches);
        free(order);
        free(given);
        return error_set(err, ST_NOMEM, "out of memory for the order of %zu images", n);
    }
    *batches = (struct batches){*shape, images, *norm, *options, 0, n, 0, order, given};
    memcpy(given, indices, n * sizeof *given);
    batches_start(batches, 0, 0);
    *out = batches;
    return ST_OK;
}

void batches_free(struct batches *batches)
{
    if (!batches)
        return;
    free(batches->order);
    free(batches->given);
    free(batches);
}

size_t batches_count(const struct batches *batches)
{
    size_t size = batches->options.batch_size;
    return (batches->n + (batches->options.drop_last ? 0 : size - 1)) / size;
}

size_t batches_size(const struct batches *batches)
{
    return batches->options.batch_size;
}

size_t batches_floats(const struct batches *batches)
{
    return image_bytes(&batches->shape);
}

void batches_start(struct batches *batches, uint64_t epoch, size_t skip)
{
    size_t skipped = skip * batches->options.batch_size;
    batches->epoch = epoch;
    batches->next = skipped < batches->n ? skipped : batches->n;
    memcpy(batches->order, batches->given, batches->n * sizeof *batches->order);
    if (!batches->options.shuffle)
        return;
    struct rng rng;
    rng_seed(&rng, rng_derive(batches->options.seed, "epoch", epoch, 0));
    rng_shuffle(&rng, batches->order, batches->n);
}

static void convert_image(float *x, const struct batches *batches, size_t index)
{
    const struct image_shape *shape = &batches->shape;
    const struct batch_options *options = &batches->options;
    struct augmentation drawn = augment_draw(
        &options->augment, shape, rng_derive(options->seed, "augment", batches->epoch, index));
    size_t plane = shape->height * shape->width;
    for (size_t c = 0; c < shape->channels; c++)
        augment_plane(x + c * plane, batches->images->images[index] + c * plane, shape, &drawn,
                      batches->norm.scale[c], batches->norm.shift[c]);
}

size_t batches_next(struct batches *batches, float *x, int32_t *labels)
{
    size_t left = batches->n - batches->next, size = batches->options.batch_size;
    size_t count = left < size ? left : size;
    if (count < size && batches->options.drop_last)
        count = 0;
    size_t floats = batches_floats(batches);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < count; i++) {
        size_t index = batches->order[batches->next + i];
        convert_image(x + i * floats, batches, index);
        labels[i] = batches->images->labels[index];
    }
    batches->next += count;
    return count;
}
