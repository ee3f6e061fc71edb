#include "cnn/memory.h"

#include "cnn/control_group.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* How a version of control groups calls things: the controller, its limit, what is in use, and
 * how much of that is files, which the kernel drops when it needs room. */
struct names {
    const char *controller, *limit, *usage, *active, *inactive;
};

static const struct names versions[] = {
    {NULL, "memory.max", "memory.current", "\nactive_file ", "\ninactive_file "},
    {"memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "\ntotal_active_file ",
     "\ntotal_inactive_file "},
};

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t available_in_all(const char *root)
{
    char path[CONTROL_GROUP_PATH], line[256];
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    FILE *file = fopen(path, "re");
    if (!file)
        return UINT64_MAX;
    uint64_t kib, bytes = UINT64_MAX;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
            bytes = 1024 * kib;
    fclose(file);
    return bytes;
}

/* The number behind a line's name; 0 when there is none. */
static uint64_t number_behind(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    uint64_t number = 0;
    if (at)
        sscanf(at + strlen(name), "%" SCNu64, &number);
    return number;
}

/* What the processes of a group use, but for the files among it. */
static uint64_t in_use(const struct control_group *group, const struct names *names)
{
    char stat[8192];
    int64_t usage;
    if (!control_group_number(group, names->usage, &usage) || usage < 0)
        return 0;
    if (!control_group_read(group, "memory.stat", stat, sizeof stat))
        return (uint64_t)usage;
    uint64_t files = number_behind(stat, names->active) + number_behind(stat, names->inactive);
    return (uint64_t)usage - lower(files, (uint64_t)usage);
}

/* What the limit of a group leaves. */
static uint64_t room_in(const struct control_group *group, const struct names *names)
{
    int64_t limit;
    if (!control_group_number(group, names->limit, &limit) || limit < 0)
        return UINT64_MAX;
    uint64_t used = in_use(group, names);
    return (uint64_t)limit > used ? (uint64_t)limit - used : 0;
}

uint64_t memory_available(const char *root)
{
    uint64_t bytes = available_in_all(root);
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct control_group group;
        bool is_in = control_group_own(&group, root, versions[i].controller);
        for (; is_in; is_in = control_group_up(&group))
            bytes = lower(bytes, room_in(&group, &versions[i]));
    }
    return bytes;
}

bool memory_has_room(size_t bytes)
{
    void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return room != MAP_FAILED && munmap(room, bytes) == 0;
}

enum status memory_check(uint64_t bytes, const char *what, struct error *err)
{
    uint64_t available = memory_available("");
    if (bytes <= available)
        return ST_OK;
    return error_set(err, ST_NOMEM,
                     "%.1f GB of memory are needed for %s, and %.1f GB are available",
                     (double)bytes * 1e-9, what, (double)available * 1e-9);
}
