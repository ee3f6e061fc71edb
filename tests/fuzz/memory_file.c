#include "tests/fuzz/memory_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *memory_file(const void *bytes, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, bytes, size, 0) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

bool memory_file_read(const uint8_t *bytes, size_t size,
                      void (*put_right)(uint8_t *bytes, size_t size),
                      bool (*read_file)(const char *path))
{
    if (size < 1)
        return false;
    uint8_t *copy = malloc(size);
    if (!copy)
        abort();
    memcpy(copy, bytes + 1, size - 1);
    if (bytes[0] & 1)
        put_right(copy, size - 1);
    bool sound = read_file(memory_file(copy, size - 1));
    free(copy);
    return sound;
}
