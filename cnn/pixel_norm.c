#include "cnn/pixel_norm.h"

#include "cnn/clones.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Planes are taken in pieces whose squares fit 32 bits (32768 * 255^2 < 2^31): the loop over
 * 16-bit factors and 32-bit sums is one that compilers turn into vector instructions. */
#define PLANE_PIECE 32768

struct plane_sums {
    uint64_t sum, squares;
};

CLONES static void add_plane(struct plane_sums *sums, const uint8_t *plane, size_t n)
{
    for (size_t at = 0; at < n; at += PLANE_PIECE) {
        size_t end = n - at < PLANE_PIECE ? n : at + PLANE_PIECE;
        int32_t sum = 0, squares = 0;
        for (size_t i = at; i < end; i++) {
            int16_t value = plane[i];
            sum += value;
            squares += value * value;
        }
        sums->sum += (uint64_t)sum;
        sums->squares += (uint64_t)squares;
    }
}

/* count is the number of pixels in the sums. */
static void set_norm(struct pixel_norm *norm, size_t channel, const struct plane_sums *sums,
                     double count)
{
    double mean = (double)sums->sum / count;
    double variance = (double)sums->squares / count - mean * mean;
    double scale = variance > 1e-9 ? 1 / sqrt(variance) : 1;
    norm->scale[channel] = (float)scale;
    norm->shift[channel] = (float)(-mean * scale);
}

static size_t limited(size_t n, const struct image_shape *shape)
{
    size_t most = PIXEL_NORM_BYTES / image_bytes(shape);
    most = most ? most : 1;
    return n < most ? n : most;
}

/* In the order of the files, in which memory and disks are fast; the sums are exact, so it
 * makes no difference to them. */
static enum status add_images(struct plane_sums sums[BATCH_CHANNELS_MAX],
                              const struct image_shape *shape,
                              const struct dataset_split *images, const size_t *indices,
                              size_t n)
{
    size_t plane = shape->height * shape->width;
    bool *taken = calloc(images->n, sizeof *taken);
    if (!taken)
        return ST_NOMEM;
    for (size_t i = 0; i < n; i++)
        taken[indices[i]] = true;
    for (size_t i = 0; i < images->n; i++)
        for (size_t c = 0; taken[i] && c < shape->channels; c++)
            add_plane(&sums[c], images->images[i] + c * plane, plane);
    free(taken);
    return ST_OK;
}

enum status pixel_norm_measure(struct pixel_norm *norm, const struct image_shape *shape,
                               const struct dataset_split *images, const size_t *indices,
                               size_t n, struct error *err)
{
    assert(n > 0);
    if (shape->channels > BATCH_CHANNELS_MAX)
        return error_set(err, ST_INVALID, "expected images of at most %d channels, found %zu",
                         BATCH_CHANNELS_MAX, shape->channels);
    struct plane_sums sums[BATCH_CHANNELS_MAX] = {0};
    n = limited(n, shape);
    if (add_images(sums, shape, images, indices, n))
        return error_set(err, ST_NOMEM, "out of memory for the order of %zu images", images->n);
    *norm = (struct pixel_norm){0};
    for (size_t c = 0; c < shape->channels; c++)
        set_norm(norm, c, &sums[c], (double)n * (double)shape->height * (double)shape->width);
    return ST_OK;
}
