/* rank_clock.h - what the process of a rank has used, and whether it lives: cheap enough to be
 * asked for every rank of a host ten times a second.
 *
 * On this machine's own processes it reads the process's clock, and a pidfd when that stands
 * still; below another root it reads /proc/PID/stat. Threading: one owner. */
#ifndef WORKER_RANK_CLOCK_H
#define WORKER_RANK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Zero is a good start. */
struct rank_clock {
    pid_t pid;
    uint64_t start_ticks;
    clockid_t clock;
    int pidfd;
    bool is_open;     /* pidfd is, and both are that process's */
    uint64_t seen_ns; /* when the clock was read last */
    unsigned trusted; /* how often it has moved since the pidfd was asked */
};

struct rank_time {
    uint64_t cpu_ns;
    bool seen; /* cpu_ns holds */
    bool dead; /* it ended, waited for or not, or another process has its number */
};

/* Look at process `pid` that started at start_ticks (0: not known). `exact`: its clock may be
 * read (see cpu_clock_covers()); then its end may show only at the second look after it. */
struct rank_time rank_clock_read(struct rank_clock *clock, const char *root, bool exact,
                                 pid_t pid, uint64_t start_ticks);
void rank_clock_close(struct rank_clock *clock);

#endif
