/* The end of a control group: system calls only, and no malloc(), because the guard does this
 * after a fork. */
#include "worker/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Groups within groups: a trial may make some, too. Deeper ones stay. */
enum { DEPTH_MAX = 16 };

/* Call `act` with each folder in dir. */
static void each_folder(int dir, int depth, void (*act)(int dir, const char *name, int depth))
{
    _Alignas(struct dirent64) char block[4096];
    ssize_t n;
    if (depth >= DEPTH_MAX || lseek(dir, 0, SEEK_SET) < 0)
        return;
    while ((n = getdents64(dir, block, sizeof block)) > 0)
        for (ssize_t at = 0; at < n;) {
            const struct dirent64 *item = (const void *)(block + at);
            at += item->d_reclen;
            if (item->d_type == DT_DIR && strcmp(item->d_name, ".") != 0 &&
                strcmp(item->d_name, "..") != 0)
                act(dir, item->d_name, depth);
        }
}

static int open_folder(int dir, const char *name)
{
    return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void kill_numbers(const char *text)
{
    for (char *end; *text; text = *end ? end + 1 : end) {
        long pid = strtol(text, &end, 10);
        if (end == text)
            return;
        if (pid > 0) /* 0: it is in another pid namespace */
            kill((pid_t)pid, SIGKILL);
    }
}

/* Before Linux 5.14: one by one. What is cut off or comes in meanwhile is left for the next
 * time. */
static void kill_one_by_one(int dir)
{
    char text[4096];
    int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    while (n > 0 && text[n - 1] != '\n')
        n--;
    text[n > 0 ? n : 0] = '\0';
    kill_numbers(text);
}

static void kill_folder(int parent, const char *name, int depth)
{
    int dir = open_folder(parent, name);
    if (dir < 0)
        return;
    int fd = openat(dir, "cgroup.kill", O_WRONLY | O_CLOEXEC);
    bool killed = fd >= 0 && write(fd, "1", 1) == 1;
    if (fd >= 0)
        close(fd);
    if (!killed) {
        kill_one_by_one(dir);
        each_folder(dir, depth + 1, kill_folder);
    }
    close(dir);
}

void cgroup_kill(const char *path)
{
    kill_folder(AT_FDCWD, path, 0);
}

static void remove_folder(int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
        return;
    int dir = open_folder(parent, name);
    if (dir < 0)
        return;
    each_folder(dir, depth + 1, remove_folder);
    close(dir);
    unlinkat(parent, name, AT_REMOVEDIR);
}

bool cgroup_try_remove(const char *path)
{
    remove_folder(AT_FDCWD, path, 0);
    return access(path, F_OK) && errno == ENOENT;
}
