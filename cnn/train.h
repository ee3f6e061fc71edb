/* train.h - train one network from settings, and tell the caller about every epoch.
 *
 * A run is a function of its settings, its seed and the number of threads: the same three give
 * bit-identical weights and metrics. Threading: one run a process (oneDNN's threads are its
 * own). */
#ifndef CNN_TRAIN_H
#define CNN_TRAIN_H

#include "base/json.h"
#include "base/status.h"
#include "cnn/settings.h"

#include <stdint.h>

/* What is known after an epoch (1-based). Losses are means over examples; accuracies are in [0,
 * 1]. */
struct train_report {
    int epoch;
    double train_loss;
    double train_accuracy; /* on the batches as they were trained on, augmentation included */
    double val_loss;
    double val_accuracy;
    double images_per_s; /* of the training pass */
};

/* What a finished run answers. Accuracy and loss are those of the last epoch. */
struct train_result {
    struct train_report last;
    double best_val_accuracy;
    double test_accuracy; /* NaN unless settings->test */
    int64_t params;
    int64_t forward_flops; /* a multiply-add counts as two, for one image */
    int64_t model_bytes;   /* parameters and running statistics in float32 */
    bool stopped_early;    /* on_epoch asked for it before the last epoch */
};

/* What the caller wants to know while the run goes on. Any member may be NULL. */
struct train_events {
    void *context;
    void (*on_phase)(void *context,
                     const char *phase); /* "load", "train", "validate", "test" */
    bool (*on_epoch)(
        void *context,
        const struct train_report *report); /* false: stop, and answer the result */
    /* Something about a checkpoint that does not end the run. */
    void (*on_warning)(void *context, const struct error *warning);
};

/* Where a run leaves checkpoints, and what it goes on from. All paths may be NULL, and are
 * borrowed. A run that goes on tells the last epoch that was done once more; one that continues
 * another run does not. */
struct train_checkpoints {
    const char *save;          /* a folder that exists */
    const char *resume;        /* a checkpoint of this run, or the folder where it kept them */
    bool must_resume;          /* else what cannot be gone on from is only warned about */
    const char *continue_from; /* the same of another run, if there is nothing in `resume`: its
                                  seed is taken over with its state */
};

/* Load the data, build the network, train and validate. checkpoints may be NULL: none.
 * Errors: ST_NUMERIC when the loss is not finite (the epoch and step are named); ST_INVALID for
 * settings that do not fit together, the data or the checkpoint; those of the data set and of a
 * checkpoint; ST_NOMEM. That none can be written is a warning. */
enum status train_run(const struct train_settings *settings,
                      const struct train_checkpoints *checkpoints,
                      const struct train_events *events, struct train_result *result,
                      struct error *err);

/* What a run with these settings would take here. */
struct train_probe {
    double load_s;  /* to load the data and build the network */
    double steps_s; /* for the steps that were tried */
    double run_s;   /* for a whole run at that speed, loading included */
    int64_t params;
    int64_t forward_flops;
};

/* Load the data, build the network and try training steps for about budget_s seconds (at least
 * two steps, the first of which does not count). Errors: those of train_run(). */
enum status train_probe(const struct train_settings *settings, double budget_s,
                        struct train_probe *probe, struct error *err);

#endif
