/* race.h - all samplers on all targets, with the same seeds. Threading: one owner. */
#ifndef TESTS_BENCH_SEARCH_RACE_H
#define TESTS_BENCH_SEARCH_RACE_H

#include "tests/bench/search/run.h"

enum { SAMPLERS_MAX = 32 };

typedef bool race_counts(const struct target *target);

struct race {
    struct target *targets; /* [n_targets], owned by the caller, as the choices */
    size_t n_targets;
    const struct sampler_choice *choices; /* [n_samplers]; one with neither an entry nor a
                                             command only has runs that were read */
    size_t n_samplers;
    size_t seeds; /* 1, 2, ... */
    size_t trials, workers;
    bool by_joules;       /* as in a run's plan; on learning curves always */
    race_counts *only;    /* run on these targets alone; NULL: on all */
    bool own_only;        /* run strategies of ours alone */
    struct trace *traces; /* [n_targets x n_samplers x seeds]; empty: not raced */
};

/* Take the members but the traces as they are. Errors: ST_NOMEM. */
enum status race_init(struct race *race);
void race_free(struct race *race);

/* Of the run with seed number seed + 1. */
struct trace *race_trace(const struct race *race, size_t target, size_t sampler, size_t seed);

/* Run whatever has no trace yet. What cannot be raced is said on standard error and stays
 * empty: a program that is not installed, a strategy that cannot work on a target. Progress
 * goes there too. Errors: ST_NOMEM. */
enum status race_run(struct race *race);

/* True when the runs on a target end by their joules, not by their trials. */
bool race_by_joules(const struct race *race, size_t target);

/* True when there is a trace of every seed. */
bool race_complete(const struct race *race, size_t target, size_t sampler);

/* The sampler of that label, or n_samplers. */
size_t race_find(const struct race *race, const char *label);

/* Figures of one sampler on one target, by seed into figures[seeds]. */
typedef double race_figure(const struct race *race, size_t target, size_t sampler, size_t seed);
void race_figures(double *figures, const struct race *race, size_t target, size_t sampler,
                  race_figure *figure);
double race_median(const struct race *race, size_t target, size_t sampler, race_figure *figure);

/* log10 regret at the end; seconds of processor time of a run; and the joules until the regret
 * was that of random search at the end of its run with the same seed, as a part of the joules
 * that random search spent (NaN when random search was not raced; INFINITY: never). */
race_figure race_regret, race_time_s, race_joules_to_random;

/* Two samplers, over the targets of which `counts` says that they count. */
struct race_pair {
    size_t won, lost, tied; /* targets, by the median regret at the end */
    double decades;         /* mean over the targets of how much lower the first's median is */
    double p;               /* of Wilcoxon's test over all targets and seeds */
};
/* One value and the same trials; two values; one value, told without noise. */
race_counts race_counts_single, race_counts_front, race_counts_exact, race_counts_table;
/* Errors: ST_NOMEM. */
enum status race_compare(struct race_pair *pair, const struct race *race, size_t first,
                         size_t second, race_counts *counts);

#endif
