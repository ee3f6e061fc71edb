/* control_group.h - the control groups of Linux that this process is in, by which a batch
 * system or a container limits it. Limits may stand in any group from the process's own to the
 * top.
 *
 * Version 2 has one tree, version 1 one for each controller. Files are read below a root, which
 * is "" on a live machine and a folder when the tree of another one is read.
 * Source: the kernel's admin-guide/cgroup-v1 and cgroup-v2. Threading: no shared state. */
#ifndef CNN_CONTROL_GROUP_H
#define CNN_CONTROL_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_GROUP_PATH 4500

struct control_group {
    char path[CONTROL_GROUP_PATH]; /* a folder */
    size_t top;                    /* bytes of it that are the tree's top */
};

/* The process's own group in the tree of a controller of version 1 ("memory", "cpu"), or, for
 * NULL, in that of version 2. False when it is in none. */
bool control_group_own(struct control_group *group, const char *root, const char *controller);

/* Go to the group above. False at the top. */
bool control_group_up(struct control_group *group);

/* The first size - 1 bytes of one of its files. False when there is none. */
bool control_group_read(const struct control_group *group, const char *file, char *text,
                        size_t size);

/* The whole number that a file begins with. False when it begins with none, such as "max". */
bool control_group_number(const struct control_group *group, const char *file, int64_t *number);

#endif
