/* file_bytes.h - a whole file as memory. Threading: no shared state; a mapped file must not be
 * shortened. */
#ifndef CNN_FILE_BYTES_H
#define CNN_FILE_BYTES_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* A file's bytes; bytes is not NULL even when size is 0. */
struct file_bytes {
    const uint8_t *bytes;
    size_t size;
    struct timespec modified; /* when it was last written to */
    void *mapped;             /* what there is to unmap; NULL for none */
};

/* Errors: ST_FORMAT when what stat() found there is no regular file. */
enum status file_check(const struct stat *info, const char *path, struct error *err);

/* Map a whole regular file, read-only; it is the caller's to file_unmap().
 * Errors: ST_NOTFOUND when there is none; those of file_check(); what the system says. */
enum status file_map(struct file_bytes *file, const char *path, struct error *err);
void file_unmap(struct file_bytes *file);

#endif
