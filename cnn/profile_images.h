/* profile_images.h - what a profile is fed with: batches of a data set, or of random bytes.
 * Threading: one owner. */
#ifndef CNN_PROFILE_IMAGES_H
#define CNN_PROFILE_IMAGES_H

#include "base/status.h"
#include "cnn/batches.h"
#include "cnn/model.h"
#include "cnn/settings.h"
#include "cnn/train_data.h"

struct profile_images {
    struct model_input input; /* what the network must take */
    struct batches *batches;  /* full ones only, prepared as for training */
    struct train_data data;   /* of a data set */
    struct dataset_split made_up;
    uint8_t *bytes; /* of the made-up images */
};

/* Images of these sizes, made up; NULL: those of the settings' data set. Close them also after
 * an error. Errors: those of train_data_open() and batches_create(); ST_NOMEM. */
enum status profile_images_open(struct profile_images *images,
                                const struct train_settings *settings,
                                const struct model_input *made_up, struct error *err);
void profile_images_close(struct profile_images *images);

/* The next batch, as batches_next(); epochs follow one another without end. */
size_t profile_images_next(struct profile_images *images, float *x, int32_t *labels);

#endif
