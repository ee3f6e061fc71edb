#include "worker/guard.h"

#include "worker/cgroup.h"
#include "worker/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Looks at the processes, each as long after the one before: something that was found may fork
 * before it dies, or hang in the kernel. */
enum { SWEEPS_MAX = 200, SWEEP_PAUSE_NS = 10 * 1000 * 1000, MARK_SIZE = 40 };

/* The guard is a fork of a process that may have threads, so until its end only what is safe
 * after such a fork is called: system calls and no malloc(). */

/* Whether the process was started with the mark, which includes its final NUL. */
static bool has_mark(int proc, const char *pid, const char *mark, size_t length)
{
    char path[64], text[4096 + MARK_SIZE];
    snprintf(path, sizeof path, "%.20s/environ", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t kept = 0;
    bool found = false;
    ssize_t n;
    while (!found && (n = read(fd, text + kept, sizeof text - kept)) > 0) {
        size_t have = kept + (size_t)n;
        found = memmem(text, have, mark, length) != NULL;
        kept = have < length ? have : length;
        memmove(text, text + have - kept, kept);
    }
    close(fd);
    return found;
}

/* Kill all that carry the mark; false when there were none. */
static bool sweep(const char *mark, size_t length)
{
    _Alignas(struct dirent64) char block[8192];
    bool found = false;
    ssize_t n;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (proc >= 0 && (n = getdents64(proc, block, sizeof block)) > 0)
        for (ssize_t at = 0; at < n;) {
            const struct dirent64 *item = (const void *)(block + at);
            at += item->d_reclen;
            int pid = 0;
            if (!isdigit((unsigned char)item->d_name[0]) ||
                !has_mark(proc, item->d_name, mark, length) ||
                sscanf(item->d_name, "%d", &pid) != 1)
                continue;
            kill(pid, SIGKILL);
            found = true;
        }
    if (proc >= 0)
        close(proc);
    return found;
}

/* What there is to kill when the worker has gone. */
struct watched {
    pid_t root;
    char cgroup[CGROUP_PATH];
};

/* The group first: what is in there cannot hide. The mark is for what has left it, and for
 * systems without groups. */
static void kill_trial(const struct watched *watched)
{
    char mark[MARK_SIZE];
    int length = snprintf(mark, sizeof mark, GUARD_VARIABLE "=%d", (int)getpid());
    struct timespec pause = {.tv_nsec = SWEEP_PAUSE_NS};
    bool left = true, grouped = watched->cgroup[0] != '\0';
    if (watched->root > 0)
        kill(-watched->root, SIGKILL);
    for (int i = 0; i < SWEEPS_MAX && left; i++) {
        if (grouped)
            cgroup_kill(watched->cgroup);
        left = sweep(mark, (size_t)length + 1);
        if (grouped && !cgroup_try_remove(watched->cgroup))
            left = true;
        if (left)
            nanosleep(&pause, NULL);
    }
}

static _Noreturn void stand_guard(int fd)
{
    sigset_t all;
    struct watched watched = {.root = 0}, next;
    setsid();
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    dup2(fd, 0);
    process_close_from(1);
    prctl(PR_SET_NAME, "wattune-guard");
    int moved = chdir("/"); /* or our folder's file system could not be unmounted */
    (void)moved;
    while (read(0, &next, sizeof next) == (ssize_t)sizeof next)
        watched = next;
    if (watched.root > 0 || watched.cgroup[0] != '\0')
        kill_trial(&watched);
    _exit(0);
}

/* A fork without SIGCHLD at its end: wait() sees only the processes of trials. All arguments
 * are zero, so their order, which differs between machines, does not matter. */
static pid_t fork_quietly(void)
{
    return (pid_t)syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
}

static bool tell(const struct guard *guard, const struct watched *watched)
{
    return guard->fd >= 0 &&
           send(guard->fd, watched, sizeof *watched, MSG_NOSIGNAL) == (ssize_t)sizeof *watched;
}

/* It could have been killed: then nothing takes what we say. */
static bool lives(const struct guard *guard)
{
    return tell(guard, &(struct watched){.root = 0});
}

enum status guard_start(struct guard *guard, struct error *err)
{
    int ends[2];
    if (lives(guard))
        return ST_OK;
    guard_end(guard);
    enum status status = ST_OK;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
        status = error_errno(err, errno, "cannot open a socket to the guard of a trial");
        error_remedy(err, "raise the limit of open files (ulimit -n)");
        return status;
    }
    pid_t pid = fork_quietly();
    if (pid == 0)
        stand_guard(ends[1]);
    if (pid < 0) {
        status = error_errno(err, errno, "cannot start the guard of a trial");
        error_remedy(err, "raise the limit of processes (ulimit -u) or free memory");
        close(ends[0]);
    } else {
        *guard = (struct guard){ends[0], pid};
    }
    close(ends[1]);
    return status;
}

void guard_watch(struct guard *guard, pid_t root, const char *cgroup)
{
    struct watched watched = {.root = root};
    snprintf(watched.cgroup, sizeof watched.cgroup, "%s", cgroup);
    tell(guard, &watched); /* a guard that was killed is replaced before the next trial */
}

void guard_end(struct guard *guard)
{
    if (guard->fd >= 0)
        close(guard->fd);
    while (guard->pid > 0 && waitpid(guard->pid, NULL, __WCLONE) < 0 && errno == EINTR)
        ;
    *guard = (struct guard)GUARD_INIT;
}
