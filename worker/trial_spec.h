/* trial_spec.h - the "trial" object of a study: what a trial is, whatever its parameters.
 *
 * A kind (cnn, command, function, table) is one row of the table in trial_spec.c. Threading:
 * read-only once read. */
#ifndef WORKER_TRIAL_SPEC_H
#define WORKER_TRIAL_SPEC_H

#include "base/json.h"
#include "base/status.h"
#include "worker/functions.h"

#include <stdbool.h>
#include <stddef.h>

enum trial_kind { TRIAL_CNN, TRIAL_COMMAND, TRIAL_FUNCTION, TRIAL_TABLE };

struct trial_table;

struct trial_spec {
    enum trial_kind kind;
    double timeout_s; /* 0: none */
    double grace_s;   /* between asking a trial to end and killing it */
    int retries;
    int threads; /* 0: "auto", the worker's share of its host's processors */
    /* command */
    char **argv; /* ended by NULL; braces not yet replaced */
    char **env;  /* "NAME=value", ended by NULL; may be NULL */
    char *cwd;   /* NULL: where Wattune runs */
    /* cnn: model, dataset and settings as one object of trainer settings, owned. "format",
     * "path" and "options" of the dataset are its "dataset_format" and so on. */
    struct json *settings;
    /* function */
    const struct test_function *function;
    double duration_s; /* simulated */
    double energy_j;   /* simulated; 0: none, what the worker used is booked */
    double noise;      /* standard deviation of what is added to each value */
    /* table */
    char *table_path;
    char *fidelity;            /* the parameter that says how long a trial trains */
    double duration_scale;     /* of the recorded times, how long a trial pretends to take */
    struct trial_table *table; /* NULL until the spec was fitted to a space */
};

/* Read and check the object; mistakes are noted under `path`. Settings of the trainer are
 * checked by the caller, since only it knows the trainer. A relative cwd or data path is taken
 * from `base_dir`. Errors: ST_INVALID (see the problems); ST_NOMEM. */
enum status trial_spec_read(struct trial_spec **out, const struct json *object,
                            const char *path, const char *base_dir,
                            struct json_problems *problems);
void trial_spec_free(struct trial_spec *spec);

/* The parameters of a study's space and what it needs to know of a trial, as far as a trial
 * depends on them. */
struct trial_params {
    const char *const *names; /* all of them, [n] */
    size_t n;
    size_t n_numeric;          /* those whose values are numbers */
    const bool *numeric;       /* [n] which these are */
    const bool *constant;      /* [n] those with only one value */
    const char *const *needed; /* figures that a trial must have, ended by NULL: metrics and
                                  columns of Wattune's own */
};

/* Fit the trial to the space: braces in argv must name parameters, a function have its number
 * of numeric ones; a table is read, since only now its parameters are known from its metrics.
 * `object` and `path` are those that the spec was read from; mistakes are noted there. Errors:
 * ST_NOMEM, of a table. */
enum status trial_spec_fit(struct trial_spec *spec, const struct trial_params *params,
                           const struct json *object, const char *path,
                           struct json_problems *problems);

/* True when joules that are not those of this machine are booked for the trials. */
bool trial_spec_simulates_energy(const struct trial_spec *spec);

#endif
