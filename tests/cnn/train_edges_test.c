/* Trainings at the edges: hardly any images, batches of one, more threads than processors, and
 * batches that a thread of its own prepares. */
#include "cnn/processors.h"
#include "cnn/train.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static void choose(struct train_settings *settings, const char *name, const char *value)
{
    struct json *object = json_object_create();
    struct error err;
    json_put_string(object, name, value);
    assert_ok(settings_set(settings, name, json_first(object), &err), err);
    json_free(object);
}

/* Some generated images in 10 classes, one to validate on. */
static struct train_settings tiny_run(const char *model, const char *images, int batch_size)
{
    struct train_settings settings;
    settings_init(&settings);
    choose(&settings, "model", model);
    choose(&settings, "dataset_options", images);
    settings.width = 4;
    settings.epochs = 2;
    settings.batch_size = batch_size;
    return settings;
}

static void assert_trains(const struct train_settings *settings)
{
    struct train_result result;
    struct error err;
    assert_ok(train_run(settings, NULL, NULL, &result, &err), err);
    assert_int_equal(result.last.epoch, 2);
    assert_true(isfinite(result.last.train_loss) && isfinite(result.last.val_loss));
}

static void one_image_a_class_trains(void **state)
{
    (void)state;
    static const char *const models[] = {"lenet5", "resnet8"};
    for (int i = 0; i < 2; i++)
        for (int batch_size = 1; batch_size <= 9; batch_size += 4) {
            struct train_settings settings =
                tiny_run(models[i], "images=10,size=16", batch_size);
            assert_trains(&settings);
        }
}

static void two_images_train(void **state)
{
    (void)state;
    struct train_settings settings = tiny_run("resnet8", "images=2,size=8", 1);
    assert_trains(&settings);
}

static void a_batch_larger_than_the_images_is_refused(void **state)
{
    (void)state;
    struct train_settings settings = tiny_run("lenet5", "images=10,size=16", 10);
    struct train_result result;
    struct error err = {0};
    assert_int_equal(train_run(&settings, NULL, NULL, &result, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "batch_size"));
    assert_non_null(strstr(err.remedy, "smaller batch_size"));
}

/* Three times halved, images of 8 x 8 are one pixel. */
static void batch_norm_needs_more_than_one_value(void **state)
{
    (void)state;
    struct train_settings settings = tiny_run("vgg", "images=20,size=8", 1);
    struct train_result result;
    struct error err = {0};
    choose(&settings, "vgg_layers", "8,M,8,M,8,M,8");
    assert_int_equal(train_run(&settings, NULL, NULL, &result, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "(batch_norm) cannot train on one image of 1 x 1"));
    assert_non_null(strstr(err.remedy, "raise batch_size"));
    settings.batch_size = 2;
    assert_trains(&settings);
    settings.batch_size = 1;
    settings.batch_norm = false;
    assert_trains(&settings);
    settings.batch_norm = true;
    choose(&settings, "vgg_layers", "8,M,8,M,8"); /* 2 x 2 */
    assert_trains(&settings);
}

static void count_warning(void *context, const struct error *warning)
{
    int *count = context;
    *count += strstr(warning->what, "threads, and only") != NULL;
}

static void too_many_threads_are_warned_of(void **state)
{
    (void)state;
    struct train_settings settings = tiny_run("lenet5", "images=10,size=16", 3);
    int warnings = 0;
    struct train_events events = {.context = &warnings, .on_warning = count_warning};
    struct train_result result;
    struct error err;
    assert_ok(train_run(&settings, NULL, &events, &result, &err), err);
    assert_int_equal(warnings, 0);
    settings.threads = processors_available("") + 1;
    assert_ok(train_run(&settings, NULL, &events, &result, &err), err);
    assert_int_equal(warnings, 1);
}

/* Without OMP_NUM_THREADS there is a processor for the thread that prepares, unless there is
 * one in all. */
static void batches_prepared_ahead_train_to_the_same_bits(void **state)
{
    (void)state;
    struct train_settings settings = tiny_run("resnet8", "images=100,size=8", 4);
    struct train_result ahead, in_line;
    struct error err;
    settings.threads = 1;
    settings.augment_crop = 2;
    setenv("OMP_NUM_THREADS", "1", 1);
    assert_ok(train_run(&settings, NULL, NULL, &in_line, &err), err);
    unsetenv("OMP_NUM_THREADS");
    assert_ok(train_run(&settings, NULL, NULL, &ahead, &err), err);
    setenv("OMP_NUM_THREADS", "1", 1);
    assert_true(ahead.last.train_loss == in_line.last.train_loss);
    assert_true(ahead.last.val_loss == in_line.last.val_loss);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_image_a_class_trains),
        cmocka_unit_test(two_images_train),
        cmocka_unit_test(a_batch_larger_than_the_images_is_refused),
        cmocka_unit_test(batch_norm_needs_more_than_one_value),
        cmocka_unit_test(too_many_threads_are_warned_of),
        cmocka_unit_test(batches_prepared_ahead_train_to_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
