/* Data sets: the first byte chooses the format, the next two say how much of the rest is the
 * first file. An accepted set's labels are below its number of classes, and all of its pixels
 * can be read. */
#include "cnn/dataset.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 3, RECORD = 3073, RECORDS = 4 };

enum { CIFAR10, IDX, IDX_PACKED, FORMATS };

static size_t head(uint8_t *out, int format, size_t first)
{
    out[0] = (uint8_t)format;
    out[1] = (uint8_t)(first >> 8);
    out[2] = (uint8_t)first;
    return HEAD;
}

size_t fuzz_seed(size_t i, uint8_t *out)
{
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2,
                                     0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    size_t size = 0;
    switch (i) {
    case CIFAR10:
        size = head(out, CIFAR10, RECORD * RECORDS);
        for (size_t k = 0; k < RECORD * RECORDS; k++)
            out[size++] = (uint8_t)(k % RECORD ? k * 7 : k / RECORD);
        return size;
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
    if (format == CIFAR10) {
        scratch_write("data_batch_1.bin", bytes, first);
        if (second)
            scratch_write("test_batch.bin", bytes + first, second);
    } else if (format == IDX) {
        scratch_write("train-images-idx3-ubyte", bytes, first);
        scratch_write("train-labels-idx1-ubyte", bytes + first, second);
    } else {
        scratch_write_gzip("train-images-idx3-ubyte.gz", bytes, first);
        scratch_write_gzip("train-labels-idx1-ubyte.gz", bytes + first, second);
    }
}

static void check_split(const struct dataset *dataset, const struct dataset_split *split)
{
    unsigned sum = 0;
    for (size_t i = 0; i < split->n; i++) {
        if (split->labels[i] >= dataset->n_classes)
            abort();
        for (size_t k = 0; k < image_bytes(&dataset->shape); k++)
            sum += split->images[i][k];
    }
    if (sum > 255 * split->n * image_bytes(&dataset->shape))
        abort();
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    if (size < HEAD)
        return false;
    int format = bytes[0] % FORMATS;
    size_t rest = size - HEAD, first = (size_t)(bytes[1] << 8 | bytes[2]);
    first = first < rest ? first : rest;
    const char *folder = scratch_create();
    write_files(format, bytes + HEAD, first, rest - first);
    struct dataset *dataset = NULL;
    struct error err;
    enum status status =
        dataset_open(&dataset, format == CIFAR10 ? "cifar10" : "idx", folder, NULL, &err);
    if (status == ST_OK) {
        check_split(dataset, &dataset->train);
        check_split(dataset, &dataset->test);
        dataset_close(dataset);
    }
    scratch_remove();
    return status == ST_OK;
}
