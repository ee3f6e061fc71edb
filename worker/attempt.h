/* attempt.h - one attempt of a trial, as the worker is given it. */
#ifndef WORKER_ATTEMPT_H
#define WORKER_ATTEMPT_H

#include "worker/trial_spec.h"

#include <stdint.h>

/* Everything is borrowed for the length of the call that takes it. */
struct attempt {
    const struct trial_spec *spec;
    const struct json *params;     /* the point's parameters */
    const char *const *objectives; /* metrics that the result must hold, ended by NULL; energy_j
                                      and the like excluded */
    const char *id; /* "bayes.0.17", WATTUNE_TRIAL: names the trial in messages and files */
    uint64_t seed;
    int threads;                /* what "auto" comes to on this worker */
    const char *self;           /* path of the wattune binary, for cnn trials */
    const char *checkpoint_dir; /* made for the trial; NULL: none */
    /* Another trial's folder of checkpoints, only to be read: the newest valid one is where
     * this trial starts when it has none of its own. NULL: from the beginning. */
    const char *continue_dir;
    /* That trial's parameters and seed, for trials that are only looked up; NULL: none. */
    const struct json *continued_params;
    uint64_t continued_seed;
    double continued_stopped_at; /* epochs after which it was stopped early; 0: it was not */
    const char *gpus;            /* for CUDA_VISIBLE_DEVICES; NULL: as it is for the worker */
    unsigned reported_as;        /* what a result's "energy_j" is: see meter_reported.h */
};

#endif
