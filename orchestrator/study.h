/* study.h - what a study file says, read and checked.
 *
 * Reading finds every mistake of the file at once (docs/study-file.md has the keys). The text
 * of the study goes into the database and to the workers of other hosts, and reading it again
 * gives the same study: so nothing that matters may come from anywhere else, but the trials of
 * earlier studies, which only the coordinator needs and the database keeps too. Threading:
 * read-only once read. */
#ifndef ORCHESTRATOR_STUDY_H
#define ORCHESTRATOR_STUDY_H

#include "base/json.h"
#include "base/status.h"
#include "search/space.h"
#include "search/strategy.h"
#include "search/trial.h"
#include "worker/energy.h"
#include "worker/trial_spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One entry of "strategies". */
struct study_strategy {
    char *label;              /* its name in tables, unique in the study: "bayes", "bayes-2" */
    const struct json *entry; /* the name, or the object with its options; in the document */
    double count;             /* trials that it proposes at most; INFINITY: it never ends */
    bool continues;           /* its trials may continue others, whose checkpoints are kept */
};

/* A strategy in one repeat. Arms run one after another in the order of the list: all strategies
 * of repeat 0, then of repeat 1, so that a slow drift of the machine meets all alike. */
struct study_arm {
    size_t strategy; /* index into strategies */
    uint32_t repeat;
    uint64_t seed; /* rng_derive(study seed, label, repeat, 0): the same whatever else runs */
};

/* What each arm may spend; 0 where the study sets no limit. */
struct study_budget {
    size_t trials;
    double energy_j;
    double time_s;
};

struct study_energy {
    const char *
        *meters;     /* names as meter_choice_open() takes them; the texts are the document's */
    size_t n_meters; /* 0: "auto" */
    enum energy_quality require;      /* the least that will do; ENERGY_NONE for "any" */
    const char *idle_policy;          /* "equal", "separate", "proportional" */
    double idle_window_s;             /* of quiet before the first trial; 0: none */
    double idle_w;                    /* of what is booked, on every host; 0: not given */
    double model_idle_w, model_max_w; /* per hardware thread; 0: not given */
};

struct study_monitor {
    double interval_s; /* between two samples of a running trial; 0: none are taken */
};

struct warm_start;

struct study {
    char *name;
    uint64_t seed;
    char *path;     /* absolute, of the file */
    char *base_dir; /* its folder: relative paths in the study start here */
    char *json;     /* the text, whole, with the overrides of the command line in it */
    struct space *space;
    struct objective *objectives;
    size_t n_objectives;
    struct constraint *constraints;
    size_t n_constraints;
    struct trial_spec *trial;
    struct study_strategy *strategies;
    size_t n_strategies;
    const struct json *enqueue;    /* points to try first; NULL: none */
    const struct json *warm_start; /* paths of the databases to start from; NULL: none */
    /* The trials in them. NULL: there are none, or the study was not read from a file
     * (warm_start.h). */
    struct warm_start *warm;
    bool allow_duplicates;
    struct study_budget budget;
    uint32_t repeats;
    struct study_energy energy;
    struct study_monitor monitor;
    struct study_arm *arms;
    size_t n_arms;
    struct json *document; /* the tree that the borrowed members point into */
};

/* What the command line says instead of the file. */
struct study_overrides {
    const char *strategies; /* "grid,bayes": labels or names; NULL: as in the file */
    int64_t seed;           /* negative: as in the file */
    int64_t trials;         /* this one and the others: 0: as in the file */
    double energy_j;
    double time_s;
    int64_t repeats;
};

#define STUDY_OVERRIDES_INIT                                                                   \
    {                                                                                          \
        .seed = -1                                                                             \
    }

/* More would be no statistics any more. */
#define STUDY_REPEATS_MAX 10000

/* Read and check a study. Mistakes are noted in `problems` (whose source is set to the path);
 * *out is made only when there are none. `overrides` may be NULL.
 * The databases of "warm_start" are read, too. Errors: ST_INVALID (see the problems); ST_FORMAT
 * (no JSON, said in err); ST_NOTFOUND and the like for the file; ST_NOMEM. */
enum status study_read_file(struct study **out, const char *path,
                            const struct study_overrides *overrides,
                            struct json_problems *problems, struct error *err);

/* The same from a text that was read before, as if it stood in the file `path`, which need not
 * exist any more, and without the databases. */
enum status study_read_text(struct study **out, const char *text, const char *path,
                            struct json_problems *problems, struct error *err);

void study_free(struct study *study);

/* What a strategy of the study works on, with seed 0. */
struct problem study_problem(const struct study *study);

#endif
