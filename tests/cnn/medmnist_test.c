/* NumPy archives as data sets, and the headers of arrays. */
#include "cnn/dataset.h"
#include "cnn/npy.h"

#include "tests/check.h"
#include "tests/cnn/npz_files.h"
#include "tests/cnn/refusal.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 65536 };

#define GREY "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2), }"
#define RGB "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2, 3), }"
#define COLUMN "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 1), }"

static struct error err;
static uint8_t file[ROOM];
static const uint8_t pixels[36] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                   13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
static const uint8_t labels[] = {0, 2, 1};

static void write_set(const struct npz_member *members, size_t n, bool packed)
{
    scratch_write("set.npz", file, npz_write(file, ROOM, members, n, packed));
}

static const struct npz_member grey_images = {"train_images.npy", GREY, pixels, 12};
static const struct npz_member column = {"train_labels.npy", COLUMN, labels, 3};

static struct dataset *open_set(const char *path, const char *options)
{
    struct dataset *dataset;
    assert_ok(dataset_open(&dataset, "medmnist", path, options, &err), err);
    return dataset;
}

static void assert_refused(const struct npz_member *images, const struct npz_member *numbers,
                           const char *part)
{
    const struct npz_member members[] = {*images, *numbers};
    write_set(members, 2, true);
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->what, part);
}

static void grey_images_and_their_labels(void **state)
{
    (void)state;
    const struct npz_member members[] = {grey_images, column};
    for (int packed = 0; packed < 2; packed++) {
        write_set(members, 2, packed);
        for (int cached = 0; cached < 2; cached++) {
            struct dataset *dataset = open_set(scratch_folder(), NULL);
            assert_int_equal(dataset->n_classes, 3);
            assert_int_equal(dataset->shape.channels, 1);
            assert_int_equal(dataset->shape.height, 2);
            assert_int_equal(dataset->train.n, 3);
            assert_int_equal(dataset->val.n, 0);
            assert_int_equal(dataset->test.n, 0);
            for (size_t i = 0; i < 3; i++) {
                assert_int_equal(dataset->train.labels[i], labels[i]);
                assert_memory_equal(dataset->train.images[i], pixels + 4 * i, 4);
            }
            dataset_close(dataset);
        }
    }
}

static void colours_become_planes(void **state)
{
    (void)state;
    const struct npz_member members[] = {
        {"train_images.npy", RGB, pixels, 36}, column,
        {"val_images.npy", RGB, pixels, 36},   {"val_labels.npy", COLUMN, labels, 3},
        {"test_images.npy", RGB, pixels, 36},  {"test_labels.npy", COLUMN, labels, 3}};
    write_set(members, 6, true);
    struct dataset *dataset = open_set(scratch_path("set.npz"), NULL);
    const struct dataset_split *splits[] = {&dataset->train, &dataset->val, &dataset->test};
    static const uint8_t planes[] = {13, 16, 19, 22, 14, 17, 20, 23, 15, 18, 21, 24};
    for (size_t part = 0; part < 3; part++) {
        assert_int_equal(splits[part]->n, 3);
        assert_memory_equal(splits[part]->images[1], planes, 12);
        assert_int_equal(splits[part]->labels[1], 2);
    }
    dataset_close(dataset);
}

static void labels_may_be_integers_of_any_kind(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        uint8_t bytes[24];
        size_t size;
    } cases[] = {
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }",
         {0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1},
         24},
        {"{\"shape\":(3,1),\"fortran_order\":True,\"descr\":\">u2\"}", {0, 0, 0, 2, 0, 1}, 6},
        {"{'descr': '>i4', 'fortran_order': False, 'shape': (3, 1)}",
         {0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1},
         12},
        {"{ 'fortran_order' : False , 'descr' : '|i1' , 'shape' : ( 3 , ) , } ", {0, 2, 1}, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct npz_member members[] = {
            grey_images, {"train_labels.npy", cases[i].header, cases[i].bytes, cases[i].size}};
        write_set(members, 2, false);
        struct dataset *dataset = open_set(scratch_folder(), NULL);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(dataset->train.labels[k], labels[k]);
        dataset_close(dataset);
    }
}

static void the_number_of_classes_can_be_told(void **state)
{
    (void)state;
    const struct npz_member members[] = {grey_images, column};
    write_set(members, 2, false);
    struct dataset *dataset = open_set(scratch_folder(), "classes=7");
    assert_int_equal(dataset->n_classes, 7);
    dataset_close(dataset);
    assert_says(refusal("medmnist", scratch_folder(), "classes=2", ST_FORMAT)->what,
                "expected a label from 0 to 1");
}

static void sets_of_other_kinds_are_refused(void **state)
{
    (void)state;
    struct npz_member images = grey_images, numbers = column;
    numbers.header = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 14), }";
    static const uint8_t many[3 * 14];
    numbers.bytes = many;
    numbers.size = sizeof many;
    assert_refused(&images, &numbers,
                   "train_labels.npy: expected one label an image, found 14");
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->remedy, "ChestMNIST");
    numbers = column;
    images.header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3, 2), }";
    assert_refused(&images, &numbers,
                   "expected bytes in C order of a shape (n, height, width)");
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->remedy,
                "not of volumes");
    images.header = "{'descr': '|u1', 'fortran_order': True, 'shape': (3, 2, 2), }";
    assert_refused(&images, &numbers, "expected bytes in C order");
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->remedy,
                "ascontiguousarray");
    images.header = "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 2, 1), }";
    assert_refused(&images, &numbers, "expected bytes in C order");
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->remedy, "numpy.uint8");
    images.header = "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 2, 2), }";
    images.size = 0;
    assert_refused(&images, &numbers, "expected bytes in C order");
    assert_string_equal(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->remedy, "");
    images = grey_images;
    images.header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1, 1), }";
    assert_refused(&images, &numbers, "at byte 20: expected an array of integers");
}

static void parts_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct npz_member numbers = column;
    numbers.header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    numbers.size = 2;
    assert_refused(&grey_images, &numbers, "train_labels.npy: expected 3 labels");
    numbers = column;
    static const uint8_t equal[3] = {0};
    numbers.bytes = equal;
    assert_refused(&grey_images, &numbers, "expected at least two classes, found 1");
    numbers.header = "{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }";
    static const uint8_t negative[] = {0, 1, 0xff};
    numbers.bytes = negative;
    assert_refused(&grey_images, &numbers, "expected a label from 0 to 65535");
    const struct npz_member other[] = {grey_images,
                                       column,
                                       {"val_images.npy", RGB, pixels, 36},
                                       {"val_labels.npy", COLUMN, labels, 3}};
    write_set(other, 4, true);
    assert_says(
        refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->what,
        "val_images.npy: expected images of 2 x 2 with 1 channels like those to train on");
    const struct npz_member larger[] = {grey_images,
                                        column,
                                        {"test_images.npy", GREY, pixels, 12},
                                        {"test_labels.npy", COLUMN, "\0\3\0", 3}};
    write_set(larger, 4, true);
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->what,
                "test_labels.npy: at byte 71: expected a label from 0 to 2");
    write_set(&grey_images, 1, true);
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_NOTFOUND)->what,
                "expected an array train_labels.npy, found none");
    write_set(&column, 1, true);
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_NOTFOUND)->what,
                "expected an array train_images.npy, found none");
}

static void sizes_that_are_not_kept_are_refused(void **state)
{
    (void)state;
    struct npz_member images = grey_images;
    images.size = 11;
    assert_refused(&images, &column, "as its header says, found ");
    images.size = 13;
    assert_refused(&images, &column, "as its header says, found ");
    images.header = "{'descr': '|u1', 'fortran_order': False, 'shape': (999999999999, 2, 2), }";
    assert_refused(&images, &column, "as its header says, found ");
}

/* Let the archive, which has one member, promise other bytes once unpacked. */
static void forge_size(uint8_t *archive, size_t size, uint32_t promised)
{
    size_t forged = 0;
    for (size_t at = 0; at + 30 < size; at++) {
        bool local = memcmp(archive + at, "PK\3\4", 4) == 0;
        if (!local && memcmp(archive + at, "PK\1\2", 4) != 0)
            continue;
        for (int i = 0; i < 4; i++)
            archive[at + (local ? 22 : 24) + (size_t)i] = (uint8_t)(promised >> 8 * i);
        forged++;
    }
    assert_int_equal(forged, 2);
}

/* Before memory is spent on it. */
static void sizes_that_cannot_be_packed_are_refused(void **state)
{
    (void)state;
    struct npz_member images = grey_images;
    images.header = "{'descr': '|u1', 'fortran_order': False, 'shape': (400000000, 2, 2), }";
    size_t size = npz_write(file, ROOM, &images, 1, true);
    forge_size(file, size, (uint32_t)(11 + strlen(images.header)) + 1600000000u);
    scratch_write("set.npz", file, size);
    assert_says(refusal("medmnist", scratch_folder(), NULL, ST_FORMAT)->what,
                "packed bytes can hold");
}

/* The size stays, and so does the second. */
static void an_archive_that_changes_is_unpacked_anew(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < 2; i++) {
        struct npz_member members[] = {grey_images, column};
        members[0].bytes = pixels + i;
        write_set(members, 2, false);
        scratch_set_time("set.npz", 1000000000, i);
        struct dataset *dataset = open_set(scratch_folder(), NULL);
        assert_int_equal(dataset->train.images[0][0], pixels[i]);
        dataset_close(dataset);
    }
}

static void one_archive_of_a_folder_is_meant(void **state)
{
    (void)state;
    const struct npz_member members[] = {grey_images, column};
    write_set(members, 2, false);
    scratch_write("other.npz", "", 0);
    const struct error *refused = refusal("medmnist", scratch_folder(), NULL, ST_INVALID);
    assert_says(refused->what, "expected one file of .npz, found other.npz and set.npz");
    assert_says(refused->remedy, "the file that is meant");
    dataset_close(open_set(scratch_path("set.npz"), NULL));
}

/* Read a header of these bytes behind the preamble. */
static enum status read_header(struct npy_header *header, const char *text)
{
    const struct npz_member member = {"x", text, NULL, 0};
    return npy_read_header(header, "x.npy", file, npy_write(file, ROOM, &member), &err);
}

static void headers_that_are_sound(void **state)
{
    (void)state;
    struct npy_header header;
    assert_ok(read_header(&header, "{'descr': '<u4', 'fortran_order': True, 'shape': (), }"),
              err);
    assert_int_equal(header.n_dims, 0);
    assert_int_equal(header.count, 1);
    assert_int_equal(header.item, 4);
    assert_true(header.column_wise);
    assert_ok(
        read_header(&header, "{'descr': '|b1', 'fortran_order': False, 'shape': (7, 0), }"),
        err);
    assert_int_equal(header.n_dims, 2);
    assert_int_equal(header.count, 0);
    /* Versions 2.0 and 3.0 have four bytes for the length. */
    for (uint8_t version = 2; version <= 3; version++) {
        const char text[] = "{'descr': '>i2', 'fortran_order': False, 'shape': (5,), }\n";
        memcpy(file, "\x93NUMPY", 6);
        memcpy(file + 6, (const uint8_t[]){version, 0, sizeof text - 1, 0, 0, 0}, 6);
        memcpy(file + 12, text, sizeof text - 1);
        assert_ok(npy_read_header(&header, "x.npy", file, 12 + sizeof text - 1, &err), err);
        assert_int_equal(header.size, 12 + sizeof text - 1);
        assert_true(header.big_endian);
        assert_int_equal(header.dims[0], 5);
    }
}

static void headers_that_are_not_sound(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "}",
        "{}",
        "[]",
        "{'descr': '|u1', 'fortran_order': False}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (5,), 'more': 1}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (5)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (5,,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (5 5)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-5,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (5L,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': [5]}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (5,",
        "{'descr': '|u1', 'fortran_order': false, 'shape': (5,)}",
        "{'descr': '|u1' 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (5,)} x",
        "{'descr': '|u2', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '<u3', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '<U5', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '<b2', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '|u1, 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (9999999999, 9999999999)}",
    };
    struct npy_header header;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (read_header(&header, bad[i]) != ST_FORMAT)
            fail_msg("accepted: %s", bad[i]);
        assert_says(err.what, "x.npy: at byte ");
        assert_says(err.what, "expected ");
    }
    size_t size = npy_write(file, ROOM, &grey_images);
    for (size_t n = 0; n < size - 12; n++)
        assert_int_equal(npy_read_header(&header, "x.npy", file, n, &err), ST_FORMAT);
    file[6] = 4;
    assert_int_equal(npy_read_header(&header, "x.npy", file, size, &err), ST_FORMAT);
    assert_says(err.what, "expected version 1.0, 2.0 or 3.0, found 4.0");
}

static void integers_of_every_size_and_sign(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const int64_t values[] = {-2, -2, -2, -2};
    struct npy_header header = {.kind = 'i'};
    int64_t value;
    for (size_t i = 0; i < 4; i++) {
        header.item = (size_t)1 << i;
        assert_true(npy_integer(&header, bytes, 0, &value));
        assert_int_equal(value, values[i]);
    }
    header.kind = 'u';
    assert_false(npy_integer(&header, bytes, 0, &value)); /* beyond 63 bits */
    header.item = 4;
    assert_true(npy_integer(&header, bytes, 0, &value));
    assert_int_equal(value, 0xfffffffe);
    header.big_endian = true;
    header.item = 2;
    assert_true(npy_integer(&header, bytes, 0, &value));
    assert_int_equal(value, 0xfeff);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(grey_images_and_their_labels),
        in_folder(colours_become_planes),
        in_folder(labels_may_be_integers_of_any_kind),
        in_folder(the_number_of_classes_can_be_told),
        in_folder(sets_of_other_kinds_are_refused),
        in_folder(parts_that_do_not_fit_are_refused),
        in_folder(sizes_that_are_not_kept_are_refused),
        in_folder(sizes_that_cannot_be_packed_are_refused),
        in_folder(an_archive_that_changes_is_unpacked_anew),
        in_folder(one_archive_of_a_folder_is_meant),
        cmocka_unit_test(headers_that_are_sound),
        cmocka_unit_test(headers_that_are_not_sound),
        cmocka_unit_test(integers_of_every_size_and_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
