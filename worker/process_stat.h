/* process_stat.h - one process as /proc/PID/stat shows it.
 * Source: proc(5). Threading: no shared state. */
#ifndef WORKER_PROCESS_STAT_H
#define WORKER_PROCESS_STAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_stat {
    pid_t pid, parent, group, session;
    char state;           /* R, S, D, Z, ... */
    uint64_t cpu_ns;      /* of its threads, those that ended included */
    uint64_t reaped_ns;   /* of its children that ended and were waited for, and of theirs */
    uint64_t start_ticks; /* since boot: tells two processes of one number apart */
};

/* False when there is no such process or its line cannot be understood. Times count in clock
 * ticks, mostly of 10 ms. */
bool process_stat_read(const char *root, pid_t pid, struct process_stat *stat);

#endif
