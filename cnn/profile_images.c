#include "cnn/profile_images.h"

#include "base/rng.h"
#include "cnn/memory.h"

#include <stdlib.h>

/* Random bytes and labels: what is timed does not depend on what an image shows. */
static void draw(struct profile_images *images, size_t bytes, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < images->made_up.n * bytes; i++)
        images->bytes[i] = (uint8_t)rng_next(&rng);
    for (size_t i = 0; i < images->made_up.n; i++) {
        images->made_up.images[i] = images->bytes + i * bytes;
        images->made_up.labels[i] = (uint16_t)rng_below(&rng, (uint64_t)images->input.classes);
    }
}

static enum status make_up(struct profile_images *images, const struct image_shape *shape,
                           size_t n, struct error *err)
{
    size_t bytes = image_bytes(shape);
    enum status status = memory_check((uint64_t)n * bytes, "the images of a batch", err);
    if (status) {
        error_remedy(err, "lower batch_size, or give smaller --images");
        return status;
    }
    images->made_up.n = n;
    images->made_up.images = calloc(n, sizeof *images->made_up.images);
    images->made_up.labels = calloc(n, sizeof *images->made_up.labels);
    images->bytes = malloc(n * bytes);
    if (!images->made_up.images || !images->made_up.labels || !images->bytes)
        return error_set(err, ST_NOMEM, "out of memory for %zu images", n);
    return ST_OK;
}

static enum status batch_up(struct profile_images *images,
                            const struct train_settings *settings,
                            const struct image_shape *shape, struct error *err)
{
    size_t n = images->made_up.n;
    struct pixel_norm norm;
    struct batch_options options = {.batch_size = n,
                                    .shuffle = true,
                                    .augment = {.flip = settings->augment_flip,
                                                .crop = (size_t)settings->augment_crop,
                                                .cutout = (size_t)settings->augment_cutout},
                                    .seed = (uint64_t)settings->seed};
    size_t *indices = malloc(n * sizeof *indices);
    if (!indices)
        return error_set(err, ST_NOMEM, "out of memory for %zu images", n);
    for (size_t i = 0; i < n; i++)
        indices[i] = i;
    enum status status = pixel_norm_measure(&norm, shape, &images->made_up, indices, n, err);
    if (!status)
        status = batches_create(&images->batches, shape, &images->made_up, indices, n, &norm,
                                &options, err);
    free(indices);
    return status;
}

static enum status open_made_up(struct profile_images *images,
                                const struct train_settings *settings, struct error *err)
{
    struct image_shape shape = {(size_t)images->input.channels, (size_t)images->input.height,
                                (size_t)images->input.width};
    enum status status = make_up(images, &shape, (size_t)settings->batch_size, err);
    if (status)
        return status;
    draw(images, image_bytes(&shape), (uint64_t)settings->seed);
    return batch_up(images, settings, &shape, err);
}

enum status profile_images_open(struct profile_images *images,
                                const struct train_settings *settings,
                                const struct model_input *made_up, struct error *err)
{
    *images = (struct profile_images){.batches = NULL};
    if (made_up) {
        images->input = *made_up;
        enum status status = open_made_up(images, settings, err);
        if (!status)
            batches_start(images->batches, 1, 0);
        return status;
    }
    enum status status = train_data_open(&images->data, settings, err);
    if (status)
        return status;
    const struct dataset *dataset = images->data.dataset;
    images->input =
        (struct model_input){(int64_t)dataset->shape.channels, (int64_t)dataset->shape.height,
                             (int64_t)dataset->shape.width, (int64_t)dataset->n_classes};
    batches_start(images->data.train, 1, 0);
    return ST_OK;
}

void profile_images_close(struct profile_images *images)
{
    batches_free(images->batches);
    train_data_close(&images->data);
    free(images->made_up.images);
    free(images->made_up.labels);
    free(images->bytes);
    *images = (struct profile_images){.batches = NULL};
}

size_t profile_images_next(struct profile_images *images, float *x, int32_t *labels)
{
    struct batches *batches = images->batches ? images->batches : images->data.train;
    size_t n = batches_next(batches, x, labels);
    if (n > 0)
        return n;
    batches_start(batches, 1, 0);
    return batches_next(batches, x, labels);
}
