/* train_state.h - what the files of a training share; for no one else. */
#ifndef CNN_TRAIN_STATE_H
#define CNN_TRAIN_STATE_H

#include "cnn/loss.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "cnn/train.h"
#include "cnn/train_data.h"

struct run {
    const struct train_settings *settings;
    const struct train_events *events;
    struct train_data data;
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    int32_t *labels; /* [batch_size] */
    size_t classes;
    bool prepares_ahead; /* batches, by a thread of its own */
    bool warned;         /* that no checkpoint can be written, since the last one that could */
};

/* train_setup.c: open the data and build the network of run->settings. run_close() it even
 * after an error. Errors: those of train_run(). */
enum status run_open(struct run *run, struct error *err);
void run_close(struct run *run);

/* train_step.c: forward, loss, backward and update with the batch of n images that lies in the
 * network. Errors: ST_NUMERIC; ST_FAILED from oneDNN. */
enum status run_step(struct run *run, int epoch, size_t step, size_t n, struct loss *loss,
                     struct error *err);

/* train_step.c: the learning rate of an epoch's step, counted from 0. */
double run_rate(const struct run *run, int epoch, size_t step);

/* train_epoch.c: train the rest of the epoch that report->epoch names, and validate; *now is
 * how far it is. Errors: those of run_step(); ST_INTERRUPTED when on_step asks for it. */
enum status run_epoch(struct run *run, struct train_under_way *now, struct train_report *report,
                      struct error *err);
/* The mean loss and the accuracy on images that are not trained on; `step` names the phase and
 * the epoch. */
enum status run_evaluate(struct run *run, struct batches *batches,
                         const struct train_step *step, double *loss, double *accuracy,
                         struct error *err);

/* train_setup.c */
void run_warn(const struct run *run, const struct error *warning);
void run_tell_phase(const struct run *run, const char *phase);

#endif
