#include "cnn/depthwise.h"

#include "cnn/clones.h"

#include <string.h>

enum { BLOCK = DEPTHWISE_BLOCK };

/* Add up a row of the kernel, sums [kernel][16], over a row of the output and the row of the
 * input that this row of the kernel meets. */
CLONES static void add_row(float *restrict sums, const float *restrict in,
                           const float *restrict gradient, const struct depthwise *d)
{
    for (int64_t x = 0; x < d->out_width; x++) {
        int64_t left = x * d->stride - d->padding, right = d->width - left;
        int64_t from = left < 0 ? -left : 0, to = d->kernel < right ? d->kernel : right;
        for (int64_t k = from; k < to; k++)
            for (int64_t c = 0; c < BLOCK; c++)
                sums[k * BLOCK + c] += in[(left + k) * BLOCK + c] * gradient[x * BLOCK + c];
    }
}

/* One block of channels of one image. */
static void add_image(float *weights, const float *in, const float *gradient,
                      const struct depthwise *d)
{
    for (int64_t y = 0; y < d->out_height; y++)
        for (int64_t k = 0; k < d->kernel; k++) {
            int64_t row = y * d->stride - d->padding + k;
            if (row >= 0 && row < d->height)
                add_row(weights + k * d->kernel * BLOCK, in + row * d->width * BLOCK,
                        gradient + y * d->out_width * BLOCK, d);
        }
}

void depthwise_by_weights(float *weights, const float *in, const float *gradient,
                          const struct depthwise *d)
{
    int64_t size = d->kernel * d->kernel * BLOCK;
    int64_t plane = d->height * d->width * BLOCK;
    int64_t out_plane = d->out_height * d->out_width * BLOCK;
#pragma omp parallel for schedule(static)
    for (int64_t b = 0; b < d->blocks; b++) {
        memset(weights + b * size, 0, (size_t)size * sizeof *weights);
        for (int64_t n = 0; n < d->batch; n++) {
            int64_t at = n * d->blocks + b;
            add_image(weights + b * size, in + at * plane, gradient + at * out_plane, d);
        }
    }
}

void depthwise_by_bias(float *bias, int64_t channels, const float *gradient,
                       const struct depthwise *d)
{
    int64_t pixels = d->out_height * d->out_width;
#pragma omp parallel for schedule(static)
    for (int64_t b = 0; b < d->blocks; b++) {
        float sums[BLOCK] = {0};
        for (int64_t n = 0; n < d->batch; n++) {
            const float *plane = gradient + (n * d->blocks + b) * pixels * BLOCK;
            for (int64_t i = 0; i < pixels; i++)
                for (int64_t c = 0; c < BLOCK; c++)
                    sums[c] += plane[i * BLOCK + c];
        }
        for (int64_t c = 0; c < BLOCK && b * BLOCK + c < channels; c++)
            bias[b * BLOCK + c] = sums[c];
    }
}
