/* train_start.h - where a training begins: at its beginning, or at a checkpoint. Threading: no
 * shared state. */
#ifndef CNN_TRAIN_START_H
#define CNN_TRAIN_START_H

#include "base/status.h"
#include "cnn/checkpoint.h"
#include "cnn/train.h"

#include <limits.h>

/* The newest whole checkpoint of a folder, or the file itself when `place` is one: its path
 * and its head. Behind the latest come the one before and the best. *refused says why the
 * latest was passed over; its status is ST_OK when it was not. Errors: ST_NOTFOUND when there
 * is none; otherwise why the latest is refused. */
enum status train_start_find(char path[PATH_MAX], struct checkpoint_head *head,
                             const char *place, struct error *refused, struct error *err);

struct train_start {
    char path[PATH_MAX]; /* of the checkpoint; empty: from the beginning */
    bool continues;      /* it is another run's */
};

/* Choose where a run with these settings begins. One that continues another run takes over its
 * seed, since that is what its validation images were held out by: settings->seed is set. What
 * is passed over is told as a warning.
 * Errors: with places->must_resume, why it cannot. */
enum status train_start_choose(struct train_start *start, struct train_settings *settings,
                               const struct train_checkpoints *places,
                               const struct train_events *events, struct error *err);

#endif
