/* cgroup.h - a control group for the processes of one trial: what is started in it cannot leave
 * it unseen, whoever adopts it, so its processor time is complete and its processes can be
 * killed at once.
 *
 * A worker makes the group below its own, in the hierarchy of version 2, where the system has
 * delegated that to its user; nothing is configured and no controller is needed. Everywhere
 * else there is no group, and nobody is told: the trial is followed through /proc.
 * Source: the kernel's admin-guide/cgroup-v2.rst; cgroups(7). Threading: no shared state. */
#ifndef WORKER_CGROUP_H
#define WORKER_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CGROUP_PATH 512

struct cgroup {
    char path[CGROUP_PATH]; /* its folder; "" when there is none */
    int fd;                 /* that folder, open; -1 */
};

#define CGROUP_INIT                                                                            \
    {                                                                                          \
        "", -1                                                                                 \
    }

/* Where the groups are in the file system. */
struct cgroup_mount {
    char root[CGROUP_PATH];  /* of the whole, see sysfile.h */
    char top[CGROUP_PATH];   /* what of the hierarchy is mounted, */
    char point[CGROUP_PATH]; /* and where */
    bool found;
};

/* Make an empty group for a trial of this process. False when that cannot be done here. */
bool cgroup_create(struct cgroup *group);
/* Kill what is in it, remove it and close it. A group of which a process hangs in the kernel
 * is left to cgroup_sweep(). Safe to repeat. */
void cgroup_remove(struct cgroup *group);

/* The group of a trial that another process may have made: that of `leader`, a child of
 * `keeper`. False when it is in none of keeper's. */
bool cgroup_find(const struct cgroup_mount *mount, pid_t leader, pid_t keeper,
                 char path[CGROUP_PATH]);
/* A descriptor for cgroup_usage_ns(); -1 when the group cannot be read. */
int cgroup_open_usage(const char *path);
/* The processor time of all that was ever in the group, in nanoseconds. False once the group
 * was removed. */
bool cgroup_usage_ns(int usage, uint64_t *cpu_ns);

/* Send SIGKILL to all that is in the group, and remove it with those below it; false while it
 * is still there. System calls only: safe after a fork. */
void cgroup_kill(const char *path);
bool cgroup_try_remove(const char *path);

/* Remove the empty groups beside ours that killed workers have left behind. */
void cgroup_sweep(void);

#endif
