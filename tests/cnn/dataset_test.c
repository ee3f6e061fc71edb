/* The contract of every format in the table, and the front door dataset_open(). */
#include "cnn/dataset.h"

#include "tests/check.h"
#include "tests/cnn/image_files.h"
#include "tests/cnn/npz_files.h"
#include "tests/cnn/refusal.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A small sound data set of each format that reads files. */
struct sample_file {
    const char *name;
    const uint8_t *bytes;
    size_t size;
};

#define CIFAR_RECORD 3073
#define CIFAR100_RECORD 3074

static uint8_t cifar_train[2 * CIFAR_RECORD], cifar_test[CIFAR_RECORD];
static uint8_t cifar100_train[2 * CIFAR100_RECORD], cifar100_test[CIFAR100_RECORD];
static const uint8_t idx_images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0,
                                     1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
static const uint8_t idx_labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};

static uint8_t png_bytes[256], jpeg_bytes[2048], npz_bytes[2048];

/* The sizes that are 0 are known once the files are made, see main(). */
static struct sample {
    const char *format;
    size_t record; /* files of whole records of this size are sound at any length; 0: none is */
    bool tail;     /* bytes behind the end of a file are nobody's business */
    struct sample_file files[4];
} samples[] = {
    {"cifar10",
     CIFAR_RECORD,
     false,
     {{"data_batch_1.bin", cifar_train, sizeof cifar_train},
      {"test_batch.bin", cifar_test, sizeof cifar_test}}},
    {"cifar100",
     CIFAR100_RECORD,
     false,
     {{"train.bin", cifar100_train, sizeof cifar100_train},
      {"test.bin", cifar100_test, sizeof cifar100_test}}},
    {"idx",
     0,
     false,
     {{"train-images-idx3-ubyte", idx_images, sizeof idx_images},
      {"train-labels-idx1-ubyte", idx_labels, sizeof idx_labels},
      {"t10k-images-idx3-ubyte", idx_images, sizeof idx_images},
      {"t10k-labels-idx1-ubyte", idx_labels, sizeof idx_labels}}},
    {"medmnist", 0, false, {{"set.npz", npz_bytes, 0}}},
    {"folder",
     0,
     true,
     {{"train/a/1.png", png_bytes, 0},
      {"train/b/1.JPG", jpeg_bytes, 0},
      {"test/b/1.jpeg", jpeg_bytes, 0}}},
};

#define N_SAMPLES (sizeof samples / sizeof *samples)
#define FILES_MAX 4

static void write_sample(const struct sample *sample)
{
    for (size_t i = 0; i < FILES_MAX && sample->files[i].name; i++)
        scratch_write(sample->files[i].name, sample->files[i].bytes, sample->files[i].size);
}

static void delete_sample(const struct sample *sample)
{
    for (size_t i = 0; i < FILES_MAX && sample->files[i].name; i++)
        scratch_delete(sample->files[i].name);
}

static void check_split(const struct dataset *dataset, const struct dataset_split *split)
{
    size_t sum = 0;
    for (size_t i = 0; i < split->n; i++) {
        assert_true(split->labels[i] < dataset->n_classes);
        for (size_t j = 0; j < image_bytes(&dataset->shape); j++)
            sum += split->images[i][j]; /* a sanitizer notices what is out of bounds */
    }
    assert_true(sum <= split->n * image_bytes(&dataset->shape) * 255);
}

/* What struct dataset promises, whatever the format. */
static void check_contract(const char *format, const char *path)
{
    struct error err;
    struct dataset *dataset;
    assert_ok(dataset_open(&dataset, format, path, NULL, &err), err);
    assert_ptr_equal(dataset->format, dataset_format_find(format));
    assert_true(dataset->n_classes >= 2 && dataset->n_classes <= DATASET_CLASSES_MAX);
    assert_true(image_bytes(&dataset->shape) > 0 && dataset->train.n > 0);
    for (size_t c = 0; dataset->class_names && c < dataset->n_classes; c++)
        assert_true(dataset->class_names[c][0]);
    check_split(dataset, &dataset->train);
    check_split(dataset, &dataset->val);
    check_split(dataset, &dataset->test);
    dataset_close(dataset);
}

static void every_format_is_complete(void **state)
{
    (void)state;
    size_t n = 0;
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++, n++) {
        assert_non_null((*f)->summary);
        assert_non_null((*f)->open);
        assert_true(((*f)->files == NULL) == ((*f)->remedy == NULL));
        assert_ptr_equal(dataset_format_find((*f)->name), *f);
        for (size_t i = 0; i < (*f)->n_options; i++) {
            const struct dataset_option *o = &(*f)->options[i];
            assert_non_null(o->summary);
            assert_true(o->low <= o->fallback && o->fallback <= o->high);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(o->name, (*f)->options[j].name);
        }
    }
    assert_true(n >= 3);
    assert_null(dataset_format_find("no such"));
}

static void every_format_keeps_the_contract(void **state)
{
    (void)state;
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++) {
        const struct sample *sample = samples;
        while (sample < samples + N_SAMPLES && strcmp(sample->format, (*f)->name) != 0)
            sample++;
        if (!(*f)->files) {
            check_contract((*f)->name, NULL);
            continue;
        }
        if (sample == samples + N_SAMPLES)
            fail_msg("samples[] lacks files of the format %s", (*f)->name);
        write_sample(sample);
        check_contract((*f)->name, scratch_folder());
        delete_sample(sample);
    }
}

/* Any prefix of any file is refused with the file's path, unless it is a whole number of
 * records; and so is any file with more behind it. */
static void a_file_that_is_cut_short_or_too_long_is_refused(void **state)
{
    (void)state;
    static uint8_t longer[sizeof cifar100_train + 1];
    for (const struct sample *sample = samples; sample < samples + N_SAMPLES; sample++) {
        write_sample(sample);
        for (size_t i = 0; i < FILES_MAX && sample->files[i].name; i++) {
            const struct sample_file *file = &sample->files[i];
            size_t step = file->size > 100 ? 61 : 1;
            for (size_t size = 0; size < file->size; size += step) {
                if (size > 0 && sample->record && size % sample->record == 0)
                    continue;
                scratch_write(file->name, file->bytes, size);
                const struct error *err =
                    refusal(sample->format, scratch_folder(), NULL, ST_FORMAT);
                assert_says(err->what, file->name);
                assert_says(err->what, "expected");
            }
            memcpy(longer, file->bytes, file->size);
            scratch_write(file->name, longer, file->size + 1);
            if (!sample->tail)
                assert_says(refusal(sample->format, scratch_folder(), NULL, ST_FORMAT)->what,
                            file->name);
            scratch_write(file->name, file->bytes, file->size);
        }
        delete_sample(sample);
    }
}

/* A changed byte gives a data set that keeps the contract, or a refusal that names a file. */
static void any_changed_byte_is_harmless(void **state)
{
    (void)state;
    struct error err;
    struct dataset *dataset;
    size_t refused = 0;
    for (const struct sample *sample = samples; sample < samples + N_SAMPLES; sample++) {
        write_sample(sample);
        for (size_t i = 0; i < FILES_MAX && sample->files[i].name; i++) {
            const struct sample_file *file = &sample->files[i];
            uint8_t *bytes = malloc(file->size);
            assert_non_null(bytes);
            for (size_t at = 0; at<file->size; at += file->size> 100 ? 439 : 1) {
                memcpy(bytes, file->bytes, file->size);
                bytes[at] ^= 0xff;
                scratch_write(file->name, bytes, file->size);
                if (dataset_open(&dataset, sample->format, scratch_folder(), NULL, &err) ==
                    ST_OK) {
                    check_split(dataset, &dataset->train);
                    check_split(dataset, &dataset->val);
                    check_split(dataset, &dataset->test);
                    dataset_close(dataset);
                    continue;
                }
                refused++;
                assert_int_equal(err.status, ST_FORMAT);
                assert_says(err.what, scratch_folder());
                assert_says(err.what, "expected");
            }
            free(bytes);
            scratch_write(file->name, file->bytes, file->size);
        }
        delete_sample(sample);
    }
    assert_true(refused > 40);
}

static void a_folder_in_place_of_a_file_is_refused(void **state)
{
    (void)state;
    for (const struct sample *sample = samples; sample < samples + N_SAMPLES; sample++) {
        write_sample(sample);
        for (size_t i = 0; i < FILES_MAX && sample->files[i].name; i++) {
            scratch_delete(sample->files[i].name);
            assert_int_equal(mkdir(scratch_path(sample->files[i].name), 0700), 0);
            const struct error *err =
                refusal(sample->format, scratch_folder(), NULL, ST_FORMAT);
            assert_says(err->what, sample->files[i].name);
            assert_says(err->what, "expected a file, found a folder");
            scratch_delete(sample->files[i].name);
            scratch_write(sample->files[i].name, sample->files[i].bytes, sample->files[i].size);
        }
        delete_sample(sample);
    }
}

static void a_pipe_in_place_of_a_file_is_refused_at_once(void **state)
{
    (void)state;
    for (const struct sample *sample = samples; sample < samples + N_SAMPLES; sample++) {
        write_sample(sample);
        scratch_delete(sample->files[0].name);
        assert_int_equal(mkfifo(scratch_path(sample->files[0].name), 0600), 0);
        assert_says(refusal(sample->format, scratch_folder(), NULL, ST_FORMAT)->what,
                    "device or pipe");
        delete_sample(sample);
    }
}

static void an_empty_folder_says_what_is_missing(void **state)
{
    (void)state;
    for (const struct sample *sample = samples; sample < samples + N_SAMPLES; sample++) {
        const struct error *err = refusal(sample->format, scratch_folder(), NULL, ST_NOTFOUND);
        assert_says(err->what, scratch_folder());
        assert_says(err->what, "found none");
        assert_string_equal(err->remedy, dataset_format_find(sample->format)->remedy);
    }
}

static void an_unknown_format_is_named_with_the_closest(void **state)
{
    (void)state;
    const struct error *err = refusal("cifar-10", "x", NULL, ST_INVALID);
    assert_says(err->what, "\"cifar-10\"");
    assert_says(err->what, "synthetic, cifar10, cifar100, idx, medmnist, folder");
    assert_says(err->remedy, "\"cifar10\"");
}

static void a_format_with_files_wants_a_folder(void **state)
{
    (void)state;
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++) {
        const char *name = (*f)->name;
        if (!(*f)->files)
            continue;
        assert_says(refusal(name, NULL, NULL, ST_INVALID)->what, "needs a path");
        assert_says(refusal(name, "", NULL, ST_INVALID)->what, (*f)->files);
        const struct error *err = refusal(name, "/nowhere/at/all", NULL, ST_NOTFOUND);
        assert_says(err->what, "/nowhere/at/all");
        assert_string_equal(err->remedy, (*f)->remedy);
        scratch_write("file", "", 0);
        bool may_be = (*f)->path_is_file;
        assert_says(
            refusal(name, scratch_path("file"), NULL, may_be ? ST_FORMAT : ST_INVALID)->what,
            may_be ? "expected a sound" : "no folder");
    }
}

static void a_format_without_files_refuses_a_path(void **state)
{
    (void)state;
    assert_says(refusal("synthetic", "/tmp", NULL, ST_INVALID)->what, "takes no path");
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    static const char *const bad[] = {"size=",    "size=x",        "size=16x", "size=7",
                                      "size=129", "size=16.5",     "size=nan", "size=inf",
                                      "seed=-1",  "difficulty=1.5"};
    const struct error *err = refusal("synthetic", NULL, "size", ST_INVALID);
    assert_says(err->what, "name=value, got \"size\"");
    assert_says(refusal("synthetic", NULL, "size=16,,", ST_INVALID)->what, "got \"\"");
    assert_says(refusal("cifar10", ".", "size=16", ST_INVALID)->what, "cifar10 has no option");
    err = refusal("synthetic", NULL, "sise=16", ST_INVALID);
    assert_says(err->what, "no option \"sise\"");
    assert_says(err->remedy, "\"size\"");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err = refusal("synthetic", NULL, bad[i], ST_INVALID);
        assert_says(err->what, "expected a ");
        assert_says(err->what, strchr(bad[i], '=') + 1);
    }
}

static void every_option_ends_at_its_bounds(void **state)
{
    (void)state;
    size_t n = 0;
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++)
        for (size_t i = 0; i < (*f)->n_options; i++) {
            const struct dataset_option *o = &(*f)->options[i];
            const double beyond[] = {o->low - 1, o->high * 2 + 1};
            for (size_t k = 0; k < 2; k++, n++) {
                char text[96];
                snprintf(text, sizeof text, "%s=%.17g", o->name, beyond[k]);
                const char *path = (*f)->files ? scratch_folder() : NULL;
                assert_says(refusal((*f)->name, path, text, ST_INVALID)->what, o->name);
            }
        }
    assert_true(n > 0);
}

static void errors_need_not_be_asked_for(void **state)
{
    (void)state;
    struct dataset *dataset;
    assert_int_equal(dataset_open(&dataset, "no such", NULL, NULL, NULL), ST_INVALID);
    assert_int_equal(dataset_open(&dataset, "cifar10", scratch_folder(), NULL, NULL),
                     ST_NOTFOUND);
    dataset_close(NULL);
}

/* The files of the samples that other programs would write. */
static void make_samples(void)
{
    static const uint8_t pixels[4 * 4 * 3] = {1, 2, 3, 200, 100, 50};
    static const uint8_t labels[] = {0, 1};
    static const char header[] =
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 4), }";
    static const char column[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }";
    const struct npz_member members[] = {{"train_images.npy", header, pixels, 32},
                                         {"train_labels.npy", column, labels, 2},
                                         {"val_images.npy", header, pixels, 32},
                                         {"val_labels.npy", column, labels, 2}};
    const struct png_file png = {
        .width = 4, .height = 4, .depth = 8, .colour = PNG_RGB, .rows = pixels, .row = 12};
    struct sample *medmnist = &samples[N_SAMPLES - 2], *images = &samples[N_SAMPLES - 1];
    medmnist->files[0].size = npz_write(npz_bytes, sizeof npz_bytes, members, 4, true);
    images->files[0].size = png_write(png_bytes, sizeof png_bytes, &png);
    images->files[1].size = jpeg_write(jpeg_bytes, sizeof jpeg_bytes, pixels, 4, 4, 3, false);
    images->files[2].size = images->files[1].size;
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    make_samples();
    cifar_train[CIFAR_RECORD] = 9;
    cifar100_train[CIFAR100_RECORD + 1] = 99;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_complete),
        in_folder(every_format_keeps_the_contract),
        in_folder(a_file_that_is_cut_short_or_too_long_is_refused),
        in_folder(any_changed_byte_is_harmless),
        in_folder(a_folder_in_place_of_a_file_is_refused),
        in_folder(a_pipe_in_place_of_a_file_is_refused_at_once),
        in_folder(an_empty_folder_says_what_is_missing),
        cmocka_unit_test(an_unknown_format_is_named_with_the_closest),
        in_folder(a_format_with_files_wants_a_folder),
        cmocka_unit_test(a_format_without_files_refuses_a_path),
        cmocka_unit_test(wrong_options_are_named),
        in_folder(every_option_ends_at_its_bounds),
        in_folder(errors_need_not_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
