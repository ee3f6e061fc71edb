#include "worker/cgroup.h"

#include "worker/cgroup_place.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* "wattune-WORKER-NUMBER", the worker's process id and whatever is free. */
#define PREFIX "wattune-"
enum { NUMBERS_MAX = 16, REMOVALS_MAX = 20, REMOVAL_PAUSE_NS = 1000 * 1000 };

static bool place_of_ours(char path[CGROUP_PATH])
{
    struct cgroup_mount mount;
    cgroup_mount_find(&mount, "");
    return cgroup_place(&mount, 0, path);
}

static bool make(struct cgroup *group, const char *parent, unsigned number)
{
    int length = snprintf(group->path, sizeof group->path, "%s/" PREFIX "%d-%u", parent,
                          (int)getpid(), number);
    if (length < 0 || (size_t)length >= sizeof group->path) {
        errno = ENAMETOOLONG;
        return false;
    }
    return mkdir(group->path, 0755) == 0;
}

bool cgroup_create(struct cgroup *group)
{
    char parent[CGROUP_PATH];
    *group = (struct cgroup)CGROUP_INIT;
    bool made = false, again = place_of_ours(parent);
    /* Taken: what was left of a process that had our number. */
    for (unsigned number = 0; again && !made && number < NUMBERS_MAX; number++) {
        made = make(group, parent, number);
        again = !made && errno == EEXIST;
    }
    if (made)
        group->fd = open(group->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (made && group->fd >= 0)
        return true;
    if (made)
        rmdir(group->path);
    *group = (struct cgroup)CGROUP_INIT;
    return false;
}

void cgroup_remove(struct cgroup *group)
{
    struct timespec pause = {.tv_nsec = REMOVAL_PAUSE_NS};
    bool gone = group->fd < 0;
    /* A process that was waited for may be in its group for a moment more. */
    for (int i = 0; !gone && i < REMOVALS_MAX; i++) {
        gone = cgroup_try_remove(group->path);
        if (gone)
            break;
        cgroup_kill(group->path);
        nanosleep(&pause, NULL);
    }
    if (group->fd >= 0)
        close(group->fd);
    *group = (struct cgroup)CGROUP_INIT;
}

bool cgroup_find(const struct cgroup_mount *mount, pid_t leader, pid_t keeper,
                 char path[CGROUP_PATH])
{
    char mark[48];
    if (!cgroup_place(mount, leader, path))
        return false;
    int length = snprintf(mark, sizeof mark, "/" PREFIX "%d-", (int)keeper);
    char *group = strstr(path, mark);
    if (!group)
        return false;
    group[(size_t)length + strcspn(group + length, "/")] = '\0'; /* it may have some below */
    return true;
}

int cgroup_open_usage(const char *path)
{
    char file[CGROUP_PATH + 16];
    uint64_t cpu_ns;
    snprintf(file, sizeof file, "%s/cpu.stat", path);
    int usage = open(file, O_RDONLY | O_CLOEXEC);
    if (usage >= 0 && !cgroup_usage_ns(usage, &cpu_ns)) {
        close(usage);
        usage = -1;
    }
    return usage;
}

bool cgroup_usage_ns(int usage, uint64_t *cpu_ns)
{
    static const char key[] = "usage_usec ";
    char text[64]; /* it is the first line */
    ssize_t n = pread(usage, text, sizeof text - 1, 0);
    if (n <= 0)
        return false;
    text[n] = '\0';
    if (strncmp(text, key, strlen(key)) != 0 || !isdigit((unsigned char)text[strlen(key)]))
        return false;
    *cpu_ns = strtoull(text + strlen(key), NULL, 10) * 1000;
    return true;
}

void cgroup_sweep(void)
{
    char parent[CGROUP_PATH], path[CGROUP_PATH + 256];
    DIR *dir = place_of_ours(parent) ? opendir(parent) : NULL;
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        int pid;
        if (sscanf(entry->d_name, PREFIX "%d-", &pid) != 1 || pid <= 0 ||
            !(kill(pid, 0) && errno == ESRCH))
            continue;
        snprintf(path, sizeof path, "%s/%s", parent, entry->d_name);
        cgroup_try_remove(path); /* busy ones stay */
    }
    if (dir)
        closedir(dir);
}
