/* train_places.h - where `wattune train` keeps checkpoints and what it goes on from: as its
 * options say, or the worker whose trial it is. Threading: reads the environment. */
#ifndef ORCHESTRATOR_TRAIN_PLACES_H
#define ORCHESTRATOR_TRAIN_PLACES_H

#include "base/status.h"
#include "cnn/train.h"

#include <limits.h>

struct train_places {
    struct train_checkpoints checkpoints;
    char folder[PATH_MAX]; /* behind checkpoints.save */
};

/* save: the option's folder, which is made if need be; resume: the option's file or folder,
 * whose folder is where checkpoints then go unless `save` names another. With either the best
 * one is kept too. With neither, a trial goes on from WATTUNE_CHECKPOINT_DIR or else continues
 * from WATTUNE_CONTINUE_DIR, if there is anything. The texts are borrowed. Errors: ST_EXISTS
 * when the folder holds checkpoints of another training; those of the system.
 */
enum status train_places_choose(struct train_places *places, const char *save,
                                const char *resume, struct error *err);

#endif
