/* relay.h - a count that starts anew in every process, put on one scale for all ranks of a
 * host.
 *
 * Some counters belong to the process that opened them (perf events, a program's own joules),
 * but the ranks of a host take turns in reading. Each process adds an offset of its own, so
 * that its first value stands where the reading before stood. The common count never goes back,
 * so nothing is counted twice, and what a newcomer missed comes with the next value of a rank
 * that knew of it. Threading: one owner. */
#ifndef WORKER_RELAY_H
#define WORKER_RELAY_H

#include "worker/meter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one counter; but for `exact`, zero at the start. */
struct relay {
    bool exact; /* a value is of the very moment of its reading. So the common count cannot have
                   been higher before, and an offset that says so is too low: it is raised */
    bool joined;
    uint64_t offset; /* modulo 2^64: the common count less our own */
    uint64_t own;    /* the last value */
};

/* Put value i into the reading, which holds the one before. A count of ours that went back
 * began anew: this value is a gap. ok = false: it could not be read. */
void relay_put(struct relay *relay, struct meter_reading *reading, size_t i, bool ok,
               uint64_t own);

#endif
