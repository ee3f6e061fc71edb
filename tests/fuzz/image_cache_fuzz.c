/* Caches of prepared images: with the first byte odd, the checksum of what is before the images
 * is put right, so that what it guards is reached. An accepted one keeps what a data set
 * promises. */
#include "cnn/dataset_build.h"
#include "cnn/image_cache_layout.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/fuzz/dataset_check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { IMAGE = 3 * 2 * 2, TRAIN = 3, TEST = 2, KEY = 77 };

static void check(enum status status)
{
    if (status)
        abort();
}

/* The labels and the names of a small data set. */
static void describe(struct dataset *dataset, bool named)
{
    struct error err;
    const char *names = "no\nyes\n";
    struct file_bytes text = {.bytes = (const uint8_t *)names, .size = strlen(names)};
    *dataset = (struct dataset){.shape = {3, 2, 2}, .n_classes = 2};
    if (named)
        check(dataset_name_classes(dataset, &text, "names", &err));
    check(dataset_reserve(&dataset->train, TRAIN, &err));
    check(dataset_reserve(&dataset->test, TEST, &err));
    dataset->train.labels[1] = 1;
}

static void write_cache(const char *path, bool named)
{
    struct image_cache_writer writer;
    struct error err;
    struct dataset dataset;
    uint8_t image[IMAGE] = {1, 2, 3};
    describe(&dataset, named);
    check(image_cache_lock(&writer, path, &err));
    check(image_cache_begin(&writer, &dataset, KEY, &err));
    for (size_t i = 0; i < TRAIN + TEST; i++)
        check(image_cache_put(&writer, image, &err));
    check(image_cache_commit(&writer, &err));
    image_cache_abandon(&writer);
    dataset_reset(&dataset);
}

size_t fuzz_seed(size_t i, uint8_t *out)
{
    if (i > 3)
        return 0;
    scratch_create();
    const char *path = scratch_path("cache");
    write_cache(path, i % 2);
    FILE *file = fopen(path, "rb");
    if (!file)
        abort();
    out[0] = i / 2 != 0;
    size_t size = 1 + fread(out + 1, 1, FUZZ_SEED_MAX - 1, file);
    fclose(file);
    scratch_remove();
    return size;
}

/* The checksum over as much of the head as is there. */
static void put_right(uint8_t *bytes, size_t size)
{
    struct image_cache_header header;
    if (size < sizeof header)
        return;
    memcpy(&header, bytes, sizeof header);
    uint64_t limit = size;
    if (header.n[0] > limit || header.n[1] > limit || header.n[2] > limit ||
        image_cache_head_size(&header) > limit)
        return;
    header.head_crc = image_cache_head_crc(&header, bytes);
    memcpy(bytes, &header, sizeof header);
}

static bool open_cache(const char *path)
{
    struct error err;
    struct dataset dataset = {.n_classes = 0};
    enum status status = image_cache_open(&dataset, path, KEY, &err);
    if (status == ST_OK) {
        dataset_check_split(&dataset, &dataset.train);
        dataset_check_split(&dataset, &dataset.val);
        dataset_check_split(&dataset, &dataset.test);
        for (size_t i = 0; dataset.class_names && i < dataset.n_classes; i++)
            if (!dataset.class_names[i][0])
                abort();
    } else if (err.status != status) {
        abort();
    }
    dataset_reset(&dataset);
    return status == ST_OK;
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    return memory_file_read(bytes, size, put_right, open_cache);
}
