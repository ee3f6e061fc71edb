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

#include <stdbool.h>
#include <stdint.h>

/* What is known after an epoch (1-based). Losses are means over examples; accuracies are in [0,
 * 1]. */
struct train_report {
    int epoch;
    double train_loss;
    double train_accuracy; /* on the batches as they were trained on, augmentation included */
    double val_loss;
    double val_accuracy;
    double images_per_s;  /* of the training pass */
    double learning_rate; /* of its last step */
    bool best; /* no epoch before it has a higher validation accuracy, or the same with as low
                  a loss */
};

/* What is known after a step of a pass over the data. */
struct train_step {
    const char *phase; /* "train", "validate" or "test" */
    int epoch;
    size_t step, steps; /* done, and of the pass */
    size_t images;      /* done by this process in this pass */
    double loss;        /* the mean over the pass so far */
    double time_s;      /* that this process has taken for them */
};

/* How far the training pass of the epoch after the last one is. */
struct train_under_way {
    size_t steps;
    double loss_sum;
    size_t correct;
};

/* Why a run has ended. */
enum train_end {
    TRAIN_NOT_ENDED,
    TRAIN_ALL_EPOCHS,
    TRAIN_PATIENCE, /* the validation loss has not fallen for settings->patience epochs */
    TRAIN_STOPPED   /* on_epoch asked for it before the last epoch */
};

/* What a finished run answers. Accuracy and loss are those of the last epoch, and so is the
 * network that is tested. */
struct train_result {
    struct train_report last;
    double best_val_accuracy;
    int best_epoch;         /* of those that reached it, the one with the lowest loss */
    double best_val_loss;   /* of that epoch */
    double lowest_val_loss; /* a loss counts as lower when it is by more than patience_delta */
    int lowest_epoch;
    struct train_under_way under_way; /* all zero in a finished run */
    double test_accuracy;             /* NaN unless settings->test */
    int64_t params;
    int64_t forward_flops; /* a multiply-add counts as two, for one image */
    int64_t model_bytes;   /* parameters and running statistics in float32 */
    enum train_end end;
    bool unkept; /* the last checkpoint that was due could not be written */
};

/* What the caller wants to know while the run goes on. Any member may be NULL. */
struct train_events {
    void *context;
    void (*on_phase)(void *context,
                     const char *phase); /* "load", "train", "validate", "test" */
    bool (*on_epoch)(
        void *context,
        const struct train_report *report); /* false: stop, and answer the result */
    /* false: end here, so that the run can go on from this step */
    bool (*on_step)(void *context, const struct train_step *step);
    /* Something about checkpoints or threads that does not end the run. */
    void (*on_warning)(void *context, const struct error *warning);
};

/* Where a run leaves checkpoints, and what it goes on from. All paths may be NULL, and are
 * borrowed. A run that goes on tells the last epoch that was done once more; one that continues
 * another run does not. */
struct train_checkpoints {
    const char *save;          /* a folder that exists */
    bool keep_best;            /* there also that of the epoch with the best accuracy */
    const char *resume;        /* a checkpoint of this run, or the folder where it kept them */
    bool must_resume;          /* else what cannot be gone on from is only warned about */
    const char *continue_from; /* the same of another run, if there is nothing in `resume`: its
                                  seed is taken over with its state */
};

/* Load the data, build the network, train and validate. checkpoints may be NULL: none.
 * Errors: ST_NUMERIC when the loss or a gradient is not finite (the epoch and step are named);
 * ST_INVALID for settings that do not fit together, the data or the checkpoint; those of the
 * data set and of a checkpoint; ST_INTERRUPTED, with a checkpoint of the step if there is a
 * place for it, when on_step asks for it; ST_NOMEM. That no checkpoint can be written is a
 * warning. */
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
