/* npy.h - the header of a NumPy array file (.npy), versions 1 to 3.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * Threading: no shared state. */
#ifndef CNN_NPY_H
#define CNN_NPY_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NPY_DIMS_MAX = 8, NPY_HEADER_MAX = 4096 };

struct npy_header {
    char kind;        /* 'u': unsigned, 'i': signed integers */
    size_t item;      /* bytes of one: 1, 2, 4 or 8 */
    bool big_endian;  /* when there are several */
    bool column_wise; /* Fortran's order: the first index changes fastest */
    size_t n_dims;
    size_t dims[NPY_DIMS_MAX];
    uint64_t count; /* numbers in all; with their bytes below 2^63 */
    size_t size;    /* bytes of the header: the array begins there */
};

/* Read the header from the beginning of a file, of which `size` bytes are there, at least
 * NPY_HEADER_MAX unless the file is shorter; `source` is for messages.
 * Errors: ST_FORMAT with the byte and what was expected: for what is no header or a longer one,
 * and for arrays of anything but integers. */
enum status npy_read_header(struct npy_header *header, const char *source, const uint8_t *bytes,
                            size_t size, struct error *err);

/* Number i of an array, whose bytes are below `bytes`. False when it does not fit. */
bool npy_integer(const struct npy_header *header, const uint8_t *bytes, size_t i,
                 int64_t *value);

#endif
