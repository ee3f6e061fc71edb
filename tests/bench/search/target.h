/* target.h - a problem that is ready to be evaluated: one of the table, or the recorded trials
 * of a study whose trial is of the kind "table".
 *
 * Everything is minimised: an objective of a study that is to be maximised is negated.
 * Threading: read-only once open. */
#ifndef TESTS_BENCH_SEARCH_TARGET_H
#define TESTS_BENCH_SEARCH_TARGET_H

#include "base/json.h"
#include "base/status.h"
#include "search/space.h"
#include "search/trial.h"
#include "tests/bench/search/problem.h"

#include <stdbool.h>

struct study;

struct target {
    const char *name; /* the problem's, or the study's */
    enum problem_kind kind;
    const struct bench_problem *problem; /* NULL for recorded trials */
    struct study *study;                 /* NULL for a problem of the table */
    struct space *own_space;             /* of a problem; a study has its own */
    struct json *space_json;             /* the "space" object, for other programs */
    const struct space *space;
    struct objective objectives[VALUES_MAX]; /* of the study's metrics, all to be minimised */
    size_t n_values;
    double noise;
    double minimum;               /* one value: the least that there is */
    double random_j;              /* the mean joules of all points; 0 where they are too many */
    double reference[VALUES_MAX]; /* two values: where the hypervolume ends, */
    double volume;                /* and that of the whole front */
};

/* What a trial came to. */
struct measurement {
    bool failed; /* nothing was recorded at the point: no values and no joules */
    bool pruned; /* stopped on its way: no values that count */
    double values[VALUES_MAX];
    double told[VALUES_MAX]; /* with the noise */
    double energy_j;
};

/* Open a row of the table, or a study file. Errors: those of the file (said in err);
 * ST_INVALID for a study that has no table, has more than two objectives, or reals that
 * no list of its points can be made of; ST_NOMEM. */
enum status target_open(struct target *target, const struct bench_problem *problem,
                        struct error *err);
enum status target_open_study(struct target *target, const char *path, struct error *err);
/* Safe on a zeroed target and after a failed open. */
void target_close(struct target *target);

/* The epochs of a point; 0 unless the target has learning curves. */
double target_epochs(const struct target *target, const double *point);

/* Evaluate trial `number` of the run of a seed: the noise is that of the seed and the number,
 * whoever asks. */
void target_measure(struct measurement *measurement, const struct target *target,
                    const double *point, uint64_t seed, uint64_t number);

#endif
