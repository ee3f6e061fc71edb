/* Data sets: the first byte chooses the format, the next two say how much of the rest is the
 * first file. An accepted set's labels are below its number of classes, and all of its pixels
 * can be read. */
#include "base/log.h"
#include "cnn/dataset.h"
#include "tests/cnn/npz_files.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/fuzz/dataset_check.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 3, RECORD = 3073, RECORDS = 4 };

enum { CIFAR10, IDX, IDX_PACKED, CIFAR100, MEDMNIST, FORMATS };

static const char *const formats[FORMATS] = {"cifar10", "idx", "idx", "cifar100", "medmnist"};

#define CACHE ".wattune-images-set.npz"

static size_t head(uint8_t *out, int format, size_t first)
{
    out[0] = (uint8_t)format;
    out[1] = (uint8_t)(first >> 8);
    out[2] = (uint8_t)first;
    return HEAD;
}

/* Records of `labels` bytes and an image. */
static size_t cifar_seed(uint8_t *out, int format, size_t labels)
{
    size_t record = RECORD - 1 + labels, size = head(out, format, record * RECORDS);
    for (size_t k = 0; k < record * RECORDS; k++)
        out[size++] = (uint8_t)(k % record < labels ? k / record : k * 7);
    return size;
}

static size_t archive_seed(uint8_t *out)
{
    static const char grey[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4, 5), }";
    static const char column[] = "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 1), }";
    static const uint8_t pixels[60] = {1, 2, 3}, labels[6] = {0, 0, 1};
    const struct npz_member members[] = {{"train_images.npy", grey, pixels, 60},
                                         {"train_labels.npy", column, labels, 6},
                                         {"val_images.npy", grey, pixels, 60},
                                         {"val_labels.npy", column, labels, 6}};
    size_t size = npz_write(out + HEAD, FUZZ_SEED_MAX - HEAD, members, 4, false);
    return head(out, MEDMNIST, size) + size;
}

size_t fuzz_seed(size_t i, uint8_t *out)
{
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2,
                                     0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    size_t size = 0;
    switch (i) {
    case CIFAR10:
        return cifar_seed(out, CIFAR10, 1);
    case CIFAR100:
        return cifar_seed(out, CIFAR100, 2);
    case MEDMNIST:
        return archive_seed(out);
    case IDX:
    case IDX_PACKED:
        size = head(out, (int)i, sizeof images);
        memcpy(out + size, images, sizeof images);
        size += sizeof images;
        memcpy(out + size, labels, sizeof labels);
        return size + sizeof labels;
    default:
        return 0;
    }
}

static void write_files(int format, const uint8_t *bytes, size_t first, size_t second)
{
    if (format == CIFAR10 || format == CIFAR100) {
        scratch_write(format == CIFAR10 ? "data_batch_1.bin" : "train.bin", bytes, first);
        if (second)
            scratch_write(format == CIFAR10 ? "test_batch.bin" : "test.bin", bytes + first,
                          second);
    } else if (format == MEDMNIST) {
        scratch_write("set.npz", bytes, first);
        scratch_make_folders(CACHE ".new/x"); /* not to be written to disk each time */
    } else if (format == IDX) {
        scratch_write("train-images-idx3-ubyte", bytes, first);
        scratch_write("train-labels-idx1-ubyte", bytes + first, second);
    } else {
        scratch_write_gzip("train-images-idx3-ubyte.gz", bytes, first);
        scratch_write_gzip("train-labels-idx1-ubyte.gz", bytes + first, second);
    }
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    if (size < HEAD)
        return false;
    int format = bytes[0] % FORMATS;
    size_t rest = size - HEAD, first = (size_t)(bytes[1] << 8 | bytes[2]);
    first = first < rest ? first : rest;
    log_set_level(LOG_ERROR);
    setenv("XDG_CACHE_HOME", "/dev/null", 1);
    const char *folder = scratch_create();
    write_files(format, bytes + HEAD, first, rest - first);
    struct dataset *dataset = NULL;
    struct error err;
    enum status status = dataset_open(&dataset, formats[format], folder, NULL, &err);
    if (status == ST_OK) {
        dataset_check_split(dataset, &dataset->train);
        dataset_check_split(dataset, &dataset->val);
        dataset_check_split(dataset, &dataset->test);
        dataset_close(dataset);
    }
    scratch_remove();
    return status == ST_OK;
}
