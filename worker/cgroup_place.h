/* cgroup_place.h - where in the file system a process's control group is.
 * Threading: no shared state. */
#ifndef WORKER_CGROUP_PLACE_H
#define WORKER_CGROUP_PLACE_H

#include "worker/cgroup.h"

/* The folder of the group of version 2 that a process is in (0: this process), looked for below
 * root. False when no such hierarchy is mounted, or the group is not in what is mounted. */
bool cgroup_place(const char *root, pid_t pid, char path[CGROUP_PATH]);

#endif
