#include "worker/cpu_clock.h"

#include "worker/sysfile.h"

#include <stdlib.h>
#include <unistd.h>

bool cpu_clock_covers(const char *root)
{
    char path[SYSFILE_PATH], self[32];
    ssize_t length;
    if (!sysfile_path(path, root, "/proc/self") ||
        (length = readlink(path, self, sizeof self - 1)) < 0)
        return false;
    self[length] = '\0';
    return strtol(self, NULL, 10) == (long)getpid();
}

bool cpu_clock_find(pid_t pid, clockid_t *clock)
{
    return clock_getcpuclockid(pid, clock) == 0;
}

bool cpu_clock_read(clockid_t clock, uint64_t *cpu_ns)
{
    struct timespec time;
    if (clock_gettime(clock, &time))
        return false;
    *cpu_ns = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
    return true;
}

bool cpu_clock_of(pid_t pid, uint64_t *cpu_ns)
{
    clockid_t clock;
    return cpu_clock_find(pid, &clock) && cpu_clock_read(clock, cpu_ns);
}
