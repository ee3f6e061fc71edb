/* train_data.h - the images of a run: opened, split, normalised and cut into batches as the
 * settings say. Threading: one run a thread. */
#ifndef CNN_TRAIN_DATA_H
#define CNN_TRAIN_DATA_H

#include "base/status.h"
#include "cnn/batches.h"
#include "cnn/dataset.h"
#include "cnn/settings.h"
#include "cnn/split.h"

struct train_data {
    struct dataset *dataset;
    struct data_split split;
    const struct dataset_split *val_images; /* of the data set; split.val is indices into it */
    struct pixel_norm norm;
    struct batches *train; /* shuffled, augmented, full batches only */
    struct batches *val;
    struct batches *test; /* NULL unless settings->test */
};

/* Fill *data; it is the caller's to train_data_close(), also after an error. Errors: those of
 * the data set; ST_INVALID for a batch larger than the training part, and for a test without
 * test images; ST_NOMEM. */
enum status train_data_open(struct train_data *data, const struct train_settings *settings,
                            struct error *err);
void train_data_close(struct train_data *data);

#endif
