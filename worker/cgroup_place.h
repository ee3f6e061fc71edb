/* cgroup_place.h - where in the file system a process's control group is.
 * Threading: no shared state. */
#ifndef WORKER_CGROUP_PLACE_H
#define WORKER_CGROUP_PLACE_H

#include "worker/cgroup.h"

/* Find where the hierarchy of version 2 is mounted, as far as it holds this process's group,
 * below root. Without one, nothing will be found in the mount. */
void cgroup_mount_find(struct cgroup_mount *mount, const char *root);

/* The folder of the group that a process is in (0: this process). False when it has none in the
 * mount. */
bool cgroup_place(const struct cgroup_mount *mount, pid_t pid, char path[CGROUP_PATH]);

#endif
