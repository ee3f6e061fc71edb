/* batches.h - from images of bytes to mini-batches of normalised floats.
 *
 * The order of an epoch depends on (seed, epoch), how an image is augmented on (seed, epoch,
 * its index): nothing depends on threads, timing or the batches before. Threading: one struct
 * batches per thread; the data set may be shared; the images of a batch are split among the
 * OpenMP threads. */
#ifndef CNN_BATCHES_H
#define CNN_BATCHES_H

#include "cnn/augment.h"
#include "cnn/dataset.h"
#include "cnn/pixel_norm.h"

struct batch_options {
    size_t batch_size; /* at least 1 */
    bool shuffle;      /* a new order each epoch; otherwise that of the indices */
    bool drop_last;    /* leave out a last batch that is not full */
    struct augment_options augment;
    uint64_t seed;
};

/* Goes through some images of a data set, epoch by epoch. */
struct batches;

/* Over images->images[indices[0 .. n)]; shape and norm are copied, and so are the indices; the
 * images are borrowed. n > 0.
 * Errors: ST_INVALID when drop_last leaves no batch, crop is not below the height and the
 * width, or cutout is above them; ST_NOMEM. */
enum status batches_create(struct batches **out, const struct image_shape *shape,
                           const struct dataset_split *images, const size_t *indices, size_t n,
                           const struct pixel_norm *norm, const struct batch_options *options,
                           struct error *err);

/* NULL is safe. */
void batches_free(struct batches *batches);

/* Batches of one epoch. */
size_t batches_count(const struct batches *batches);
/* Images of a full batch, and floats of an image. */
size_t batches_size(const struct batches *batches);
size_t batches_floats(const struct batches *batches);

/* Go to an epoch, any one, behind its first `skip` batches. */
void batches_start(struct batches *batches, uint64_t epoch, size_t skip);

/* The next batch of the epoch: x is [batch_size][channels][height][width], labels is
 * [batch_size]. Answers how many images it has, at most batch_size; what is behind them is left
 * as it was. 0 at the end of the epoch. */
size_t batches_next(struct batches *batches, float *x, int32_t *labels);

#endif
