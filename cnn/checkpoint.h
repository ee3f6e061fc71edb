/* checkpoint.h - a training between two steps, written down so that it goes on to the last bit
 * as if it had never stopped.
 *
 * Kept are the settings, the epochs done with their last metrics, how far the epoch under way
 * is, what the images are like with the names of their classes, the parameters with the
 * running statistics, what the optimizer remembers and the random streams; all other random
 * numbers follow from the seed and the epoch, and the learning rate from the step. Numbers are
 * row-major, whatever the format that the kernels of this machine compute with. What a
 * checkpoint must share with the run that goes on from it, the sizes of the data and of every
 * parameter, stands before the numbers: nothing is changed until it was compared.
 * Threading: that of the network. */
#ifndef CNN_CHECKPOINT_H
#define CNN_CHECKPOINT_H

#include "base/status.h"
#include "cnn/checkpoint_file.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "cnn/train.h"
#include "cnn/train_data.h"

/* All of it borrowed. */
struct checkpoint {
    const struct train_settings *settings;
    const struct train_data *data;
    struct network *network;
    struct optimizer *optimizer;
    struct train_result *result; /* what stands before `test_accuracy` in it */
};

/* Write it into the folder.
 * Errors: those of the system; ST_NOMEM; ST_FAILED from oneDNN. The folder is as it was then.
 */
enum status checkpoint_write(const char *folder, enum checkpoint_place place,
                             const struct checkpoint *checkpoint, struct error *err);

/* What can be asked before a network is built. */
struct checkpoint_head {
    struct train_settings settings;
    int epochs_done;
};

/* Errors: those of checkpoint_open(); ST_INVALID for settings that this program does not know.
 */
enum status checkpoint_read_head(const char *path, struct checkpoint_head *head,
                                 struct error *err);

/* Put the training in the state of the file. The settings are compared by the caller.
 * Errors: those of checkpoint_open(); ST_INVALID, with what is different, when the file is of
 * other data or another network; ST_NOMEM; ST_FAILED from oneDNN. Only after ST_IO and
 * ST_FAILED the training may have changed. */
enum status checkpoint_read(const char *path, const struct checkpoint *checkpoint,
                            struct error *err);

#endif
