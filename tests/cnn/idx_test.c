#include "base/rng.h"
#include "cnn/dataset.h"
#include "tests/check.h"
#include "tests/cnn/refusal.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>
#include <stdlib.h>

#define N 40
#define HEIGHT 4
#define WIDTH 6
#define IMAGES_SIZE (16 + N * HEIGHT * WIDTH)
#define LABELS_SIZE (8 + N)

static const char train_images[] = "train-images-idx3-ubyte";
static const char train_labels[] = "train-labels-idx1-ubyte";

static struct error err;
static const char *folder;
static uint8_t images[IMAGES_SIZE], labels[LABELS_SIZE];

static void put_size(uint8_t *at, uint32_t size)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(size >> (24 - 8 * i));
}

/* Sound files in memory: random pixels, labels from 0 to 9. */
static int set_up(void **state)
{
    (void)state;
    folder = scratch_create();
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < IMAGES_SIZE; i++)
        images[i] = (uint8_t)rng_below(&rng, 256);
    for (size_t i = 0; i < LABELS_SIZE; i++)
        labels[i] = (uint8_t)((i + 2) % 10);
    put_size(images, 0x803);
    put_size(images + 4, N);
    put_size(images + 8, HEIGHT);
    put_size(images + 12, WIDTH);
    put_size(labels, 0x801);
    put_size(labels + 4, N);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

static void write_training(void)
{
    scratch_write(train_images, images, IMAGES_SIZE);
    scratch_write(train_labels, labels, LABELS_SIZE);
}

static void check_images(const struct dataset_split *split)
{
    assert_int_equal(split->n, N);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(split->labels[i], labels[8 + i]);
        assert_memory_equal(split->images[i], images + 16 + i * HEIGHT * WIDTH, HEIGHT * WIDTH);
    }
}

static void plain_and_packed_files_hold_the_same(void **state)
{
    (void)state;
    struct dataset *dataset;
    write_training();
    scratch_write_gzip("t10k-images-idx3-ubyte.gz", images, IMAGES_SIZE);
    scratch_write_gzip("t10k-labels-idx1-ubyte.gz", labels, LABELS_SIZE);
    assert_ok(dataset_open(&dataset, "idx", folder, NULL, &err), err);
    assert_int_equal(dataset->shape.channels, 1);
    assert_int_equal(dataset->shape.height, HEIGHT);
    assert_int_equal(dataset->shape.width, WIDTH);
    assert_int_equal(dataset->n_classes, 10);
    check_images(&dataset->train);
    check_images(&dataset->test);
    dataset_close(dataset);
}

/* Some programs unpack a download, or pack it, and keep its name. */
static void the_content_tells_whether_it_is_packed(void **state)
{
    (void)state;
    struct dataset *dataset;
    scratch_write_gzip(train_images, images, IMAGES_SIZE);
    scratch_write("train-labels-idx1-ubyte.gz", labels, LABELS_SIZE);
    assert_ok(dataset_open(&dataset, "idx", folder, NULL, &err), err);
    check_images(&dataset->train);
    assert_int_equal(dataset->test.n, 0);
    dataset_close(dataset);
}

static void the_number_of_classes_can_be_given(void **state)
{
    (void)state;
    struct dataset *dataset;
    write_training();
    assert_ok(dataset_open(&dataset, "idx", folder, "classes=47", &err), err);
    assert_int_equal(dataset->n_classes, 47);
    dataset_close(dataset);
    assert_says(refusal("idx", folder, "classes=9", ST_FORMAT)->what,
                "train-labels-idx1-ubyte: at byte 17: expected a label from 0 to 8, found 9");
    memset(labels + 8, 0, N);
    write_training();
    assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what, "at least two classes");
}

static void a_wrong_magic_number_is_shown(void **state)
{
    (void)state;
    write_training();
    scratch_write(train_images, labels, LABELS_SIZE);
    assert_says(
        refusal("idx", folder, NULL, ST_FORMAT)->what,
        "train-images-idx3-ubyte: at byte 0: expected 00000803 (bytes in 3 dimensions), "
        "found 00000801");
}

static void sizes_must_agree_with_the_file_and_each_other(void **state)
{
    (void)state;
    put_size(images + 4, N + 1);
    write_training();
    assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what,
                "at byte 976: expected 1000 bytes in all, as its header says, found 976");
    put_size(images + 4, N - 1);
    write_training();
    assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what, "at byte 952: expected 952");
    scratch_write(train_images, images, IMAGES_SIZE - HEIGHT * WIDTH);
    assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what,
                "train-labels-idx1-ubyte: at byte 4: expected 39 labels");
}

static void the_test_images_must_have_the_same_size(void **state)
{
    (void)state;
    write_training();
    put_size(images + 8, WIDTH);
    put_size(images + 12, HEIGHT);
    scratch_write("t10k-images-idx3-ubyte", images, IMAGES_SIZE);
    scratch_write("t10k-labels-idx1-ubyte", labels, LABELS_SIZE);
    assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what,
                "expected images of 4 x 6 like those to train on, found 6 x 4");
}

static void half_a_test_set_is_refused(void **state)
{
    (void)state;
    write_training();
    scratch_write("t10k-images-idx3-ubyte", images, IMAGES_SIZE);
    assert_says(refusal("idx", folder, NULL, ST_NOTFOUND)->what, "t10k-labels-idx1-ubyte");
    scratch_delete("t10k-images-idx3-ubyte");
    scratch_write("t10k-labels-idx1-ubyte", labels, LABELS_SIZE);
    assert_says(refusal("idx", folder, NULL, ST_NOTFOUND)->what, "t10k-images-idx3-ubyte");
}

/* Sizes whose product overflows, or would take the whole memory, plain and packed. */
static void absurd_sizes_are_refused_before_any_memory_is_taken(void **state)
{
    (void)state;
    static const uint32_t dims[][3] = {
        {UINT32_MAX, UINT32_MAX, UINT32_MAX},
        {UINT32_MAX, 16384, 16384},
        {0, HEIGHT, WIDTH},
        {N, 0, WIDTH},
        {N, HEIGHT, 16385},
        {UINT32_MAX, 1, 1},
        {1u << 31, 2, 1},
        {1u << 30, 16384, 4},
    };
    write_training();
    for (size_t packed = 0; packed < 2; packed++)
        for (size_t i = 0; i < sizeof dims / sizeof *dims; i++) {
            for (size_t d = 0; d < 3; d++)
                put_size(images + 4 + 4 * d, dims[i][d]);
            if (packed)
                scratch_write_gzip(train_images, images, IMAGES_SIZE);
            else
                scratch_write(train_images, images, IMAGES_SIZE);
            assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what, train_images);
        }
}

/* Pack the images, spoil the packed bytes, and answer what is said of them. */
static const char *spoilt(size_t keep, size_t at, uint8_t flip, size_t more)
{
    static uint8_t packed[2 * IMAGES_SIZE];
    size_t size = scratch_write_gzip(train_images, images, IMAGES_SIZE);
    FILE *file = fopen(scratch_path(train_images), "rb");
    assert_non_null(file);
    assert_int_equal(fread(packed, 1, sizeof packed, file), size);
    fclose(file);
    packed[at < size ? at : size - 1] ^= flip;
    memset(packed + size, 0, more);
    scratch_write(train_images, packed, (keep < size ? keep : size) + more);
    return refusal("idx", folder, NULL, ST_FORMAT)->what;
}

static void a_damaged_gzip_stream_is_refused_wherever_it_is_cut(void **state)
{
    (void)state;
    write_training();
    size_t size = scratch_write_gzip(train_images, images, IMAGES_SIZE);
    for (size_t keep = 2; keep < size; keep++)
        assert_says(spoilt(keep, 0, 0, 0), "expected more of the gzip stream");
    assert_says(spoilt(size, 0, 0, 3), "3 bytes behind the gzip stream");
    assert_says(spoilt(size, size - 5, 1, 0), "incorrect data check");
    assert_says(spoilt(size, size - 1, 1, 0), "incorrect length check");
    assert_says(spoilt(size, 2, 1, 0), "expected a sound gzip stream");
}

static void a_packed_file_must_keep_what_its_header_says(void **state)
{
    (void)state;
    write_training();
    scratch_write_gzip(train_images, images, IMAGES_SIZE - 1);
    assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what, "expected 976 bytes in all");
    put_size(images + 4, N - 1);
    scratch_write_gzip(train_images, images, IMAGES_SIZE);
    assert_says(refusal("idx", folder, NULL, ST_FORMAT)->what,
                "expected 952 bytes once unpacked, as its header says, found more");
}

static void a_missing_half_names_both_spellings(void **state)
{
    (void)state;
    scratch_write(train_images, images, IMAGES_SIZE);
    const struct error *refused = refusal("idx", folder, NULL, ST_NOTFOUND);
    assert_says(refused->what, "train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz");
    assert_says(refused->remedy, "examples/get-data.sh mnist");
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(plain_and_packed_files_hold_the_same),
        in_folder(the_content_tells_whether_it_is_packed),
        in_folder(the_number_of_classes_can_be_given),
        in_folder(a_wrong_magic_number_is_shown),
        in_folder(sizes_must_agree_with_the_file_and_each_other),
        in_folder(the_test_images_must_have_the_same_size),
        in_folder(half_a_test_set_is_refused),
        in_folder(absurd_sizes_are_refused_before_any_memory_is_taken),
        in_folder(a_damaged_gzip_stream_is_refused_wherever_it_is_cut),
        in_folder(a_packed_file_must_keep_what_its_header_says),
        in_folder(a_missing_half_names_both_spellings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
