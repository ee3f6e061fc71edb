/* Which images a run trains and validates on. */
#include "cnn/train_data.h"

#include "tests/check.h"
#include "tests/cnn/npz_files.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRAIN = 40, VAL = 10 };

static struct error err;
static struct train_settings settings;

static void choose_format(const char *name)
{
    settings.dataset_format = 0;
    while (strcmp(dataset_names[settings.dataset_format], name) != 0)
        settings.dataset_format++;
}

/* An archive of 1 x 1 images, whose training images are 1 and whose own validation images are
 * 2. */
static void write_set(void)
{
    static uint8_t train[TRAIN], val[VAL], labels[TRAIN], file[8192];
    memset(train, 1, TRAIN);
    memset(val, 2, VAL);
    for (size_t i = 0; i < TRAIN; i++)
        labels[i] = i % 2;
    const struct npz_member members[] = {
        {"train_images.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (40, 1, 1)}",
         train, TRAIN},
        {"train_labels.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (40,)}", labels,
         TRAIN},
        {"val_images.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (10, 1, 1)}", val,
         VAL},
        {"val_labels.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (10,)}", labels,
         VAL}};
    scratch_write("set.npz", file, npz_write(file, sizeof file, members, 4, true));
}

static int set_up(void **state)
{
    (void)state;
    settings_init(&settings);
    settings.batch_size = 4;
    snprintf(settings.dataset_path, sizeof settings.dataset_path, "%s", scratch_create());
    write_set();
    choose_format("medmnist");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

/* The numbers of images, and whether those to validate on are the data set's own. */
static void assert_parts(size_t n_train, size_t n_val, bool own)
{
    struct train_data data;
    assert_ok(train_data_open(&data, &settings, &err), err);
    assert_int_equal(data.split.n_train, n_train);
    assert_int_equal(data.split.n_val, n_val);
    assert_ptr_equal(data.val_images, own ? &data.dataset->val : &data.dataset->train);
    assert_int_equal(data.val_images->images[data.split.val[0]][0], own ? 2 : 1);
    train_data_close(&data);
}

static void own_validation_images_are_used_unless_a_fraction_is_asked_for(void **state)
{
    (void)state;
    assert_parts(TRAIN, VAL, true);
    settings.val_limit = 3;
    settings.train_limit = 20;
    assert_parts(20, 3, true);
    settings.val_limit = settings.train_limit = 0;
    settings.val_fraction = 0.25;
    assert_parts(30, 10, false);
}

static void a_tenth_is_held_out_where_there_are_none(void **state)
{
    (void)state;
    settings.dataset_path[0] = '\0';
    choose_format("synthetic");
    snprintf(settings.dataset_options, sizeof settings.dataset_options,
             "images=100,test_images=4,size=24");
    struct train_data data;
    assert_ok(train_data_open(&data, &settings, &err), err);
    assert_int_equal(data.split.n_train, 90);
    assert_int_equal(data.split.n_val, 10);
    assert_int_equal(data.dataset->shape.height, 24);
    train_data_close(&data);
}

static void image_size_is_for_data_sets_that_have_any(void **state)
{
    (void)state;
    settings.image_size = 16;
    struct train_data data;
    assert_int_equal(train_data_open(&data, &settings, &err), ST_INVALID);
    assert_non_null(
        strstr(err.what, "image_size: the images of a data set of the format medmnist"));
    train_data_close(&data);
    settings.dataset_path[0] = '\0';
    choose_format("synthetic");
    static const char *const options[] = {"", "images=100,size=24"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(settings.dataset_options, sizeof settings.dataset_options, "%s", options[i]);
        assert_ok(train_data_open(&data, &settings, &err), err);
        assert_int_equal(data.dataset->shape.height, 16);
        train_data_close(&data);
    }
}

/* Nobody can learn what is validated then, but the run says so by its accuracy. */
static void one_image_a_class_is_enough(void **state)
{
    (void)state;
    settings.dataset_path[0] = '\0';
    settings.batch_size = 1;
    choose_format("synthetic");
    snprintf(settings.dataset_options, sizeof settings.dataset_options,
             "images=10,classes=10,test_images=1");
    struct train_data data;
    assert_ok(train_data_open(&data, &settings, &err), err);
    assert_int_equal(data.split.n_train, 9);
    assert_int_equal(data.split.n_val, 1);
    train_data_close(&data);
    settings.batch_size = 10;
    assert_int_equal(train_data_open(&data, &settings, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "there are only 9 images to train on"));
    train_data_close(&data);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(own_validation_images_are_used_unless_a_fraction_is_asked_for),
        in_folder(a_tenth_is_held_out_where_there_are_none),
        in_folder(image_size_is_for_data_sets_that_have_any),
        in_folder(one_image_a_class_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
