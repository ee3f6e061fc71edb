/* gzip.h - unpack a gzip file that lies in memory, whose unpacked size is known or bounded.
 * Source: RFC 1952, by zlib. Threading: no shared state. */
#ifndef CNN_GZIP_H
#define CNN_GZIP_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Deflate cannot pack tighter than this (a match of 258 bytes in 2 bits). */
#define GZIP_RATIO_MAX 1032

/* True when the bytes start like a gzip file. */
bool gzip_starts(const uint8_t *bytes, size_t size);

/* Unpack into out[0 .. capacity). *unpacked is the number of bytes written; when `whole` is
 * false, it is enough to fill out, and what follows is neither read nor checked; when it is
 * true, the file must end with the bytes that fill out, or before. `path` is for messages.
 * Errors: ST_FORMAT for damage, a missing end, more than `capacity` bytes, or bytes behind the
 * end; ST_NOMEM. */
enum status gzip_unpack(const char *path, const uint8_t *bytes, size_t size, uint8_t *out,
                        size_t capacity, bool whole, size_t *unpacked, struct error *err);

#endif
