/* workload.h - what is timed on our side: a network and what one step of it is. One kind is
 * trained as `wattune train` does (trainer.c), of the other its convolutions alone run
 * (convolutions.c), as the engine runs them or by their definition. Threading: one thread,
 * whose kernels use OpenMP's. */
#ifndef TESTS_BENCH_CNN_WORKLOAD_H
#define TESTS_BENCH_CNN_WORKLOAD_H

#include "base/status.h"
#include "cnn/precision.h"

#include <stdint.h>

struct workload_setup {
    const char *model;
    int64_t channels, side, batch;
    enum precision precision;
};

/* Of as many steps as were run. */
struct workload_time {
    double images, cpu_s, wall_s;
    long allocations; /* by our own code */
};

struct workload_kind {
    const char *name;
    /* Build it, with random images. Errors: ST_NOTFOUND for an unknown model; those
     * of the network, among them ST_INVALID for a precision that the processor lacks. */
    enum status (*open)(void **out, const struct workload_setup *setup, struct error *err);
    /* Run at least one step, and steps until they took this processor time. */
    enum status (*run)(void *workload, double cpu_s, struct workload_time *time,
                       struct error *err);
    void (*free)(void *workload); /* NULL is safe */
};

extern const struct workload_kind workload_trainer, workload_convolutions, workload_direct;

#endif
