/* predict.h - the network of a checkpoint, used: images in, probabilities of the classes out.
 *
 * The network is built for inference alone (network.h), so it takes less memory than the
 * training did. Threading: one predictor a thread; the kernels use OpenMP's threads. */
#ifndef CNN_PREDICT_H
#define CNN_PREDICT_H

#include "cnn/checkpoint_model.h"

#include <stddef.h>
#include <stdint.h>

struct predictor;

struct predictor_options {
    size_t batch;    /* images at once, at least 1 */
    int64_t threads; /* 0: as many as the process may use processors */
};

/* Build the network and load its parameters. The model is borrowed. It computes in the
 * precision that it was trained in, or in fp32 where the processor lacks that. Errors: those of
 * model_build(), network_create() and checkpoint_model_load(); ST_NOMEM. */
enum status predictor_create(struct predictor **out, const struct checkpoint_model *model,
                             const struct predictor_options *options, struct error *err);
/* NULL is safe. */
void predictor_free(struct predictor *predictor);

/* The probabilities of n images, at most a batch, each [channels][height][width] bytes as the
 * model's images are: out is [n][n_classes], and each row of it sums up to 1.
 * Errors: ST_FAILED from oneDNN; ST_NUMERIC for a network whose output is not finite. */
enum status predictor_run(struct predictor *predictor, const uint8_t *const *images, size_t n,
                          float *out, struct error *err);

/* The most classes that anybody is told of one image. */
enum { PREDICT_TOP_MAX = 100 };

/* The k largest of n probabilities: their classes in falling order, of equals the first first;
 * k is at most n. */
void predict_top(const float *probabilities, size_t n, size_t k, size_t *classes);

#endif
