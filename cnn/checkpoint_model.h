/* checkpoint_model.h - what a checkpoint tells those who use its network without training it.
 * Threading: no shared state. */
#ifndef CNN_CHECKPOINT_MODEL_H
#define CNN_CHECKPOINT_MODEL_H

#include "base/status.h"
#include "cnn/batches.h"
#include "cnn/settings.h"

#include <limits.h>

struct network;

/* What a network was trained on, as far as it takes to use it without the data. */
struct checkpoint_images {
    struct image_shape shape;
    size_t n_classes, n_train, n_val;
    struct pixel_norm norm;
    char **class_names; /* [n_classes]; NULL when the data set has none */
};

struct checkpoint_model {
    char path[PATH_MAX];
    struct train_settings settings;
    int epochs_done;
    double val_accuracy; /* after them; 0 when there are none */
    struct checkpoint_images images;
};

/* Read the file, or the best whole one of a folder: the best, the latest, the one before.
 * *refused says why one that is better was passed over; its status is ST_OK when none was.
 * *model is the caller's to checkpoint_model_free(), also after an error.
 * Errors: ST_NOTFOUND when there is none; ST_FORMAT for what is no checkpoint or is damaged;
 * ST_INVALID for settings that this program does not know; those of the system; ST_NOMEM. */
enum status checkpoint_model_read(struct checkpoint_model *model, const char *place,
                                  struct error *refused, struct error *err);
void checkpoint_model_free(struct checkpoint_model *model);

/* Give the network, which was built as the model says, the parameters of the file.
 * Errors: as above; ST_INVALID when they do not fit it; ST_FAILED from oneDNN. */
enum status checkpoint_model_load(const struct checkpoint_model *model, struct network *network,
                                  struct error *err);

#endif
