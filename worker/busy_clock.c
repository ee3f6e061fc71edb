#include "worker/busy_clock.h"

#include "worker/cpu_times.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Time stolen by a hypervisor may be in the usage, but is in neither of its parts. */
static bool read_root_group(int fd, uint64_t *busy_ns)
{
    char text[128];
    uint64_t user_us, system_us;
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    if (sscanf(text, "usage_usec %*u user_usec %" SCNu64 " system_usec %" SCNu64, &user_us,
               &system_us) != 2)
        return false;
    *busy_ns = (user_us + system_us) * 1000;
    return true;
}

static int open_file(const struct cgroup_mount *mount, const char *name)
{
    char path[2 * CGROUP_PATH + 32];
    snprintf(path, sizeof path, "%s%s/%s", mount->root, mount->point, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* The root alone has no events: in a container, "/" may be a group like others. */
static bool is_root_group(const struct cgroup_mount *mount)
{
    int fd = open_file(mount, "cgroup.events");
    if (fd >= 0)
        close(fd);
    return fd < 0 && mount->found && strcmp(mount->top, "/") == 0;
}

void busy_clock_open(struct busy_clock *clock, const struct cgroup_mount *mount)
{
    uint64_t unused;
    snprintf(clock->root, sizeof clock->root, "%s", mount->root);
    clock->fd = is_root_group(mount) ? open_file(mount, "cpu.stat") : -1;
    if (clock->fd >= 0 && !read_root_group(clock->fd, &unused))
        busy_clock_close(clock);
}

void busy_clock_close(struct busy_clock *clock)
{
    if (clock->fd >= 0)
        close(clock->fd);
    clock->fd = -1;
}

bool busy_clock_read(const struct busy_clock *clock, uint64_t *busy_ns)
{
    if (clock->fd >= 0)
        return read_root_group(clock->fd, busy_ns);
    return cpu_times_busy_ns(clock->root, busy_ns);
}
