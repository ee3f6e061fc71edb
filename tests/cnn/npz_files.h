/* npz_files.h - NumPy archives in memory, for tests of what reads them. */
#ifndef TESTS_CNN_NPZ_FILES_H
#define TESTS_CNN_NPZ_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A member of an archive: a header, and bytes behind it. */
struct npz_member {
    const char *name;   /* with .npy */
    const char *header; /* the dictionary; NULL: none, only the bytes */
    const void *bytes;  /* [size] */
    size_t size;
};

/* Write a .npy file of version 1.0 into out. Answers its size, at most `room`. */
size_t npy_write(uint8_t *out, size_t room, const struct npz_member *member);

/* Write an archive of n members, each below 65,536 bytes, into out. Answers its size, at most
 * `room`. */
size_t npz_write(uint8_t *out, size_t room, const struct npz_member *members, size_t n,
                 bool packed);

#endif
