/* relay.h - a count that starts anew in every process, put on one scale for all ranks of a
 * host.
 *
 * Some counters belong to the process that opened them (perf events, a program's own joules),
 * but the ranks of a host take turns in reading. Each process adds an offset of its own. Its
 * first value stands where the reading before stood; and since the common count cannot have
 * been higher then than it is now, the offset is raised whenever it turns out to be too low. So
 * the common count never goes back, nothing is counted twice, and what a newcomer missed comes
 * with the next value of a rank that knew of it. Threading: one owner. */
#ifndef WORKER_RELAY_H
#define WORKER_RELAY_H

#include "worker/meter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one counter; zero at the start. */
struct relay {
    bool joined;
    uint64_t offset; /* modulo 2^64: the common count less our own */
    uint64_t own;    /* the last value */
};

/* Put value i into the reading, which holds the one before. A count of ours that went back
 * began anew: this value is a gap. ok = false: it could not be read. */
void relay_put(struct relay *relay, struct meter_reading *reading, size_t i, bool ok,
               uint64_t own);

#endif
