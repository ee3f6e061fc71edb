#include "cnn/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t available_in_all(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    if (!file)
        return UINT64_MAX;
    char line[256];
    uint64_t kib, bytes = UINT64_MAX;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
            bytes = 1024 * kib;
    fclose(file);
    return bytes;
}

/* memory.max of one group: a number, or "max". */
static uint64_t limit_of(const char *group)
{
    char path[4200];
    uint64_t bytes = UINT64_MAX;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", group);
    FILE *file = fopen(path, "re");
    if (!file)
        return bytes;
    if (fscanf(file, "%" SCNu64, &bytes) != 1)
        bytes = UINT64_MAX;
    fclose(file);
    return bytes;
}

/* The process's group, "" for the root; its line begins with "0::". */
static void read_group(char *group, size_t size)
{
    char line[4100];
    group[0] = '\0';
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (!file)
        return;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "0::/", 4) == 0)
            snprintf(group, size, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
    fclose(file);
}

/* A batch system sets the limit of a job, which is some groups above that of the process. */
static uint64_t limit_of_groups(void)
{
    char group[4100];
    read_group(group, sizeof group);
    uint64_t bytes = limit_of("");
    for (char *end; (end = strrchr(group, '/')); *end = '\0')
        bytes = lower(bytes, limit_of(group));
    return bytes;
}

uint64_t memory_available(void)
{
    return lower(available_in_all(), limit_of_groups());
}

enum status memory_check(uint64_t bytes, const char *what, struct error *err)
{
    uint64_t available = memory_available();
    if (bytes <= available)
        return ST_OK;
    return error_set(err, ST_NOMEM,
                     "%.1f GB of memory are needed for %s, and %.1f GB are available",
                     (double)bytes * 1e-9, what, (double)available * 1e-9);
}
