/* augment.h - training images changed at random on their way from bytes to floats: mirrored,
 * moved, and with a square cut out.
 *
 * Source of the cut: DeVries & Taylor 2017, "Improved Regularization of Convolutional Neural
 * Networks with Cutout". Threading: no shared state. */
#ifndef CNN_AUGMENT_H
#define CNN_AUGMENT_H

#include "cnn/dataset.h"

/* What may be done to an image. */
struct augment_options {
    bool flip;     /* mirror half of the images */
    size_t crop;   /* move images by up to this many pixels each way; what comes in from outside
                      is black, as in padding by `crop` and cutting out */
    size_t cutout; /* blank a square of this side; 0: none */
};

/* How one image is changed, first moved, then mirrored, then cut: row y of it is row y + dy of
 * the original. Rows top .. bottom - 1 and columns left .. right - 1 are cut out. */
struct augmentation {
    bool flip;
    ptrdiff_t dy, dx;
    size_t top, bottom, left, right;
};

/* Draw a change from a stream with this seed. The square's middle lies anywhere in the image,
 * so some of it may be outside. */
struct augmentation augment_draw(const struct augment_options *options,
                                 const struct image_shape *shape, uint64_t seed);

/* One channel: x[i] = scale * byte + shift, from the height x width bytes of `plane`. What is
 * cut out is 0 in x: the mean of the training images, which tells the network nothing. */
void augment_plane(float *x, const uint8_t *plane, const struct image_shape *shape,
                   const struct augmentation *drawn, float scale, float shift);

#endif
