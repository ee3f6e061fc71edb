#include "worker/cgroup_place.h"

#include "worker/sysfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Open /proc/PID/NAME below root; pid 0: this process. */
static FILE *open_proc(const char *root, pid_t pid, const char *name)
{
    char path[SYSFILE_PATH];
    bool fits = pid ? sysfile_path(path, root, "/proc/%d/%s", (int)pid, name)
                    : sysfile_path(path, root, "/proc/self/%s", name);
    return fits ? sysfile_open(path) : NULL;
}

/* The group's name within the hierarchy of version 2, which has the number 0. */
static bool read_name(const char *root, pid_t pid, char name[CGROUP_PATH])
{
    char line[CGROUP_PATH];
    bool found = false;
    FILE *file = open_proc(root, pid, "cgroup");
    while (file && !found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        found = strncmp(line, "0::/", 4) == 0;
        if (found)
            memcpy(name, line + 3, strlen(line + 3) + 1);
    }
    if (file)
        fclose(file);
    return found;
}

/* What of `name` is below `top`, the part of the hierarchy that is mounted; NULL when it is not
 * in there, or outside of our control group namespace ("/../other"): a path made of that would
 * lead out of the mount. */
static const char *below(const char *top, const char *name)
{
    size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);
    if (strncmp(name, top, length) != 0 || (name[length] != '/' && name[length] != '\0') ||
        strstr(name, "/.."))
        return NULL;
    return strcmp(name + length, "/") == 0 ? "" : name + length;
}

/* One line of mountinfo: "36 35 0:30 /top /mount/point rw,... - cgroup2 source rw". Other
 * hierarchies may be mounted beside, and this one in several places. */
static bool read_mount(struct cgroup_mount *mount, const char *line, const char *name)
{
    _Static_assert(CGROUP_PATH == 512, "the widths below");
    return strstr(line, " - cgroup2 ") &&
           sscanf(line, "%*s %*s %*s %511s %511s", mount->top, mount->point) == 2 &&
           below(mount->top, name);
}

void cgroup_mount_find(struct cgroup_mount *mount, const char *root)
{
    char name[CGROUP_PATH];
    char *line = NULL;
    size_t size = 0;
    *mount = (struct cgroup_mount){.found = false};
    snprintf(mount->root, sizeof mount->root, "%s", root);
    FILE *mounts = read_name(root, 0, name) ? open_proc(root, 0, "mountinfo") : NULL;
    while (mounts && !mount->found && getline(&line, &size, mounts) > 0)
        mount->found = read_mount(mount, line, name);
    free(line);
    if (mounts)
        fclose(mounts);
}

bool cgroup_place(const struct cgroup_mount *mount, pid_t pid, char path[CGROUP_PATH])
{
    char name[CGROUP_PATH];
    const char *rest =
        mount->found && read_name(mount->root, pid, name) ? below(mount->top, name) : NULL;
    int length =
        rest ? snprintf(path, CGROUP_PATH, "%s%s%s", mount->root, mount->point, rest) : -1;
    return length > 0 && length < CGROUP_PATH;
}
