/* predict_run.h - a network goes through image files or a part of a data set, batch by batch.
 * Threading: main thread. */
#ifndef ORCHESTRATOR_PREDICT_RUN_H
#define ORCHESTRATOR_PREDICT_RUN_H

#include "cnn/confusion.h"
#include "cnn/predict.h"
#include "cnn/predict_data.h"
#include "results/table.h"

struct predict_run {
    const struct checkpoint_model *model;
    struct predictor *predictor;
    size_t batch, top;
    struct table *table;        /* a row an image; NULL: none is wanted */
    struct confusion confusion; /* of labelled images */
    double loss_sum;            /* of labelled images: minus the logarithm of their label's
                                   probability */
    size_t n, failed;           /* images that were looked at, and that could not be read */
    double time_s;              /* from the first image to the last, reading included */
};

/* Go through image files, to whose table a row is added each. What is wrong with one of them is
 * told on standard error, and the others follow.
 * Errors: those of predictor_run(); ST_INVALID from predict_image_check(); ST_NOMEM. */
enum status predict_run_files(struct predict_run *run, const char *const *paths, size_t n,
                              struct error *err);

/* Go through the first `n` images of a part. Errors: those of predictor_run(); ST_NOMEM. */
enum status predict_run_data(struct predict_run *run, const struct predict_data *data, size_t n,
                             struct error *err);

#endif
