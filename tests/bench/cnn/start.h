/* start.h - how long `wattune train` takes from the start of its process to its first training
 * step, with the data set in the page cache. Threading: one at a time. */
#ifndef TESTS_BENCH_CNN_START_H
#define TESTS_BENCH_CNN_START_H

#include "tests/bench/cnn/options.h"

#include <stdio.h>

struct start_times {
    bool wanted;
    size_t n;                  /* starts that were measured */
    double wall_s[ROUNDS_MAX]; /* on the clock */
    double cpu_s[ROUNDS_MAX];  /* processor time of the process */
    char why[256];             /* there are fewer than were asked for */
};

/* Start it options->starts times, and once before, which does not count. Where there is no
 * data set, one of CIFAR-10's format and size is made in a temporary folder. */
void start_measure(struct start_times *times, const struct options *options);

#endif
