/* goals.h - the table "How good it must be" of the design: each goal with the figure of the
 * judged sampler, whether it is met, and the figures of the others beside it. Threading: no
 * state. */
#ifndef TESTS_BENCH_SEARCH_GOALS_H
#define TESTS_BENCH_SEARCH_GOALS_H

#include "tests/bench/search/ask_times.h"
#include "tests/bench/search/race.h"

#include <stdio.h>

/* What the goals are judged by. Whatever was not measured is NULL, and its goals say so. */
struct findings {
    const struct sampler_choice *choices; /* [n_samplers], those of all races */
    size_t n_samplers;
    size_t judged; /* index of one of them */
    const struct race *race, *joules;
    const struct race *sequential, *parallel;
    struct ask_time (*times)[ASK_MARKS]; /* [n_samplers] */
};

void goals_print(FILE *out, const struct findings *findings);

#endif
