/* profile_request.h - what `wattune profile` is asked for: its options, as they are typed, and
 * what they come to. Threading: plain data. */
#ifndef ORCHESTRATOR_PROFILE_REQUEST_H
#define ORCHESTRATOR_PROFILE_REQUEST_H

#include "base/status.h"
#include "cnn/model.h"
#include "cnn/settings.h"
#include "orchestrator/output.h"
#include "orchestrator/train_options.h"

#include <stdbool.h>
#include <stdint.h>

/* As typed. */
struct profile_options {
    struct output_options output;
    int by; /* 0: layer, 1: type */
    double time_s;
    const char *images; /* "3x32x32" */
    int64_t classes;
    bool list, sweep, inference;
    struct train_options settings;
};

#define PROFILE_CLASSES 10

struct profile_request {
    struct train_settings settings;
    struct model_input made_up; /* sizes of made-up images */
    bool uses_data_set;         /* then those of a data set are taken instead */
};

/* arguments: those of the command line, ended by NULL: the model, or none. Warns of threads
 * that would get in each other's way. Errors: ST_INVALID and ST_NOTFOUND with what is wrong. */
enum status profile_request_read(struct profile_request *request,
                                 const struct profile_options *options,
                                 const char *const *arguments, struct error *err);

#endif
