/* race_fixture.h - a race with given regrets, for tests. */
#ifndef TESTS_BENCH_SEARCH_RACE_FIXTURE_H
#define TESTS_BENCH_SEARCH_RACE_FIXTURE_H

#include "tests/bench/search/race.h"
#include "tests/check.h"

/* Three targets (one value, two values, a space) and the samplers "random" and "bayes". */
struct race_fixture {
    struct target targets[3];
    struct sampler_choice choices[2];
    struct race race;
};

static inline void fixture_init(struct race_fixture *fixture, size_t seeds, size_t trials)
{
    *fixture = (struct race_fixture){
        .targets = {{.name = "one", .kind = KIND_TABLE, .n_values = 1},
                    {.name = "two",
                     .kind = KIND_FRONT,
                     .n_values = 2,
                     .reference = {1, 1},
                     .volume = 1},
                    {.name = "space", .kind = KIND_SPACE, .n_values = 1}},
        .choices = {{.label = "random"}, {.label = "bayes"}},
    };
    fixture->race = (struct race){.targets = fixture->targets,
                                  .n_targets = 3,
                                  .choices = fixture->choices,
                                  .n_samplers = 2,
                                  .seeds = seeds,
                                  .trials = trials,
                                  .workers = 1};
    assert_int_equal(race_init(&fixture->race), ST_OK);
}

/* Add a trial to a run, and judge it again. */
static inline void fixture_trial(struct race_fixture *fixture, size_t target, size_t sampler,
                                 size_t seed, double value, double energy_j)
{
    struct trace *trace = race_trace(&fixture->race, target, sampler, seed);
    struct measurement measured = {
        .values = {value, value}, .told = {value, value}, .energy_j = energy_j};
    assert_int_equal(trace_add(trace, &measured, 0.25), ST_OK);
    assert_int_equal(trace_judge(trace, &fixture->targets[target]), ST_OK);
}

#endif
