/* options.h - the command line of cnn_bench. Threading: no state. */
#ifndef TESTS_BENCH_CNN_OPTIONS_H
#define TESTS_BENCH_CNN_OPTIONS_H

#include "base/status.h"
#include "tests/bench/cnn/networks.h"

#include <stdbool.h>
#include <stddef.h>

enum { ROUNDS_MAX = 100 };

enum bench_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

struct options {
    bool help, driver;
    bool speed, start, batches, threads; /* the parts that are wanted */
    bool network_wanted[BENCH_NETWORKS]; /* for the speed */
    int sweep_network;                   /* for batches and threads */
    double seconds;                      /* processor time of a figure */
    size_t rounds, starts;
    size_t batch;        /* of all networks; 0: their own */
    size_t n_threads;    /* of all but the part threads */
    size_t batch_most;   /* of the part batches */
    const char *pytorch; /* the interpreter, or "none" */
    const char *wattune, *data;
    const char *self; /* this program */
    enum bench_format format;
};

extern const char options_usage[];

/* Read the command line, whose texts are kept. Errors: ST_INVALID, with the option in err. */
enum status options_read(struct options *options, int argc, char **argv, struct error *err);

#endif
