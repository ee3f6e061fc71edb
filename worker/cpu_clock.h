/* cpu_clock.h - the processor time of a living process in nanoseconds.
 *
 * The kernel counts it in nanoseconds and brings it up to date at every switch and scheduler
 * tick (1 to 10 ms); /proc/PID/stat shows it in ticks of 10 ms, and costs thirty times as much.
 * Source: clock_getcpuclockid(3). Threading: no shared state. */
#ifndef WORKER_CPU_CLOCK_H
#define WORKER_CPU_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Whether the processes below root's /proc are those of this machine, under the same numbers:
 * only these have clocks. */
bool cpu_clock_covers(const char *root);

/* The clock of a process: of all its threads, those that ended included, but not of children.
 * A process that ended keeps it until it is waited for. False when there is none. */
bool cpu_clock_find(pid_t pid, clockid_t *clock);
bool cpu_clock_read(clockid_t clock, uint64_t *cpu_ns);

/* Both. */
bool cpu_clock_of(pid_t pid, uint64_t *cpu_ns);

#endif
