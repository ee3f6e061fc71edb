/* runners.h - who is timed: Wattune, its convolutions alone, those by their definition, and
 * PyTorch with either of its memory layouts, in both precisions. Each is a process of its own,
 * so that its memory is its own; they run in turns, so that a machine whose speed drifts is
 * fair to all. Threading: one owner. */
#ifndef TESTS_BENCH_CNN_RUNNERS_H
#define TESTS_BENCH_CNN_RUNNERS_H

#include "tests/bench/cnn/networks.h"
#include "tests/bench/cnn/options.h"
#include "tests/bench/program.h"

enum runner {
    WATTUNE,
    CONVOLUTIONS,
    DIRECT, /* the convolutions by their definition */
    PYTORCH,
    PYTORCH_LAST,
    WATTUNE_BF16,
    CONVOLUTIONS_BF16,
    PYTORCH_BF16,
    PYTORCH_LAST_BF16,
    RUNNERS
};

struct runner_row {
    const char *name;      /* in the tables */
    const char *precision; /* "fp32", "bf16" */
    const char *form;      /* what the driver is asked for */
    bool pytorch;
};

extern const struct runner_row runner_rows[RUNNERS];

/* What was measured of one runner, round by round. */
struct entry {
    size_t rounds;                /* 0: it was not measured */
    double per_cpu_s[ROUNDS_MAX]; /* images a second of processor time */
    double per_s[ROUNDS_MAX];     /* images a second on the clock */
    double start_s; /* from the start of its process to the end of its first step */
    double peak_bytes;
    double allocations; /* of our code, in all of the steps; 0 of PyTorch */
    char why[256];      /* it was not measured */
};

/* One network with one batch size and one number of threads. */
struct heat {
    const char *part; /* of the benchmark */
    const struct bench_network *network;
    int64_t batch;
    size_t threads, rounds;
    unsigned runners; /* bits of those that were to run */
    struct entry entries[RUNNERS];
};

struct runners {
    struct program programs[RUNNERS]; /* those that were started */
    double started_s[RUNNERS];
};

/* Run the heat with processes that are started where there are none yet. What keeps a runner
 * from it stands in its entry. */
void runners_heat(struct runners *runners, const struct options *options, struct heat *heat);

/* End the processes. Safe on zeroed runners. */
void runners_end(struct runners *runners);

#endif
