/* checkpoint_file.h - files that are whole or refused: how the bytes of a checkpoint are kept.
 *
 * A file is written beside the others of its folder, synced to disk and renamed, and the one
 * that it replaces is kept as the one before: whatever happens at whatever moment, one of the
 * two is whole. Layout, little-endian: "WTCHKPT\n", a version and the kind of numbers (4 bytes
 * each), the length of the body (8), the body, and a CRC-32 (zlib's) of the body and what
 * stands before it. Threading: one writer or reader a thread; two processes may write into one
 * folder, and the last one wins. */
#ifndef CNN_CHECKPOINT_FILE_H
#define CNN_CHECKPOINT_FILE_H

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The names in a folder. */
#define CHECKPOINT_LATEST "latest.ckpt"
#define CHECKPOINT_BEFORE "before.ckpt"
#define CHECKPOINT_BEST "best.ckpt"

/* Bytes that a file has besides its body. */
enum { CHECKPOINT_FRAME = 28 };

/* Where a file goes: to the latest, which becomes the one before, or to the best. */
enum checkpoint_place { CHECKPOINT_NOWHERE, CHECKPOINT_AS_LATEST, CHECKPOINT_AS_BEST };

struct checkpoint_writer {
    FILE *file;
    const char *folder; /* borrowed */
    char path[PATH_MAX];
    uint64_t length; /* of the body so far */
    uint32_t crc;    /* of the body so far */
    int errnum;      /* of the first write that failed */
};

/* Begin a file. Errors: those of the system, with the folder. */
enum status checkpoint_create(struct checkpoint_writer *writer, const char *folder,
                              struct error *err);
/* Append to the body. A failure is remembered. */
void checkpoint_put(struct checkpoint_writer *writer, const void *bytes, size_t n);
/* Put it in its place, or leave nothing of it when anything has failed.
 * Errors: those of the system, with the file. */
enum status checkpoint_commit(struct checkpoint_writer *writer, enum checkpoint_place place,
                              struct error *err);

/* Make the best one the latest too, by a second name for the same file; the latest so far
 * becomes the one before. False where the file system cannot: nothing has changed. */
bool checkpoint_best_is_latest(const char *folder);

struct checkpoint_reader {
    FILE *file;
    const char *path; /* borrowed */
    uint64_t left;    /* of the body */
};

/* Open a file after the whole of it was checked, at the beginning of its body.
 * Errors: ST_NOTFOUND; ST_FORMAT for what is no checkpoint, is cut short or damaged, is of
 * another version or holds other numbers; those of the system. */
enum status checkpoint_open(struct checkpoint_reader *reader, const char *path,
                            struct error *err);
/* Read on. Errors: ST_FORMAT beyond the end of the body; ST_IO. */
enum status checkpoint_get(struct checkpoint_reader *reader, void *bytes, size_t n,
                           struct error *err);
void checkpoint_close(struct checkpoint_reader *reader);

/* Does the folder hold a checkpoint, be it whole or not? */
bool checkpoint_exists(const char *folder);
/* Delete what writers that were killed have left, which nobody will finish. */
void checkpoint_sweep(const char *folder);
/* Delete that and the checkpoints. What other files there are stays. */
void checkpoint_delete(const char *folder);

#endif
