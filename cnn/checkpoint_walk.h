/* checkpoint_walk.h - the body of a checkpoint, gone through in the same order for writing and
 * for reading. For the checkpoint's own files. Threading: that of the network. */
#ifndef CNN_CHECKPOINT_WALK_H
#define CNN_CHECKPOINT_WALK_H

#include "cnn/checkpoint_file.h"
#include "cnn/checkpoint_model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "cnn/settings.h"
#include "cnn/train.h"

/* `out` or `in` is set. The first failure makes every later step do nothing. */
struct walk {
    struct checkpoint_writer *out;
    struct checkpoint_reader *in;
    bool takes; /* reading: what the images were is taken from the file, not held against it */
    enum status status;
    struct error *err;
};

/* Copy bytes or a number to or from the file. */
void walk_bytes(struct walk *w, void *bytes, size_t n);
void walk_number(struct walk *w, double *number);

/* Read only: ST_INVALID for settings that this program does not know. */
void walk_put_settings(struct walk *w, const struct train_settings *settings);
void walk_get_settings(struct walk *w, struct train_settings *settings);

/* Metrics that a run which has nothing left to train answers too, and the epoch that is under
 * way. */
void walk_progress(struct walk *w, struct train_result *result);

/* Write them, hold them against the file's (ST_INVALID with what is different; class names may
 * differ), or take them (ST_FORMAT for what cannot be; free them whatever happens). */
void walk_images(struct walk *w, struct checkpoint_images *images);

/* What the network's parameters are, held against the file's, and what comes beside them, which
 * is taken where `takes` is set. */
void walk_network(struct walk *w, struct network *network, size_t optimizer_arrays,
                  size_t streams);

/* All parameters, or what an array that is laid out as they are holds for the trained ones;
 * plain has room for the largest. */
void walk_params(struct walk *w, struct network *network, float *array, float *plain);
/* Room for the largest; NULL and a failed walk when there is none. */
float *walk_plain(struct walk *w, const struct network *network);

#endif
