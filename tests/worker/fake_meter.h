/* fake_meter.h - a meter that counts exactly what a test says, seen alike by forked processes.
 */
#ifndef TESTS_WORKER_FAKE_METER_H
#define TESTS_WORKER_FAKE_METER_H

#include "worker/meter.h"

#include <stdatomic.h>

#define FAKE_GPUS 4
#define FAKE_GPU_ID(i) (1000 + (uint64_t)(i))

/* In memory that forked processes share. */
struct fake_counter {
    _Atomic uint64_t energy_uj, idle_uj; /* without the GPUs */
    _Atomic uint64_t gpu_uj[FAKE_GPUS];
    _Atomic int64_t time_ns;             /* of the next readings; 0: the clock's */
    _Atomic uint64_t energy_per_read_uj; /* added by each read */
    _Atomic int fails;                   /* reads fail */
};

struct meter {
    struct fake_counter *counter;
    unsigned scopes;            /* a node without GPUs, or packages and GPUs, or GPUs only */
    int reads_left, steps_left; /* this process is killed when one reaches 0; -1: never */
};

/* A set of this one meter, of the quality `measured` and the scope node; bounds are +-10 %. */
void fake_meter_set(struct meter_set *set, struct meter *meter, struct fake_counter *counter);

/* A zeroed counter in shared memory; fake_counter_free() unmaps it. */
struct fake_counter *fake_counter_create(void);
void fake_counter_free(struct fake_counter *counter);

#endif
