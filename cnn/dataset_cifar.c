/* CIFAR-10 and CIFAR-100, binary versions: records of the labels, a byte each, and three planes
 * (red, green, blue) of 32 x 32. CIFAR-10 has one label; CIFAR-100 has its superclass first,
 * then its class. Source: https://www.cs.toronto.edu/~kriz/cifar.html */
#include "cnn/dataset_build.h"
#include "cnn/dataset_table.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#define CHANNELS 3
#define SIDE 32
#define PIXELS (CHANNELS * SIDE * SIDE)
#define LABELS_MAX 2

/* How the records of a version look, and what its files are called. */
struct cifar {
    const struct dataset_format *format;
    size_t n_labels;
    size_t classes[LABELS_MAX]; /* of each label */
    size_t label;               /* which of the labels is the class */
    const char *training;       /* a pattern; the files come in the order of their numbers */
    const char *first_training; /* for messages */
    const char *test, *names;
};

static size_t record_size(const struct cifar *cifar)
{
    return cifar->n_labels + PIXELS;
}

static enum status read_labels(const struct cifar *cifar, struct dataset_split *split, size_t n,
                               const uint8_t *records, const char *path, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i * record_size(cifar);
        for (size_t k = 0; k < cifar->n_labels; k++)
            if (records[at + k] >= cifar->classes[k])
                return error_set(err, ST_FORMAT,
                                 "%s: at byte %zu: expected a label from 0 to %zu, found %d",
                                 path, at + k, cifar->classes[k] - 1, records[at + k]);
        split->labels[split->n - n + i] = records[at + cifar->label];
    }
    return ST_OK;
}

static enum status read_batch(const struct cifar *cifar, struct dataset *dataset,
                              struct dataset_split *split, const char *path, struct error *err)
{
    struct file_bytes file;
    enum status status = dataset_map(dataset, path, &file, err);
    if (status)
        return status;
    size_t record = record_size(cifar), n = file.size / record, rest = file.size % record;
    if (n == 0 || rest > 0)
        return error_set(err, ST_FORMAT,
                         "%s: at byte %zu: expected %srecords of %zu bytes, found %zu bytes",
                         path, n * record, n ? "only whole " : "", record, rest);
    status = dataset_append(split, file.bytes + cifar->n_labels, record, n, err);
    if (status)
        return status;
    return read_labels(cifar, split, n, file.bytes, path, err);
}

/* The same for a file of the folder. */
static enum status read_named(const struct cifar *cifar, struct dataset *dataset,
                              struct dataset_split *split, const char *folder, const char *name,
                              struct error *err)
{
    char *path = dataset_path_join(folder, name);
    if (!path)
        return error_set(err, ST_NOMEM, "%s: out of memory", folder);
    enum status status = read_batch(cifar, dataset, split, path, err);
    free(path);
    return status;
}

/* The names in the folder that match the pattern, sorted by the numbers in them. Answers how
 * many there are; the caller frees each and the array. On an error the status is not ST_OK. */
static enum status find_training(const struct cifar *cifar, const char *folder,
                                 struct dirent ***entries, int *n, struct error *err)
{
    struct dirent **all;
    int found = scandir(folder, &all, NULL, versionsort);
    if (found < 0)
        return error_errno(err, errno, "%s: cannot list the folder", folder);
    *entries = all;
    *n = 0;
    for (int i = 0; i < found; i++)
        if (fnmatch(cifar->training, all[i]->d_name, 0) == 0)
            all[(*n)++] = all[i];
        else
            free(all[i]);
    return ST_OK;
}

static enum status read_training(const struct cifar *cifar, struct dataset *dataset,
                                 const char *folder, struct error *err)
{
    struct dirent **entries = NULL;
    int n = 0;
    enum status status = find_training(cifar, folder, &entries, &n, err);
    if (status)
        return status;
    if (n == 0) {
        status = error_set(err, ST_NOTFOUND, "%s: expected %s, found none", folder,
                           cifar->first_training);
        error_remedy(err, "%s", cifar->format->remedy);
    }
    for (int i = 0; i < n; i++) {
        if (status == ST_OK)
            status =
                read_named(cifar, dataset, &dataset->train, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum status read_names(const struct cifar *cifar, struct dataset *dataset,
                              const char *folder, struct error *err)
{
    char *path = dataset_path_join(folder, cifar->names);
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

static enum status open_cifar(const struct cifar *cifar, struct dataset *dataset,
                              const char *path, struct error *err)
{
    dataset->shape = (struct image_shape){CHANNELS, SIDE, SIDE};
    dataset->n_classes = cifar->classes[cifar->label];
    enum status status = read_training(cifar, dataset, path, err);
    if (status)
        return status;
    status = read_named(cifar, dataset, &dataset->test, path, cifar->test, err);
    if (status && status != ST_NOTFOUND)
        return status;
    return read_names(cifar, dataset, path, err);
}

static enum status open_cifar10(struct dataset *dataset, const char *path,
                                const double *options, struct error *err)
{
    static const struct cifar cifar10 = {
        .format = &dataset_cifar10,
        .n_labels = 1,
        .classes = {10},
        .training = "data_batch_*.bin",
        .first_training = "data_batch_1.bin and so on",
        .test = "test_batch.bin",
        .names = "batches.meta.txt",
    };
    (void)options;
    return open_cifar(&cifar10, dataset, path, err);
}

enum { COARSE, N_OPTIONS };

static const struct dataset_option option_table[N_OPTIONS] = {
    [COARSE] = {"coarse", "1: the 20 superclasses in place of the 100 classes", true, 0, 1, 0},
};

static enum status open_cifar100(struct dataset *dataset, const char *path,
                                 const double *options, struct error *err)
{
    bool coarse = options[COARSE] != 0;
    const struct cifar cifar100 = {
        .format = &dataset_cifar100,
        .n_labels = 2,
        .classes = {20, 100},
        .label = coarse ? 0 : 1,
        .training = "train.bin",
        .first_training = "train.bin",
        .test = "test.bin",
        .names = coarse ? "coarse_label_names.txt" : "fine_label_names.txt",
    };
    return open_cifar(&cifar100, dataset, path, err);
}

const struct dataset_format dataset_cifar10 = {
    .name = "cifar10",
    .summary = "CIFAR-10 in its binary version: 32 x 32 colour images in 10 classes",
    .files = "a folder with data_batch_*.bin, and test_batch.bin if there is a test set",
    .remedy = "examples/get-data.sh cifar-10 fetches it into data/cifar-10",
    .open = open_cifar10,
};

const struct dataset_format dataset_cifar100 = {
    .name = "cifar100",
    .summary = "CIFAR-100 in its binary version: 32 x 32 colour images in 100 classes",
    .files = "a folder with train.bin, and test.bin if there is a test set",
    .remedy = "examples/get-data.sh cifar-100 fetches it into data/cifar-100",
    .options = option_table,
    .n_options = N_OPTIONS,
    .open = open_cifar100,
};
