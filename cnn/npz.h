/* npz.h - NumPy arrays in a zip archive (.npz), by libzip: stored or deflated members, read
 * from their beginning to their end.
 *
 * Whatever a header promises is held against the sizes in the archive, and those against what
 * deflate can pack, before anybody relies on it. Threading: one thread an archive. */
#ifndef CNN_NPZ_H
#define CNN_NPZ_H

#include "cnn/npy.h"

struct npz;

/* Open the archive that lies in memory, which is borrowed; `path` is for messages and copied.
 * Errors: ST_FORMAT for what is no archive or a damaged one; ST_NOMEM. */
enum status npz_open(struct npz **out, const char *path, const uint8_t *bytes, size_t size,
                     struct error *err);
/* NULL is safe. */
void npz_close(struct npz *npz);

/* One array of an open archive. */
struct npz_array;

/* Begin to read the array `name` (without .npy), whose header is filled in. *out is the
 * caller's to npz_array_close() before the archive.
 * Errors: ST_NOTFOUND when there is none; ST_FORMAT; ST_NOMEM. */
enum status npz_array_open(struct npz_array **out, struct npz *npz, const char *name,
                           struct npy_header *header, struct error *err);
/* The next size bytes; together with those before them at most what the header promises. The
 * last ones are handed out after the checksum of the whole was found right.
 * Errors: ST_FORMAT with the byte; ST_NOMEM. */
enum status npz_array_read(struct npz_array *array, void *out, size_t size, struct error *err);
/* "set.npz: train_labels.npy", for messages. */
const char *npz_array_name(const struct npz_array *array);
/* NULL is safe. */
void npz_array_close(struct npz_array *array);

#endif
