#include "worker/sysfile.h"

#include "worker/printable.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whatever lies there must not hold a rank up: a pipe without a writer would. */
#define FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

FILE *sysfile_open(const char *path)
{
    int fd = open(path, FLAGS);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (fd >= 0 && !file)
        close(fd);
    return file;
}

bool sysfile_path(char path[SYSFILE_PATH], const char *root, const char *format, ...)
{
    size_t used = strlen(root);
    if (used >= SYSFILE_PATH)
        return false;
    memcpy(path, root, used + 1);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(path + used, SYSFILE_PATH - used, format, args);
    va_end(args);
    return length >= 0 && (size_t)length < SYSFILE_PATH - used;
}

int sysfile_read(const char *path, char *text, size_t size)
{
    int fd = open(path, FLAGS);
    text[0] = '\0';
    if (fd < 0)
        return errno;
    size_t used = 0;
    int failure = 0;
    while (used < size - 1) {
        ssize_t got = read(fd, text + used, size - 1 - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            failure = errno;
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    close(fd);
    if (used > 0 && text[used - 1] == '\n')
        used--;
    text[used] = '\0';
    return failure;
}

int sysfile_read_line(const char *path, char *text, size_t size)
{
    int failure = sysfile_read(path, text, size);
    size_t length = strcspn(text, "\r\n");
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    text[length] = '\0';
    printable(text, length);
    return failure;
}

int sysfile_parse_u64(const char *text, uint64_t *value)
{
    if (!isdigit((unsigned char)text[0])) /* strtoull would take a sign */
        return EINVAL;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    end += strspn(end, " \t\n");
    if (errno || *end != '\0')
        return EINVAL;
    *value = number;
    return 0;
}

int sysfile_read_u64(const char *path, uint64_t *value)
{
    char text[64] = "";
    int failure = sysfile_read(path, text, sizeof text);
    return failure ? failure : sysfile_parse_u64(text, value);
}

bool sysfile_exists(const char *root, const char *path)
{
    char full[SYSFILE_PATH];
    return sysfile_path(full, root, "%s", path) && access(full, F_OK) == 0;
}

void sysfile_append_mode(const char *path, struct strbuf *text)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        strbuf_append(text, "permission denied in a folder above it\n");
        return;
    }
    const struct passwd *user = getpwuid(st.st_uid);
    const struct group *group = getgrgid(st.st_gid);
    strbuf_printf(text, "mode %04o, ", (unsigned)(st.st_mode & 07777));
    if (user)
        strbuf_printf(text, "owner %s, ", user->pw_name);
    else
        strbuf_printf(text, "owner %u, ", (unsigned)st.st_uid);
    if (group)
        strbuf_printf(text, "group %s\n", group->gr_name);
    else
        strbuf_printf(text, "group %u\n", (unsigned)st.st_gid);
}
