/* options.h - the command line of search_bench. Threading: no state. */
#ifndef TESTS_BENCH_SEARCH_OPTIONS_H
#define TESTS_BENCH_SEARCH_OPTIONS_H

#include "tests/bench/search/race.h"

enum { STUDIES_MAX = 16, FILES_MAX = 64 };

struct options {
    bool help;
    bool times, race, joules, pending, goals; /* the parts that are wanted */
    bool problem_wanted[64];                  /* by the row of bench_problems */
    const char *studies[STUDIES_MAX];
    size_t n_studies;
    struct sampler_choice samplers[SAMPLERS_MAX];
    size_t n_samplers;
    const char *judge;
    size_t seeds, trials, workers;
    size_t joules_trials;
    size_t pending_workers, pending_trials;
    size_t up_to;   /* told trials, of the times */
    size_t limit_s; /* of each step of the times */
    const char *csv;
    const char *earlier[FILES_MAX];
    size_t n_earlier;
};

extern const char options_usage[];

/* Read the command line: the texts of argv are kept, the entries of the samplers are copied.
 * Errors: ST_INVALID, with the option in err; ST_NOMEM. */
enum status options_read(struct options *options, int argc, char **argv, struct error *err);
/* Safe after an error. */
void options_free(struct options *options);

#endif
