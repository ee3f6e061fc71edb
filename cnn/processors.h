/* processors.h - how many processors a process may use: those that it is bound to (a batch
 * system's or mpirun's CPU set), or what the quotas of its control groups come to. Threading:
 * no shared state. */
#ifndef CNN_PROCESSORS_H
#define CNN_PROCESSORS_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Whole processors, at least 1. root is "" on a live machine (control_group.h). */
int processors_available(const char *root);

/* How many threads to compute with: `setting`, or, where that is 0, one for each processor that
 * is available, but not more than OMP_NUM_THREADS says, if it says anything. */
int processors_threads(int64_t setting);

/* Is there a processor that the threads leave to others of this process? What OMP_NUM_THREADS
 * says is all that it has, as a worker says who gives each of its trials a share. */
bool processors_spare(int threads);

/* ST_INVALID, and what is to be said about it, when so many threads would wait for one another:
 * a warning. */
enum status processors_check(int threads, struct error *warning);

#endif
