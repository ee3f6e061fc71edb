#include "worker/rank_clock.h"

#include "worker/cpu_clock.h"
#include "worker/process_stat.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A killed rank is a zombie until its launcher has waited for it. */
static bool is_over(const struct process_stat *stat, uint64_t start_ticks)
{
    return stat->state == 'Z' || stat->state == 'X' ||
           (start_ticks && stat->start_ticks != start_ticks);
}

/* A clock that moves is that of a live process, and of the same: nothing but the pidfd could
 * tell another one of that number, so it is asked now and then. */
#define TRUSTED_MAX 8

static struct rank_time read_stat(const char *root, bool exact, pid_t pid, uint64_t start_ticks)
{
    struct process_stat stat;
    struct rank_time time = {.seen = process_stat_read(root, pid, &stat)};
    time.dead = (time.seen && is_over(&stat, start_ticks)) || (kill(pid, 0) && errno == ESRCH);
    if (time.seen && start_ticks && stat.start_ticks != start_ticks)
        time.seen = false;
    if (time.seen)
        time.cpu_ns = stat.cpu_ns;
    if (time.seen && exact)
        time.seen = cpu_clock_of(pid, &time.cpu_ns);
    return time;
}

/* Hold on to the process: from now on its number cannot be mistaken for another's. */
static void open_clock(struct rank_clock *clock, pid_t pid, uint64_t start_ticks)
{
    struct process_stat stat;
    rank_clock_close(clock);
    int fd = (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */
    if (fd < 0)
        return;
    *clock = (struct rank_clock){
        .pid = pid, .start_ticks = start_ticks, .pidfd = fd, .is_open = true};
    if (!cpu_clock_find(pid, &clock->clock) || !process_stat_read("", pid, &stat) ||
        is_over(&stat, start_ticks))
        rank_clock_close(clock);
}

void rank_clock_close(struct rank_clock *clock)
{
    if (clock->is_open)
        close(clock->pidfd);
    *clock = (struct rank_clock){0};
}

/* Asked after the clock was read: one that lives still has had its number all the time. */
static bool lives(struct rank_clock *clock, uint64_t cpu_ns)
{
    bool moved = cpu_ns > clock->seen_ns;
    clock->seen_ns = cpu_ns;
    if (moved && clock->trusted++ < TRUSTED_MAX)
        return true;
    clock->trusted = 0;
    struct pollfd end = {.fd = clock->pidfd, .events = POLLIN};
    return poll(&end, 1, 0) == 0;
}

struct rank_time rank_clock_read(struct rank_clock *clock, const char *root, bool exact,
                                 pid_t pid, uint64_t start_ticks)
{
    struct rank_time time = {.dead = false};
    if (!exact)
        return read_stat(root, exact, pid, start_ticks);
    if (!clock->is_open || clock->pid != pid || clock->start_ticks != start_ticks)
        open_clock(clock, pid, start_ticks);
    time.seen = clock->is_open && cpu_clock_read(clock->clock, &time.cpu_ns);
    if (time.seen && lives(clock, time.cpu_ns))
        return time;
    return read_stat(root, exact, pid, start_ticks);
}
