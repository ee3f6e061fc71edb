/* optimizer.h - rules that turn gradients into steps.
 *
 * A rule is one row of the table in optimizer.c. They follow PyTorch's in every detail: the
 * weight decay of sgd and adam goes into the gradient and that of adamw (Loshchilov & Hutter
 * 2019) into the weight; all parameters decay. Threading: one optimizer a thread. */
#ifndef CNN_OPTIMIZER_H
#define CNN_OPTIMIZER_H

#include "base/status.h"
#include "cnn/settings.h"

#include <stddef.h>

/* The names, ended by NULL; settings->optimizer is an index. */
extern const char *const optimizer_names[];

struct optimizer;

/* For n parameters, with the rule and the numbers of the settings. Errors: ST_NOMEM. */
enum status optimizer_create(struct optimizer **out, const struct train_settings *settings,
                             size_t n);
void optimizer_free(struct optimizer *optimizer);

/* One step: params and gradients are [n]. */
void optimizer_step(struct optimizer *optimizer, float *params, const float *gradients,
                    double learning_rate);

/* What the optimizer carries from step to step, for a checkpoint: all of it, owned by the
 * optimizer. */
struct optimizer_memory {
    size_t n_arrays;
    float *arrays[2];  /* [n_arrays][n], each laid out as the parameters are */
    double *powers[2]; /* of the decays of adam's means, after the steps so far */
};
struct optimizer_memory optimizer_memory(struct optimizer *optimizer);

#endif
