/* IDX, the format of MNIST and its successors, plain or packed with gzip (told by content).
 * Images: 00 00 08 03, then count, height and width as big-endian 32-bit numbers, then bytes.
 * Labels: 00 00 08 01, then the count, then bytes.
 * Source: http://yann.lecun.com/exdb/mnist/ */
#include "cnn/dataset_build.h"
#include "cnn/dataset_table.h"
#include "cnn/gzip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_MAX 16

enum { CLASSES, N_OPTIONS };

static const struct dataset_option option_table[N_OPTIONS] = {
    [CLASSES] = {"classes", "classes; 0: the largest label of the training set, and one", true,
                 0, 256, 0},
};

/* One IDX file: its sizes and what follows them. */
struct idx {
    char *path;
    size_t n_dims;
    uint32_t dims[3];
    size_t header; /* bytes before the data */
    const uint8_t *data;
};

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           bytes[3];
}

/* Read the file header, of which `size` bytes are there. */
static enum status read_header(struct idx *idx, const uint8_t *bytes, size_t size,
                               struct error *err)
{
    idx->header = 4 + 4 * idx->n_dims;
    if (size < idx->header)
        return error_set(err, ST_FORMAT,
                         "%s: at byte %zu: expected a header of %zu bytes, found the end of "
                         "the file",
                         idx->path, size, idx->header);
    uint32_t magic = 0x800 + (uint32_t)idx->n_dims;
    if (big_endian(bytes) != magic)
        return error_set(err, ST_FORMAT,
                         "%s: at byte 0: expected %08x (bytes in %zu dimensions), found %08x",
                         idx->path, magic, idx->n_dims, big_endian(bytes));
    for (size_t i = 0; i < idx->n_dims; i++) {
        idx->dims[i] = big_endian(bytes + 4 + 4 * i);
        if (idx->dims[i] == 0 || (i > 0 && idx->dims[i] > DATASET_SIDE_MAX))
            return error_set(
                err, ST_FORMAT, "%s: at byte %zu: expected a size from 1 to %u, found %u",
                idx->path, 4 + 4 * i, i ? DATASET_SIDE_MAX : UINT32_MAX, idx->dims[i]);
    }
    return ST_OK;
}

/* Bytes of data that the header promises; below 2^60, see DATASET_SIDE_MAX. */
static uint64_t promised(const struct idx *idx)
{
    uint64_t bytes = 1;
    for (size_t i = 0; i < idx->n_dims; i++)
        bytes *= idx->dims[i];
    return bytes;
}

static enum status read_plain(struct idx *idx, const struct file_bytes *file, struct error *err)
{
    enum status status = read_header(idx, file->bytes, file->size, err);
    if (status)
        return status;
    uint64_t expected = idx->header + promised(idx);
    if (file->size != expected)
        return error_set(
            err, ST_FORMAT,
            "%s: at byte %zu: expected %llu bytes in all, as its header says, found "
            "%zu",
            idx->path, file->size < expected ? file->size : (size_t)expected,
            (unsigned long long)expected, file->size);
    idx->data = file->bytes + idx->header;
    return ST_OK;
}

static enum status read_packed(struct dataset *dataset, struct idx *idx,
                               const struct file_bytes *file, struct error *err)
{
    uint8_t header[HEADER_MAX];
    size_t unpacked;
    enum status status = gzip_unpack(idx->path, file->bytes, file->size, header,
                                     4 + 4 * idx->n_dims, false, &unpacked, err);
    if (status == ST_OK)
        status = read_header(idx, header, unpacked, err);
    if (status)
        return status;
    uint64_t expected = idx->header + promised(idx);
    if (expected / GZIP_RATIO_MAX > file->size)
        return error_set(err, ST_FORMAT,
                         "%s: expected %llu bytes once unpacked, as the header says, more than "
                         "%zu packed bytes can hold",
                         idx->path, (unsigned long long)expected, file->size);
    uint8_t *bytes = dataset_allocate(dataset, (size_t)expected);
    if (!bytes)
        return error_set(err, ST_NOMEM, "%s: out of memory for %llu bytes", idx->path,
                         (unsigned long long)expected);
    status = gzip_unpack(idx->path, file->bytes, file->size, bytes, (size_t)expected, true,
                         &unpacked, err);
    if (status)
        return status;
    return read_plain(idx, &(struct file_bytes){.bytes = bytes, .size = unpacked}, err);
}

/* folder/name or folder/name.gz. */
static enum status find_file(struct dataset *dataset, struct idx *idx, const char *folder,
                             const char *name, struct file_bytes *file, struct error *err)
{
    idx->path = dataset_path_join(folder, name);
    if (!idx->path)
        return error_set(err, ST_NOMEM, "%s: out of memory", folder);
    enum status status = dataset_map(dataset, idx->path, file, err);
    if (status != ST_NOTFOUND)
        return status;
    size_t size = strlen(idx->path) + sizeof ".gz";
    char *packed = realloc(idx->path, size);
    if (!packed)
        return error_set(err, ST_NOMEM, "%s: out of memory", folder);
    idx->path = packed;
    memcpy(packed + size - sizeof ".gz", ".gz", sizeof ".gz");
    status = dataset_map(dataset, packed, file, err);
    if (status == ST_NOTFOUND) {
        error_set(err, status, "%s: expected %s or %s.gz, found none", folder, name, name);
        error_remedy(err, "%s", dataset_idx.remedy);
    }
    return status;
}

static enum status read_idx(struct dataset *dataset, struct idx *idx, const char *folder,
                            const char *name, struct error *err)
{
    struct file_bytes file;
    enum status status = find_file(dataset, idx, folder, name, &file, err);
    if (status)
        return status;
    return gzip_starts(file.bytes, file.size) ? read_packed(dataset, idx, &file, err)
                                              : read_plain(idx, &file, err);
}

static enum status check_pair(const struct dataset *dataset, const struct idx *images,
                              const struct idx *labels, struct error *err)
{
    if (images->dims[0] != labels->dims[0])
        return error_set(err, ST_FORMAT,
                         "%s: at byte 4: expected %u labels, as many as %s has images, "
                         "found %u",
                         labels->path, images->dims[0], images->path, labels->dims[0]);
    const struct image_shape *shape = &dataset->shape;
    if (shape->height && (images->dims[1] != shape->height || images->dims[2] != shape->width))
        return error_set(err, ST_FORMAT,
                         "%s: at byte 8: expected images of %zu x %zu like those to train "
                         "on, found %u x %u",
                         images->path, shape->height, shape->width, images->dims[1],
                         images->dims[2]);
    return ST_OK;
}

static size_t largest(const uint8_t *labels, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (labels[i] > found)
            found = labels[i];
    return found;
}

/* The number of classes, if it is not known yet, and the labels. */
static enum status take_labels(struct dataset *dataset, struct dataset_split *split,
                               const struct idx *idx, struct error *err)
{
    if (dataset->n_classes == 0)
        dataset->n_classes = 1 + largest(idx->data, split->n);
    if (dataset->n_classes < 2)
        return error_set(err, ST_FORMAT, "%s: expected at least two classes, found %zu",
                         idx->path, dataset->n_classes);
    for (size_t i = 0; i < split->n; i++) {
        if (idx->data[i] >= dataset->n_classes)
            return error_set(err, ST_FORMAT,
                             "%s: at byte %zu: expected a label from 0 to %zu, found %d",
                             idx->path, idx->header + i, dataset->n_classes - 1, idx->data[i]);
        split->labels[i] = idx->data[i];
    }
    return ST_OK;
}

static enum status take_pair(struct dataset *dataset, struct dataset_split *split,
                             const struct idx *images, const struct idx *labels,
                             struct error *err)
{
    enum status status = check_pair(dataset, images, labels, err);
    if (status)
        return status;
    dataset->shape = (struct image_shape){1, images->dims[1], images->dims[2]};
    status =
        dataset_append(split, images->data, image_bytes(&dataset->shape), images->dims[0], err);
    return status ? status : take_labels(dataset, split, labels, err);
}

/* The file names of a split. */
struct idx_pair {
    const char *images, *labels;
};

static const struct idx_pair training = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"};
static const struct idx_pair test = {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

/* There are no images: then there must be no labels either. */
static enum status check_absent(struct dataset *dataset, struct idx *labels, const char *folder,
                                const struct idx_pair *names, struct error *err)
{
    enum status status = read_idx(dataset, labels, folder, names->labels, err);
    if (status == ST_NOTFOUND)
        return ST_OK;
    if (status)
        return status;
    return error_set(err, ST_NOTFOUND, "%s: expected %s or %s.gz beside its labels, found none",
                     folder, names->images, names->images);
}

static enum status read_split(struct dataset *dataset, struct dataset_split *split,
                              const char *folder, const struct idx_pair *names, bool optional,
                              struct error *err)
{
    struct idx images = {.n_dims = 3}, labels = {.n_dims = 1};
    enum status status = read_idx(dataset, &images, folder, names->images, err);
    if (status == ST_NOTFOUND && optional) {
        status = check_absent(dataset, &labels, folder, names, err);
    } else if (status == ST_OK) {
        status = read_idx(dataset, &labels, folder, names->labels, err);
        if (status == ST_OK)
            status = take_pair(dataset, split, &images, &labels, err);
    }
    free(images.path);
    free(labels.path);
    return status;
}

static enum status open_idx(struct dataset *dataset, const char *path, const double *options,
                            struct error *err)
{
    dataset->n_classes = (size_t)options[CLASSES];
    enum status status = read_split(dataset, &dataset->train, path, &training, false, err);
    return status ? status : read_split(dataset, &dataset->test, path, &test, true, err);
}

const struct dataset_format dataset_idx = {
    .name = "idx",
    .summary = "MNIST, Fashion-MNIST and the like: grey images, plain or packed with gzip",
    .files = "a folder with train-images-idx3-ubyte and train-labels-idx1-ubyte, and those of "
             "t10k if there is a test set; each may end in .gz",
    .remedy = "examples/get-data.sh mnist (or fashion-mnist) fetches one into data/",
    .options = option_table,
    .n_options = N_OPTIONS,
    .open = open_idx,
};
