/* cpu_times.h - how busy the processors of the whole machine were, from /proc/stat.
 * Threading: no shared state. */
#ifndef WORKER_CPU_TIMES_H
#define WORKER_CPU_TIMES_H

#include <stdbool.h>
#include <stdint.h>

/* Processor time that all tasks and interrupts have used since boot, in nanoseconds: user,
 * nice, system, irq and softirq. Idle, waiting for I/O and time stolen by a hypervisor are not
 * in it, and guests are in user already. Counts in clock ticks, mostly of 10 ms. False when the
 * file cannot be read or understood. */
bool cpu_times_busy_ns(const char *root, uint64_t *busy_ns);

/* The number of processors online; 0 when unknown. */
unsigned cpu_times_online(const char *root);

/* Nanoseconds in a clock tick of procfs. */
uint64_t cpu_times_tick_ns(void);

#endif
