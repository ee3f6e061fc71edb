#include "cnn/dataset.h"

#include "tests/check.h"
#include "tests/cnn/refusal.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD 3073
#define NAMES "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"
#define REAL_FOLDER TEST_DATA_DIR "/cifar-10"

static struct error err;

/* n records of one label, whose first pixel is `first` and counts up. */
static void write_batch(const char *name, size_t n, uint8_t label, uint8_t first)
{
    uint8_t *bytes = calloc(n, RECORD);
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[i * RECORD] = label;
        bytes[i * RECORD + 1] = (uint8_t)(first + i);
        bytes[i * RECORD + RECORD - 1] = 77;
    }
    scratch_write(name, bytes, n * RECORD);
    free(bytes);
}

static struct dataset *open_folder(void)
{
    struct dataset *dataset;
    assert_ok(dataset_open(&dataset, "cifar10", scratch_folder(), NULL, &err), err);
    return dataset;
}

/* data_batch_10 comes behind data_batch_2. */
static void batches_come_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    write_batch("data_batch_10.bin", 2, 3, 20);
    write_batch("data_batch_2.bin", 1, 2, 10);
    write_batch("data_batch_1.bin", 3, 1, 0);
    struct dataset *dataset = open_folder();
    static const uint8_t pixels[] = {0, 1, 2, 10, 20, 21};
    static const uint16_t labels[] = {1, 1, 1, 2, 3, 3};
    assert_int_equal(dataset->train.n, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(dataset->train.images[i][0], pixels[i]);
        assert_int_equal(dataset->train.images[i][3071], 77);
        assert_int_equal(dataset->train.labels[i], labels[i]);
    }
    dataset_close(dataset);
}

/* Is the mapping of the file marked as read at random ("rr")? Skips where the system does not
 * say. */
static bool is_marked(const char *name)
{
    char line[4096];
    unsigned long from, to;
    bool in_file = false, is_told = false, marked = false;
    FILE *maps = fopen("/proc/self/smaps", "r");
    if (!maps)
        skip();
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            in_file = strstr(line, name);
        if (!in_file || strncmp(line, "VmFlags:", 8) != 0)
            continue;
        is_told = true;
        marked = strstr(line, " rr");
    }
    fclose(maps);
    if (!is_told)
        skip();
    return marked;
}

/* Three records are larger than no memory at all. */
static void files_larger_than_memory_are_read_at_random(void **state)
{
    (void)state;
    write_batch("data_batch_1.bin", 3, 1, 7);
    struct dataset *dataset = open_folder();
    assert_false(dataset_read_at_random(dataset, 3 * 3073));
    assert_false(is_marked("data_batch_1.bin"));
    assert_true(dataset_read_at_random(dataset, 3 * 3073 - 1));
    assert_true(is_marked("data_batch_1.bin"));
    assert_int_equal(dataset->train.images[0][0], 7);
    dataset_close(dataset);
}

static void the_test_set_and_the_names_are_optional(void **state)
{
    (void)state;
    write_batch("data_batch_1.bin", 1, 0, 0);
    struct dataset *dataset = open_folder();
    assert_int_equal(dataset->test.n, 0);
    assert_null(dataset->class_names);
    assert_int_equal(dataset->n_classes, 10);
    dataset_close(dataset);

    write_batch("test_batch.bin", 2, 9, 5);
    scratch_write("batches.meta.txt", NAMES "\n\n", sizeof NAMES + 1);
    dataset = open_folder();
    assert_int_equal(dataset->test.n, 2);
    assert_int_equal(dataset->test.labels[1], 9);
    assert_int_equal(dataset->test.images[1][0], 6);
    assert_string_equal(dataset->class_names[0], "a");
    assert_string_equal(dataset->class_names[9], "j");
    dataset_close(dataset);
}

static void a_label_out_of_range_is_shown(void **state)
{
    (void)state;
    write_batch("data_batch_1.bin", 2, 0, 0);
    write_batch("data_batch_2.bin", 3, 10, 0);
    const struct error *refused = refusal("cifar10", scratch_folder(), NULL, ST_FORMAT);
    assert_says(refused->what, "data_batch_2.bin: at byte 0: expected a label from 0 to 9, "
                               "found 10");
}

static void a_record_cut_short_is_shown(void **state)
{
    (void)state;
    static uint8_t bytes[2 * RECORD];
    scratch_write("data_batch_1.bin", bytes, RECORD + 7);
    assert_says(refusal("cifar10", scratch_folder(), NULL, ST_FORMAT)->what,
                "data_batch_1.bin: at byte 3073: expected only whole records of 3073 bytes, "
                "found 7 bytes");
    scratch_write("data_batch_1.bin", bytes, 0);
    assert_says(refusal("cifar10", scratch_folder(), NULL, ST_FORMAT)->what, "found 0 bytes");
}

static void names_must_be_one_for_each_class(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", ":0: expected the names of 10 classes, found 0"},
        {"a\nb\n", ":2: expected the names of 10 classes, found 2"},
        {NAMES "k\n", ":11: expected the names of 10 classes, found more"},
        {"a\n\nc\n", ":2: expected the name of class 1, found an empty line"},
    };
    write_batch("data_batch_1.bin", 1, 0, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_write("batches.meta.txt", cases[i].text, strlen(cases[i].text));
        assert_says(refusal("cifar10", scratch_folder(), NULL, ST_FORMAT)->what, cases[i].says);
    }
    scratch_write("batches.meta.txt", "a\nb\0c\n", 6);
    assert_says(refusal("cifar10", scratch_folder(), NULL, ST_FORMAT)->what,
                "found a zero byte");
    scratch_write("batches.meta.txt", "a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh\r\ni\r\nj", 28);
    struct dataset *dataset = open_folder();
    assert_string_equal(dataset->class_names[1], "b");
    dataset_close(dataset);
}

/* A CIFAR-100 record of a superclass, a class and a first pixel. */
static void put_record100(uint8_t *record, uint8_t coarse, uint8_t fine, uint8_t pixel)
{
    memset(record, 0, RECORD + 1);
    record[0] = coarse;
    record[1] = fine;
    record[2] = pixel;
}

static void write_names(const char *name, size_t n)
{
    char text[400] = "";
    size_t length = 0;
    for (size_t i = 0; i < n; i++)
        length += (size_t)sprintf(text + length, "c%zu\n", i);
    scratch_write(name, text, length);
}

static void a_hundred_classes_or_their_twenty_superclasses(void **state)
{
    (void)state;
    uint8_t records[2 * (RECORD + 1)];
    put_record100(records, 19, 99, 7);
    put_record100(records + RECORD + 1, 3, 42, 8);
    scratch_write("train.bin", records, sizeof records);
    scratch_write("test.bin", records, sizeof records / 2);
    write_names("fine_label_names.txt", 100);
    write_names("coarse_label_names.txt", 20);
    static const struct {
        const char *options;
        size_t n_classes;
        uint16_t labels[2];
    } cases[] = {{NULL, 100, {99, 42}}, {"coarse=0", 100, {99, 42}}, {"coarse=1", 20, {19, 3}}};
    for (size_t i = 0; i < 3; i++) {
        struct dataset *dataset;
        assert_ok(dataset_open(&dataset, "cifar100", scratch_folder(), cases[i].options, &err),
                  err);
        assert_int_equal(dataset->n_classes, cases[i].n_classes);
        assert_int_equal(dataset->train.n, 2);
        assert_memory_equal(dataset->train.labels, cases[i].labels, sizeof cases[i].labels);
        assert_int_equal(dataset->train.images[0][0], 7);
        assert_int_equal(dataset->train.images[1][0], 8);
        assert_int_equal(dataset->test.n, 1);
        char last[8];
        snprintf(last, sizeof last, "c%zu", cases[i].n_classes - 1);
        assert_string_equal(dataset->class_names[cases[i].n_classes - 1], last);
        dataset_close(dataset);
    }
}

static void both_labels_of_a_record_are_checked(void **state)
{
    (void)state;
    uint8_t records[2 * (RECORD + 1)];
    put_record100(records, 0, 0, 0);
    put_record100(records + RECORD + 1, 20, 5, 0);
    scratch_write("train.bin", records, sizeof records);
    assert_says(refusal("cifar100", scratch_folder(), NULL, ST_FORMAT)->what,
                "train.bin: at byte 3074: expected a label from 0 to 19, found 20");
    put_record100(records + RECORD + 1, 1, 100, 0);
    scratch_write("train.bin", records, sizeof records);
    assert_says(refusal("cifar100", scratch_folder(), "coarse=1", ST_FORMAT)->what,
                "train.bin: at byte 3075: expected a label from 0 to 99, found 100");
    scratch_write("train.bin", records, RECORD);
    assert_says(refusal("cifar100", scratch_folder(), NULL, ST_FORMAT)->what,
                "at byte 0: expected records of 3074 bytes, found 3073 bytes");
}

static void the_versions_are_not_mixed_up(void **state)
{
    (void)state;
    write_batch("data_batch_1.bin", 1, 0, 0);
    const struct error *refused = refusal("cifar100", scratch_folder(), NULL, ST_NOTFOUND);
    assert_says(refused->what, "expected train.bin, found none");
    assert_says(refused->remedy, "get-data.sh cifar-100");
}

static void check_classes(const struct dataset_split *split)
{
    size_t counts[10] = {0};
    for (size_t i = 0; i < split->n; i++)
        counts[split->labels[i]]++;
    for (size_t c = 0; c < 10; c++) /* drawn from classes of equal size */
        assert_in_range(counts[c], split->n / 10 - split->n / 80,
                        split->n / 10 + split->n / 80);
}

/* The published means of CIFAR-10 are 0.491, 0.482 and 0.447. */
static void the_real_images_have_the_published_means(void **state)
{
    (void)state;
    if (access(REAL_FOLDER, R_OK)) {
        print_message("no real data at " REAL_FOLDER ": skipped\n");
        skip();
    }
    static const double published[] = {0.4914, 0.4822, 0.4465};
    struct dataset *dataset;
    assert_ok(dataset_open(&dataset, "cifar10", REAL_FOLDER, NULL, &err), err);
    assert_int_equal(dataset->train.n, 10000);
    assert_int_equal(dataset->test.n, 5000);
    assert_string_equal(dataset->class_names[0], "airplane");
    assert_string_equal(dataset->class_names[9], "truck");
    check_classes(&dataset->train);
    check_classes(&dataset->test);
    for (size_t c = 0; c < 3; c++) {
        double sum = 0;
        for (size_t i = 0; i < dataset->train.n; i++)
            for (size_t j = 0; j < 1024; j++)
                sum += dataset->train.images[i][c * 1024 + j];
        assert_near(sum / (10000.0 * 1024 * 255), published[c], 0.005);
    }
    dataset_close(dataset);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(batches_come_in_the_order_of_their_numbers),
        in_folder(files_larger_than_memory_are_read_at_random),
        in_folder(the_test_set_and_the_names_are_optional),
        in_folder(a_label_out_of_range_is_shown),
        in_folder(a_record_cut_short_is_shown),
        in_folder(names_must_be_one_for_each_class),
        in_folder(a_hundred_classes_or_their_twenty_superclasses),
        in_folder(both_labels_of_a_record_are_checked),
        in_folder(the_versions_are_not_mixed_up),
        cmocka_unit_test(the_real_images_have_the_published_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
