/* batch_norm.h - what batch normalisation is, for whoever computes it. As in PyTorch. */
#ifndef CNN_BATCH_NORM_H
#define CNN_BATCH_NORM_H

/* Added to a variance. */
#define BATCH_NORM_EPSILON 1e-5f
/* How far a step moves the running statistics towards those of its batch. */
#define BATCH_NORM_MOMENTUM 0.1f

/* The layer's parameters, [channels] each. */
enum batch_norm_param {
    BATCH_NORM_SCALE,
    BATCH_NORM_SHIFT,
    BATCH_NORM_MEAN,    /* running */
    BATCH_NORM_VARIANCE /* running, unbiased */
};

#endif
