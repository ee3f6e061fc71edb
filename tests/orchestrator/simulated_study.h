/* simulated_study.h - a study of recorded trials, x = 1 to N with a value, seconds and joules
 * of its own each, for the tests of simulations. */
#ifndef TESTS_ORCHESTRATOR_SIMULATED_STUDY_H
#define TESTS_ORCHESTRATOR_SIMULATED_STUDY_H

#include "orchestrator/study.h"

/* Row i of the table; states are NULL for "complete". */
struct recorded {
    double value, duration_s, energy_j;
    const char *state;
};

/* The study of these n rows, which grid search takes in their order; `more` are members of the
 * study (", \"budget\": {...}") and `trial` of its trial, or "". To study_free(). */
struct study *simulated_study(const struct recorded *rows, size_t n, const char *trial,
                              const char *more);

#endif
