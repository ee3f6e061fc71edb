/* predict_data.h - a part of a data set, for the network of a checkpoint. Threading: one owner.
 */
#ifndef CNN_PREDICT_DATA_H
#define CNN_PREDICT_DATA_H

#include "cnn/checkpoint_model.h"
#include "cnn/train_data.h"

enum predict_part { PREDICT_TRAIN, PREDICT_VAL, PREDICT_TEST };
/* Their names, ended by NULL. */
extern const char *const predict_part_names[];

struct predict_data {
    struct train_data data;
    const struct dataset_split *images; /* where they lie */
    const size_t *indices;              /* [n] into images; NULL: from 0 on */
    size_t n;
};

/* Open the part that the model was trained with, validated on or would be tested on: `settings`
 * are the model's, with another data set in them if it is to be another. It is the caller's to
 * predict_data_close(), also after an error.
 * Errors: ST_INVALID when the images or classes are not those of the model, or there is no such
 * part; those of the data set; ST_NOMEM. */
enum status predict_data_open(struct predict_data *data, const struct checkpoint_model *model,
                              const struct train_settings *settings, enum predict_part part,
                              struct error *err);
void predict_data_close(struct predict_data *data);

/* The place in data->images of the i-th image. */
size_t predict_data_index(const struct predict_data *data, size_t i);

#endif
