/* sysfile.h - read the small files of sysfs and procfs, below a root.
 *
 * The root is "" on a live machine and a folder when the tree of another machine is read.
 * Threading: no shared state. */
#ifndef WORKER_SYSFILE_H
#define WORKER_SYSFILE_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SYSFILE_PATH 512

/* Write root followed by the formatted path ("/proc/%d/stat"). False when it does not fit. */
bool sysfile_path(char path[SYSFILE_PATH], const char *root, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Open for reading line by line; NULL on failure. Nothing is waited for here and below: an
 * empty pipe has no lines. */
FILE *sysfile_open(const char *path);

/* Read the first size - 1 bytes, end them with a NUL and drop a last newline. 0 or an errno;
 * then the text is what came before. */
int sysfile_read(const char *path, char *text, size_t size);

/* The same of the first line alone, without the blanks at its end, and printable: firmware
 * writes some of these texts. */
int sysfile_read_line(const char *path, char *text, size_t size);

/* The whole number that a text or a file holds. 0 or an errno; EINVAL when there is anything
 * else but blanks after it. */
int sysfile_parse_u64(const char *text, uint64_t *value);
int sysfile_read_u64(const char *path, uint64_t *value);

/* True when the file exists, readable or not. */
bool sysfile_exists(const char *root, const char *path);

/* Append "mode 0400, owner root, group root" and a newline. */
void sysfile_append_mode(const char *path, struct strbuf *text);

#endif
