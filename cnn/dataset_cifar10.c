/* CIFAR-10, binary version: records of a label byte and three planes (red, green, blue) of
 * 32 x 32. Source: https://www.cs.toronto.edu/~kriz/cifar.html */
#include "cnn/dataset_build.h"
#include "cnn/dataset_table.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#define CLASSES 10
#define CHANNELS 3
#define SIDE 32
#define RECORD (1 + CHANNELS * SIDE * SIDE)

static enum status read_labels(struct dataset_split *split, size_t n, const uint8_t *records,
                               const char *path, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t label = records[i * RECORD];
        if (label >= CLASSES)
            return error_set(err, ST_FORMAT,
                             "%s: at byte %zu: expected a label from 0 to %d, found %d", path,
                             i * RECORD, CLASSES - 1, label);
        split->labels[split->n - n + i] = label;
    }
    return ST_OK;
}

static enum status read_batch(struct dataset *dataset, struct dataset_split *split,
                              const char *path, struct error *err)
{
    struct file_bytes file;
    enum status status = dataset_map(dataset, path, &file, err);
    if (status)
        return status;
    size_t n = file.size / RECORD, rest = file.size % RECORD;
    if (n == 0 || rest > 0)
        return error_set(err, ST_FORMAT,
                         "%s: at byte %zu: expected %srecords of %d bytes, found %zu bytes",
                         path, n * RECORD, n ? "only whole " : "", RECORD, rest);
    status = dataset_append(split, file.bytes + 1, RECORD, n, err);
    if (status)
        return status;
    return read_labels(split, n, file.bytes, path, err);
}

/* The same for a file of the folder. */
static enum status read_named(struct dataset *dataset, struct dataset_split *split,
                              const char *folder, const char *name, struct error *err)
{
    char *path = dataset_path_join(folder, name);
    if (!path)
        return error_set(err, ST_NOMEM, "%s: out of memory", folder);
    enum status status = read_batch(dataset, split, path, err);
    free(path);
    return status;
}

static int is_training_batch(const struct dirent *entry)
{
    return fnmatch("data_batch_*.bin", entry->d_name, 0) == 0;
}

static enum status read_training(struct dataset *dataset, const char *folder, struct error *err)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_training_batch, versionsort);
    if (n < 0)
        return error_errno(err, errno, "%s: cannot list the folder", folder);
    enum status status = ST_OK;
    if (n == 0) {
        status = error_set(err, ST_NOTFOUND,
                           "%s: expected data_batch_1.bin and so on, found none", folder);
        error_remedy(err, "%s", dataset_cifar10.remedy);
    }
    for (int i = 0; i < n; i++) {
        if (status == ST_OK)
            status = read_named(dataset, &dataset->train, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum status read_names(struct dataset *dataset, const char *folder, struct error *err)
{
    char *path = dataset_path_join(folder, "batches.meta.txt");
    if (!path)
        return error_set(err, ST_NOMEM, "%s: out of memory", folder);
    struct file_bytes text;
    enum status status = dataset_map(dataset, path, &text, err);
    if (status == ST_OK)
        status = dataset_name_classes(dataset, &text, path, err);
    else if (status == ST_NOTFOUND)
        status = ST_OK;
    free(path);
    return status;
}

static enum status open_cifar10(struct dataset *dataset, const char *path,
                                const double *options, struct error *err)
{
    (void)options;
    dataset->shape = (struct image_shape){CHANNELS, SIDE, SIDE};
    dataset->n_classes = CLASSES;
    enum status status = read_training(dataset, path, err);
    if (status)
        return status;
    status = read_named(dataset, &dataset->test, path, "test_batch.bin", err);
    if (status && status != ST_NOTFOUND)
        return status;
    return read_names(dataset, path, err);
}

const struct dataset_format dataset_cifar10 = {
    .name = "cifar10",
    .summary = "CIFAR-10 in its binary version: 32 x 32 colour images in 10 classes",
    .files = "a folder with data_batch_*.bin, and test_batch.bin if there is a test set",
    .remedy = "examples/get-data.sh cifar-10 fetches it into data/cifar-10",
    .open = open_cifar10,
};
