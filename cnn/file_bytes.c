#include "cnn/file_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum status file_check(const struct stat *info, const char *path, struct error *err)
{
    if (S_ISREG(info->st_mode))
        return ST_OK;
    return error_set(err, ST_FORMAT, "%s: expected a file, found a %s", path,
                     S_ISDIR(info->st_mode) ? "folder" : "device or pipe");
}

static enum status map_open(struct file_bytes *file, int fd, const char *path,
                            struct error *err)
{
    struct stat info;
    if (fstat(fd, &info))
        return error_errno(err, errno, "%s", path);
    enum status status = file_check(&info, path, err);
    if (status)
        return status;
    *file = (struct file_bytes){(const uint8_t *)"", (size_t)info.st_size, info.st_mtim, NULL};
    if (file->size == 0)
        return ST_OK;
    void *memory = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (memory == MAP_FAILED)
        return error_errno(err, errno, "%s: cannot map %zu bytes", path, file->size);
    file->bytes = file->mapped = memory;
    return ST_OK;
}

enum status file_map(struct file_bytes *file, const char *path, struct error *err)
{
    /* O_NONBLOCK: opening a pipe must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(err, errno, "%s", path);
    enum status status = map_open(file, fd, path, err);
    close(fd);
    return status;
}

void file_unmap(struct file_bytes *file)
{
    if (file->mapped)
        munmap(file->mapped, file->size);
    *file = (struct file_bytes){(const uint8_t *)"", 0, {0}, NULL};
}
