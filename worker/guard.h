/* guard.h - a process that outlives its worker by a moment, to kill what a trial has started.
 *
 * A worker that ends in order kills the tree of its trial itself. One that is killed cannot:
 * the kernel takes the trial's first process along (PR_SET_PDEATHSIG), but not the children of
 * that one, which would train on beside the trial's next attempt. So a process without any
 * other duty sleeps at a socket until the worker is gone, and then kills the trial's process
 * group and all processes that carry the guard's mark in their environment. It has a session
 * of its own, so that no signal to the worker's group meets it, holds no other descriptor of
 * ours, and is a child that only a wait() with __WCLONE sees. Where the trial has a control
 * group, the guard kills that and removes it: nothing can escape from there.
 * Threading: one thread per struct. */
#ifndef WORKER_GUARD_H
#define WORKER_GUARD_H

#include "base/status.h"

#include <sys/types.h>

/* The variable that marks a trial's processes; its value is the guard's process id. */
#define GUARD_VARIABLE "WATTUNE_GUARD"

struct guard {
    int fd;    /* to the guard; -1: there is none */
    pid_t pid; /* 0: there is none */
};

#define GUARD_INIT                                                                             \
    {                                                                                          \
        -1, 0                                                                                  \
    }

/* Start the guard, or do nothing if it lives.
 * Errors: ST_IO and others of the system, when processes or descriptors have run out. */
enum status guard_start(struct guard *guard, struct error *err);

/* The first process of the trial that runs, which leads a process group (0: there is none yet,
 * or none runs any more), and the folder of the trial's control group ("": it has none). */
void guard_watch(struct guard *guard, pid_t root, const char *cgroup);

/* Let the guard go and wait for its end. What is watched is killed. Safe to repeat. */
void guard_end(struct guard *guard);

#endif
