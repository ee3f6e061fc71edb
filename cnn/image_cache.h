/* image_cache.h - a data set whose images took work to prepare, in one file that is mapped the
 * next time.
 *
 * Layout, little-endian: struct image_cache_header, the labels (2 bytes each), the names of the
 * classes (a line each), zeros up to a multiple of 64, and the images; labels and images of the
 * training, the validation and the test part, in that order. All of it but the images is
 * checked against a CRC-32 (zlib's) each time. To read the images for theirs would take what
 * the mapping saves. So the header notes the time that the file is given once it is whole, and
 * whoever writes to it later changes that: only then are the images checked too.
 *
 * A file is written beside its place under a name that ends in ".new", locked (flock), synced
 * to disk and renamed: others see all of it or nothing. Who comes while another one writes
 * waits for the lock; that of a writer that was killed is free, and its file is written over.
 * Threading: no shared state. */
#ifndef CNN_IMAGE_CACHE_H
#define CNN_IMAGE_CACHE_H

#include "cnn/dataset.h"

#include <limits.h>

struct image_cache_header {
    char magic[8];
    uint32_t version;
    uint32_t channels, height, width;
    uint32_t n_classes;
    uint32_t names_size; /* bytes of the classes' names; 0: they have none */
    uint64_t key;        /* what the images were made from, and how */
    uint64_t n[3];       /* images to train on, to validate on and to test with */
    int64_t written_s;   /* the time of the file, in seconds since 1970 */
    uint32_t images_crc;
    uint32_t head_crc; /* of what is before it, and of the labels and the names */
};

/* Fill an empty data set. Errors: ST_NOTFOUND when there is no file, or one that was made from
 * something else or by another version of the program; ST_FORMAT when it is damaged;
 * ST_NOMEM; those of the system. After one, what was filled is the caller's to reset. */
enum status image_cache_open(struct dataset *dataset, const char *path, uint64_t key,
                             struct error *err);

struct image_cache_writer {
    int fd;
    char path[PATH_MAX];       /* where the file will be */
    char unfinished[PATH_MAX]; /* where it is until then */
    struct image_cache_header header;
    char *head; /* [head_size]: the header, the labels and the names */
    size_t head_size, image_size;
    uint64_t at; /* where the next image goes */
};

/* Wait for the right to write the file, which another process may have written meanwhile; then
 * *writer is the caller's to image_cache_commit() or image_cache_abandon().
 * Errors: those of the system; ST_INTERRUPTED when a signal ends the waiting. */
enum status image_cache_lock(struct image_cache_writer *writer, const char *path,
                             struct error *err);
/* Make room for a data set's images, of which everything but the images themselves is known.
 * Errors: those of the system (a full disk shows here); ST_NOMEM. */
enum status image_cache_begin(struct image_cache_writer *writer, const struct dataset *dataset,
                              uint64_t key, struct error *err);
/* Write the next image. Errors: those of the system. */
enum status image_cache_put(struct image_cache_writer *writer, const uint8_t *image,
                            struct error *err);
/* All images are written: put the file in its place. Errors: those of the system. */
enum status image_cache_commit(struct image_cache_writer *writer, struct error *err);
/* Leave nothing behind. Safe after image_cache_commit(). */
void image_cache_abandon(struct image_cache_writer *writer);

#endif
