/* pixel_norm.h - what brings the bytes of images to mean 0 and standard deviation 1. Threading:
 * no shared state. */
#ifndef CNN_PIXEL_NORM_H
#define CNN_PIXEL_NORM_H

#include "cnn/dataset.h"

/* More channels than this are refused. */
#define BATCH_CHANNELS_MAX 16

/* Per channel: float = scale * byte + shift, which gives the images that it was measured on
 * mean 0 and standard deviation 1. */
struct pixel_norm {
    float scale[BATCH_CHANNELS_MAX];
    float shift[BATCH_CHANNELS_MAX];
};

/* The most that is read to measure: of a data set larger than memory, all would take as long as
 * an epoch. Bytes. */
#define PIXEL_NORM_BYTES ((size_t)256 << 20)

/* Measure the images indices[0 .. n), which are in random order, or the first of them that come
 * to PIXEL_NORM_BYTES: of the training part alone, so that nothing of the held-out images
 * leaks. A channel without any contrast gets scale 1. n > 0; no index comes twice. Errors:
 * ST_INVALID for too many channels; ST_NOMEM. */
enum status pixel_norm_measure(struct pixel_norm *norm, const struct image_shape *shape,
                               const struct dataset_split *images, const size_t *indices,
                               size_t n, struct error *err);

#endif
