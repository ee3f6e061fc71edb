/* fold.h - layers that run as one convolution while a network infers: a convolution, the batch
 * normalisation behind it and the activation behind that, either of which may be missing.
 *
 * With its running statistics, batch normalisation is a factor and a shift of each channel,
 * which go into the convolution's weights and bias (Jacob et al. 2018, section 3.2):
 * w' = w * scale / sqrt(variance + epsilon), b' = shift + (b - mean) * scale / sqrt(...). The
 * folded weights are made by PASS_FOLD, and hold until parameters or statistics change.
 * Threading: those of the plan. */
#ifndef CNN_FOLD_H
#define CNN_FOLD_H

#include "cnn/layer.h"

#include <stdbool.h>
#include <stddef.h>

struct fold {
    struct layer *convolution;
    struct layer *batch_norm; /* NULL: none */
    struct layer *activation; /* NULL: none, or the batch normalisation's own ReLU */
    struct layer *last;       /* of them: what it makes is what the folded convolution makes */
};

/* Find what folds among layers[0 .. n), whose last one makes the network's output: nobody else
 * may take what is between the layers of a fold. Sets passes, fold and only_user of every
 * layer: it runs by itself in `passes`, less PASS_INFER where it is part of a fold. */
void fold_find(struct plan *plan, struct layer *layers, size_t n, unsigned passes);

/* The library of the kernels: does it apply this type behind the convolution? */
bool fold_takes(const struct layer *convolution, const struct layer_type *activation);

/* Append to PASS_FOLD and PASS_INFER, when all layers of the fold are planned. */
void fold_plan(struct plan *plan, const struct fold *fold);

#endif
