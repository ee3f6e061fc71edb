/* busy_clock.h - how long all processors of the machine were busy, at little cost.
 *
 * /proc/stat tells it in ticks of 10 ms, and sums up every interrupt of every processor on the
 * way, which takes a millisecond on a large node. The root of the control groups (version 2,
 * since Linux 5.8) has the same times in microseconds and nothing else. Threading: one owner.
 */
#ifndef WORKER_BUSY_CLOCK_H
#define WORKER_BUSY_CLOCK_H

#include "worker/cgroup.h"

#include <stdbool.h>
#include <stdint.h>

struct busy_clock {
    char root[CGROUP_PATH]; /* see sysfile.h */
    int fd;                 /* cpu.stat of the root group; -1: /proc/stat is read */
};

/* The mount is not kept. */
void busy_clock_open(struct busy_clock *clock, const struct cgroup_mount *mount);
void busy_clock_close(struct busy_clock *clock);

/* What cpu_times_busy_ns() says. */
bool busy_clock_read(const struct busy_clock *clock, uint64_t *busy_ns);

#endif
