#include "cnn/image_resize.h"

#include "cnn/file_bytes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RED, GREEN, BLUE, COLOURS };

/* What each of n outputs along an axis takes from the pixels along that axis. */
struct taps {
    size_t n, most;
    size_t *first;  /* [n] */
    size_t *count;  /* [n], at most `most` */
    float *weights; /* [n][most]; the first count of each sum to 1 */
};

static void taps_free(struct taps *taps)
{
    free(taps->first);
    free(taps->count);
    free(taps->weights);
}

/* The weights of output i, around `centre`, in pixels of the input, of which there are size. */
static void set_taps(struct taps *taps, size_t i, double centre, double reach, size_t size)
{
    double low = floor(centre - reach), high = ceil(centre + reach), sum = 0;
    size_t first = low > 0 ? (size_t)low : 0, end = high < (double)size ? (size_t)high : size;
    float *weights = taps->weights + i * taps->most;
    assert(end > first && end - first <= taps->most);
    for (size_t k = first; k < end; k++) {
        double weight = 1 - fabs((double)k + 0.5 - centre) / reach;
        weights[k - first] = (float)(weight > 0 ? weight : 0);
        sum += weight > 0 ? weight : 0;
    }
    for (size_t k = 0; k < end - first; k++)
        weights[k] *= (float)(1 / sum);
    taps->first[i] = first;
    taps->count[i] = end - first;
}

/* Resize the `length` pixels in the middle of `size` to n. */
static enum status taps_create(struct taps *taps, size_t n, size_t length, size_t size)
{
    double scale = (double)length / (double)n, reach = scale > 1 ? scale : 1;
    double start = (double)(size - length) / 2;
    taps->n = n;
    taps->most = (size_t)(2 * reach) + 3;
    taps->first = calloc(n, sizeof *taps->first);
    taps->count = calloc(n, sizeof *taps->count);
    taps->weights = calloc(n * taps->most, sizeof *taps->weights);
    if (!taps->first || !taps->count || !taps->weights)
        return ST_NOMEM;
    for (size_t i = 0; i < n; i++)
        set_taps(taps, i, start + ((double)i + 0.5) * scale, reach, size);
    return ST_OK;
}

/* out is [taps->n][channels], row is [width][channels]. */
static void resize_row(float *out, const uint8_t *row, size_t channels, const struct taps *taps)
{
    for (size_t i = 0; i < taps->n; i++) {
        const float *weights = taps->weights + i * taps->most;
        float sum[COLOURS] = {0};
        for (size_t k = 0; k < taps->count[i]; k++)
            for (size_t c = 0; c < channels; c++)
                sum[c] += weights[k] * row[(taps->first[i] + k) * channels + c];
        memcpy(out + i * channels, sum, channels * sizeof *sum);
    }
}

/* Add a resized row, which was row y, to the rows of the output that take from it. sums is
 * [down->n][n]. */
static void add_row(float *sums, const float *row, size_t n, size_t y, const struct taps *down)
{
    for (size_t i = 0; i < down->n; i++) {
        if (y < down->first[i] || y - down->first[i] >= down->count[i])
            continue;
        float weight = down->weights[i * down->most + y - down->first[i]];
        for (size_t k = 0; k < n; k++)
            sums[i * n + k] += weight * row[k];
    }
}

/* out is [channels][n], sums is [n][from]; from is channels, or 1. */
static void to_planes(uint8_t *out, size_t channels, const float *sums, size_t from, size_t n)
{
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < n; i++) {
            float value = sums[i * from + (from == 1 ? 0 : c)];
            out[c * n + i] = (uint8_t)fminf(255, fmaxf(0, roundf(value)));
        }
}

static void to_grey(struct image *image)
{
    for (size_t i = 0; i < image->height * image->width; i++) {
        const uint8_t *pixel = image->pixels + i * COLOURS;
        image->pixels[i] =
            (uint8_t)((299 * pixel[RED] + 587 * pixel[GREEN] + 114 * pixel[BLUE] + 500) / 1000);
    }
    image->channels = 1;
}

/* Both ways at once, row by row: sums is [down->n][across->n][channels], all 0. */
static void resize_both(float *sums, float *row, const struct image *image,
                        const struct taps *across, const struct taps *down)
{
    size_t last = down->n - 1, end = down->first[last] + down->count[last];
    for (size_t y = down->first[0]; y < end; y++) {
        resize_row(row, image->pixels + y * image->width * image->channels, image->channels,
                   across);
        add_row(sums, row, across->n * image->channels, y, down);
    }
}

enum status image_resize(uint8_t *out, size_t channels, size_t side, struct image *image,
                         struct error *err)
{
    if (channels < image->channels)
        to_grey(image);
    size_t square = image->height < image->width ? image->height : image->width;
    struct taps across = {0}, down = {0};
    float *sums = calloc(side * side * image->channels, sizeof *sums);
    float *row = calloc(side * image->channels, sizeof *row);
    enum status status = ST_OK;
    if (!sums || !row || taps_create(&across, side, square, image->width) ||
        taps_create(&down, side, square, image->height)) {
        status = error_set(err, ST_NOMEM, "out of memory to resize an image of %zu x %zu",
                           image->width, image->height);
    } else {
        resize_both(sums, row, image, &across, &down);
        to_planes(out, channels, sums, image->channels, side * side);
    }
    taps_free(&across);
    taps_free(&down);
    free(sums);
    free(row);
    return status;
}

enum status image_read(uint8_t *out, size_t channels, size_t side, const char *path,
                       struct error *err)
{
    struct file_bytes file;
    struct image image;
    enum status status = file_map(&file, path, err);
    if (status)
        return status;
    status = image_decode(&image, path, file.bytes, file.size, err);
    file_unmap(&file);
    if (status)
        return status;
    status = image_resize(out, channels, side, &image, err);
    free(image.pixels);
    return status;
}
