/* split.h - which images are trained on, and which ones validated on.
 *
 * Where some are held out of those to train on, the cut is stratified: every class gives its
 * share, to within one image. It depends on the labels, the fraction and the seed alone.
 * Threading: no shared state. */
#ifndef CNN_SPLIT_H
#define CNN_SPLIT_H

#include "cnn/dataset.h"

/* Indices into the images, each part in random order, so that its first k images are a random
 * sample of it. */
struct data_split {
    size_t *train; /* [n_train] */
    size_t n_train;
    size_t *val; /* [n_val] */
    size_t n_val;
};

/* Hold out the fraction (0 < fraction < 1) of the images, rounded, at least one and not all.
 * Together the parts name every image once.
 * Errors: ST_INVALID for fewer than two images; ST_NOMEM. */
enum status data_split_create(struct data_split *split, const struct dataset_split *images,
                              size_t n_classes, double fraction, uint64_t seed,
                              struct error *err);

/* Nothing is held out: the data set has n_val images of its own to validate on, which
 * split->val is about. n_train and n_val are above 0. Errors: ST_NOMEM. */
enum status data_split_own(struct data_split *split, size_t n_train, size_t n_val,
                           uint64_t seed, struct error *err);

/* Safe to repeat, and for a split that is all zero. */
void data_split_free(struct data_split *split);

#endif
