#include "worker/cpu_times.h"

#include "worker/sysfile.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t cpu_times_tick_ns(void)
{
    long hz = sysconf(_SC_CLK_TCK);
    return 1000000000u / (uint64_t)(hz > 0 ? hz : 100);
}

bool cpu_times_busy_ns(const char *root, uint64_t *busy_ns)
{
    char path[SYSFILE_PATH], text[256];
    if (!sysfile_path(path, root, "/proc/stat") || sysfile_read(path, text, sizeof text))
        return false;
    uint64_t user, nice, system, irq, softirq;
    if (sscanf(text, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %*u %*u %" SCNu64 " %" SCNu64,
               &user, &nice, &system, &irq, &softirq) != 5)
        return false;
    *busy_ns = (user + nice + system + irq + softirq) * cpu_times_tick_ns();
    return true;
}

unsigned cpu_times_online(const char *root)
{
    char path[SYSFILE_PATH];
    FILE *file = sysfile_path(path, root, "/proc/stat") ? sysfile_open(path) : NULL;
    if (!file)
        return 0;
    unsigned online = 0;
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) > 0 && strncmp(line, "cpu", 3) == 0)
        if (isdigit((unsigned char)line[3]))
            online++;
    free(line);
    fclose(file);
    return online;
}
