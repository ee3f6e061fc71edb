/* dataset.h - labelled images, from whatever format they are kept in.
 *
 * A format is one const struct dataset_format in a file of its own and one line in
 * dataset_table.c; docs/adding-a-data-format.md walks through one. Images stay bytes as they
 * lie on disk (mapped where the format allows); cnn/batches.h turns them into floats.
 * Threading: an open data set is read-only and may be shared. A mapped file must not be
 * shortened while the data set is open. */
#ifndef CNN_DATASET_H
#define CNN_DATASET_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More classes than this are refused, so that a label fits 16 bits. */
#define DATASET_CLASSES_MAX 65536
/* The largest height and width. */
#define DATASET_SIDE_MAX 16384

struct image_shape {
    size_t channels, height, width;
};

/* Bytes of one image. */
size_t image_bytes(const struct image_shape *shape);

/* Images and their labels, in the order of the files. */
struct dataset_split {
    size_t n;
    const uint8_t **images; /* [n], each [channels][height][width] */
    uint16_t *labels;       /* [n], below n_classes */
};

struct dataset {
    const struct dataset_format *format;
    struct image_shape shape;
    size_t n_classes;             /* at least 2 */
    char **class_names;           /* [n_classes]; NULL when the files do not tell */
    struct dataset_split train;   /* at least one image */
    struct dataset_split val;     /* the set's own to validate on; n is 0 when it has none */
    struct dataset_split test;    /* n is 0 when there is none */
    struct dataset_block *blocks; /* the memory behind the images, see dataset_build.h */
};

/* A number that can be set in the options' text. */
struct dataset_option {
    const char *name;
    const char *summary; /* one line */
    bool whole;
    double low, high; /* inclusive */
    double fallback;
};

struct dataset_format {
    const char *name;
    const char *summary; /* one line, for --help and the documentation */
    const char *files;   /* what the path must hold; NULL: the format takes no path */
    bool path_is_file;   /* it may be a file, and not only a folder */
    const char *remedy;  /* how to get such files; NULL when the format takes no path */
    const struct dataset_option *options; /* [n_options] */
    size_t n_options;
    /* Fill shape, n_classes, class_names and the splits through dataset_build.h. path is NULL
     * for a format that takes none; options is [n_options], checked. On an error the caller
     * frees what was filled.
     * Errors: ST_FORMAT names the file, the offset and what was expected; what the system says
     * of the files; ST_NOMEM. */
    enum status (*open)(struct dataset *dataset, const char *path, const double *options,
                        struct error *err);
};

/* All formats, and their names in the same order, ended by NULL. */
const struct dataset_format *const *dataset_formats(void);
extern const char *const dataset_names[];
/* The format of that name, or NULL. */
const struct dataset_format *dataset_format_find(const char *name);

/* Open a data set. path may be NULL or "" for a format that takes none. options is
 * "name=value,name=value"; NULL or "" for the defaults. *out is the caller's to
 * dataset_close().
 * Errors: ST_INVALID for an unknown format, a path that is missing or too much, and a wrong
 * option; those of the format's open. */
enum status dataset_open(struct dataset **out, const char *format, const char *path,
                         const char *options, struct error *err);

/* From now on images are read in any order. Where the files come to more than `memory` bytes,
 * so that they do not stay in it, the system is told to read no more of them than is asked for;
 * it would read their neighbours, too. Answers whether it was told. */
bool dataset_read_at_random(const struct dataset *dataset, uint64_t memory);

/* NULL is safe. */
void dataset_close(struct dataset *dataset);

#endif
