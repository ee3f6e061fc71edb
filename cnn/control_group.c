#include "cnn/control_group.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is the name one of a list that commas divide? */
static bool lists(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

/* The path in a line "4:cpu,cpuacct:/path" (version 1) or "0::/path" (version 2), if it is the
 * controller's; else NULL. The line is cut in pieces. */
static const char *path_in(char *line, const char *controller)
{
    char *controllers = strchr(line, ':'), *path = NULL;
    if (controllers)
        path = strchr(++controllers, ':');
    if (!path || path[1] != '/')
        return NULL;
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    bool is_it = controller ? lists(controllers, controller) : controllers[0] == '\0';
    return is_it ? path : NULL;
}

bool control_group_own(struct control_group *group, const char *root, const char *controller)
{
    char line[4200];
    const char *path = NULL;
    int top = snprintf(group->path, sizeof group->path, "%s/proc/self/cgroup", root);
    FILE *file = top < (int)sizeof group->path ? fopen(group->path, "re") : NULL;
    if (!file)
        return false;
    while (!path && fgets(line, sizeof line, file))
        path = path_in(line, controller);
    fclose(file);
    if (!path)
        return false;
    top = snprintf(group->path, sizeof group->path, "%s/sys/fs/cgroup%s%s", root,
                   controller ? "/" : "", controller ? controller : "");
    group->top = (size_t)top;
    size_t room = sizeof group->path - group->top;
    return snprintf(group->path + group->top, room, "%s", strcmp(path, "/") ? path : "") <
           (int)room;
}

bool control_group_up(struct control_group *group)
{
    char *end = strrchr(group->path + group->top, '/');
    if (!end)
        return false;
    *end = '\0';
    return true;
}

bool control_group_read(const struct control_group *group, const char *file, char *text,
                        size_t size)
{
    char path[CONTROL_GROUP_PATH + 64];
    snprintf(path, sizeof path, "%s/%s", group->path, file);
    FILE *stream = fopen(path, "re");
    if (!stream)
        return false;
    size_t length = fread(text, 1, size - 1, stream);
    text[length] = '\0';
    fclose(stream);
    return length > 0;
}

bool control_group_number(const struct control_group *group, const char *file, int64_t *number)
{
    char text[64], *end;
    if (!control_group_read(group, file, text, sizeof text))
        return false;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && errno == 0;
}
