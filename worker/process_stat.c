#include "worker/process_stat.h"

#include "worker/cpu_times.h"
#include "worker/sysfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool process_stat_read(const char *root, pid_t pid, struct process_stat *stat)
{
    char path[SYSFILE_PATH], text[1024];
    if (!sysfile_path(path, root, "/proc/%d/stat", (int)pid) ||
        sysfile_read(path, text, sizeof text))
        return false;
    /* The name may hold anything, brackets and blanks included: skip to the last bracket. */
    const char *rest = strrchr(text, ')');
    uint64_t user, system, reaped_user, reaped_system;
    if (!rest || sscanf(rest,
                        ") %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
                        " %" SCNu64 " %" SCNu64 " %*d %*d %*d %*d %" SCNu64,
                        &stat->state, &stat->parent, &stat->group, &stat->session, &user,
                        &system, &reaped_user, &reaped_system, &stat->start_ticks) != 9)
        return false;
    stat->pid = pid;
    stat->cpu_ns = (user + system) * cpu_times_tick_ns();
    stat->reaped_ns = (reaped_user + reaped_system) * cpu_times_tick_ns();
    return true;
}
