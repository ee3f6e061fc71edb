#include "cnn/confusion.h"
#include "cnn/predict.h"
#include "cnn/predict_data.h"
#include "cnn/predict_image.h"
#include "tests/check.h"
#include "tests/cnn/image_files.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/cnn/train_pieces.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct train_result train(const char *text, const struct place *place)
{
    struct train_settings settings = settings_of(text);
    return must_run(&settings,
                    &(struct train_checkpoints){.save = place->path, .keep_best = true},
                    &(struct log){0});
}

static struct checkpoint_model read_model(const char *place)
{
    struct checkpoint_model model;
    struct error refused, err;
    assert_ok(checkpoint_model_read(&model, place, &refused, &err), err);
    assert_int_equal(refused.status, ST_OK);
    return model;
}

/* Accuracy and mean loss on a part, with batches of that size. */
static void evaluate(const struct checkpoint_model *model, enum predict_part part, size_t batch,
                     double *accuracy, double *loss)
{
    struct predictor *predictor;
    struct predict_data data;
    struct error err;
    size_t classes = model->images.n_classes, correct = 0;
    float *p = calloc(batch, classes * sizeof *p);
    const uint8_t **images = calloc(batch, sizeof *images);
    assert_true(p && images);
    assert_ok(predictor_create(&predictor, model,
                               &(struct predictor_options){.batch = batch, .threads = 1}, &err),
              err);
    assert_ok(predict_data_open(&data, model, &model->settings, part, &err), err);
    *loss = 0;
    for (size_t begin = 0; begin < data.n; begin += batch) {
        size_t n = data.n - begin < batch ? data.n - begin : batch;
        for (size_t i = 0; i < n; i++)
            images[i] = data.images->images[predict_data_index(&data, begin + i)];
        assert_ok(predictor_run(predictor, images, n, p, &err), err);
        for (size_t i = 0; i < n; i++) {
            size_t best, label = data.images->labels[predict_data_index(&data, begin + i)];
            double sum = 0;
            predict_top(p + i * classes, classes, 1, &best);
            for (size_t c = 0; c < classes; c++)
                sum += (double)p[i * classes + c];
            assert_near(sum, 1, 1e-5);
            *loss -= log((double)p[i * classes + label]);
            correct += best == label;
        }
    }
    *loss /= (double)data.n;
    *accuracy = (double)correct / (double)data.n;
    predict_data_close(&data);
    predictor_free(predictor);
    free(images);
    free(p);
}

/* The network of the file, folded, does on the images that training validated on and was tested
 * on what it did there, whatever the batch. */
static void predictions_are_those_of_the_training(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{" SMALL
        "\"test\": true, \"dataset_options\": \"test_images=37\", \"augment_crop\": 2}",
        "{\"model\": \"lenet5\", \"optimizer\": \"adam\", \"learning_rate\": 0.002, \"test\": "
        "true, \"dataset_options\": \"test_images=37,channels=1,size=20\"}",
        "{\"model\": \"vgg\", \"vgg_layers\": \"6,M,20,M\", \"test\": true, "
        "\"dataset_options\": \"test_images=37\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct place place = make_place("run");
        struct train_result result = train(texts[i], &place);
        char latest[1024];
        snprintf(latest, sizeof latest, "%s/%s", place.path, CHECKPOINT_LATEST);
        struct checkpoint_model model = read_model(latest);
        assert_int_equal(model.epochs_done, 4);
        assert_true(model.val_accuracy == result.last.val_accuracy);
        for (size_t batch = 1; batch <= 64; batch *= 8) {
            double accuracy, loss;
            evaluate(&model, PREDICT_VAL, batch, &accuracy, &loss);
            assert_near(accuracy, result.last.val_accuracy, 1e-12);
            assert_near(loss, result.last.val_loss, 1e-4);
            evaluate(&model, PREDICT_TEST, batch, &accuracy, &loss);
            assert_near(accuracy, result.test_accuracy, 1e-12);
        }
        checkpoint_model_free(&model);
        model = read_model(place.path); /* the best */
        double accuracy, loss;
        evaluate(&model, PREDICT_VAL, 16, &accuracy, &loss);
        assert_int_equal(model.epochs_done, result.best_epoch);
        assert_near(accuracy, result.best_val_accuracy, 1e-12);
        checkpoint_model_free(&model);
        remove_place(&place);
    }
}

/* What is whole is taken; when nothing is, the reason is that of the best. */
static void damaged_checkpoints_are_passed_over(void **state)
{
    (void)state;
    struct place place = make_place("run"), empty = make_place("empty");
    struct checkpoint_model model;
    struct error refused, err;
    train("{\"model\": \"lenet5\"}", &place);
    damage(&place, CHECKPOINT_BEST); /* and the latest, where it is the same file */
    assert_ok(checkpoint_model_read(&model, place.path, &refused, &err), err);
    assert_int_equal(refused.status, ST_FORMAT);
    assert_non_null(strstr(refused.what, "best.ckpt: is damaged"));
    assert_null(strstr(model.path, CHECKPOINT_BEST));
    checkpoint_model_free(&model);
    static const char *const names[] = {CHECKPOINT_BEST, CHECKPOINT_LATEST, CHECKPOINT_BEFORE};
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "run/%s", names[i]);
        scratch_delete(name);
        scratch_write(name, names[i], strlen(names[i]));
    }
    assert_int_equal(checkpoint_model_read(&model, place.path, &refused, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "best.ckpt: is cut short"));
    checkpoint_model_free(&model);
    assert_int_equal(checkpoint_model_read(&model, empty.path, &refused, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "there is no checkpoint"));
    checkpoint_model_free(&model);
    scratch_write("photo.jpg", "\xff\xd8 no checkpoint at all, but long enough", 40);
    assert_int_equal(checkpoint_model_read(&model, scratch_path("photo.jpg"), &refused, &err),
                     ST_FORMAT);
    assert_non_null(strstr(err.what, "photo.jpg: is no checkpoint"));
    checkpoint_model_free(&model);
    remove_place(&place);
    remove_place(&empty);
}

static void must_refuse_data(const struct checkpoint_model *model, const char *options,
                             enum predict_part part, const char *what)
{
    struct train_settings settings = model->settings;
    struct predict_data data;
    struct error err = {0};
    snprintf(settings.dataset_options, SETTING_TEXT_SIZE, "%s", options);
    assert_int_equal(predict_data_open(&data, model, &settings, part, &err), ST_INVALID);
    if (!strstr(err.what, what))
        fail_msg("expected '%s' in '%s'", what, err.what);
    predict_data_close(&data);
}

static void other_images_and_classes_are_refused(void **state)
{
    (void)state;
    struct place place = make_place("run");
    train("{\"model\": \"lenet5\", \"epochs\": 1}", &place);
    struct checkpoint_model model = read_model(place.path);
    must_refuse_data(&model, "channels=1", PREDICT_VAL, "with 3 channels, these have 1");
    must_refuse_data(&model, "size=20", PREDICT_VAL, "with 16 rows, these have 20");
    must_refuse_data(&model, "classes=9", PREDICT_VAL, "with 10 classes, these have 9");
    must_refuse_data(&model, "test_images=0", PREDICT_TEST, "the data set has no test images");
    checkpoint_model_free(&model);
    remove_place(&place);
}

/* Names of classes go through a checkpoint, and guard against a data set in another order. */
static void classes_keep_their_names(void **state)
{
    (void)state;
    enum { RECORD = 3073, N = 40 };
    static unsigned char records[N * RECORD];
    static const char names[] = "plane\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
    static const char others[] = "car\nplane\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
    for (size_t i = 0; i < N; i++) {
        records[i * RECORD] = (unsigned char)(i % 10);
        for (size_t j = 1; j < RECORD; j++)
            records[i * RECORD + j] = (unsigned char)(i * 31 + j * (i % 10 + 1));
    }
    scratch_write("data_batch_1.bin", records, sizeof records);
    scratch_write("batches.meta.txt", names, strlen(names));
    char text[1024];
    snprintf(text, sizeof text,
             "{\"model\": \"lenet5\", \"epochs\": 1, \"val_fraction\": 0.25, "
             "\"dataset_format\": \"cifar10\", \"dataset_path\": \"%s\"}",
             scratch_path("."));
    struct place place = make_place("run");
    train(text, &place);
    struct checkpoint_model model = read_model(place.path);
    assert_string_equal(model.images.class_names[0], "plane");
    assert_string_equal(model.images.class_names[9], "truck");
    double accuracy, loss;
    evaluate(&model, PREDICT_TRAIN, 7, &accuracy, &loss);
    scratch_write("batches.meta.txt", others, strlen(others));
    must_refuse_data(&model, "", PREDICT_TRAIN, "class 0 is 'plane' there and 'car' here");
    checkpoint_model_free(&model);
    remove_place(&place);
}

static void the_largest_probabilities_come_first(void **state)
{
    (void)state;
    static const float p[] = {0.1F, 0.3F, 0.05F, 0.3F, 0.25F};
    static const size_t order[] = {1, 3, 4, 0, 2};
    for (size_t k = 1; k <= 5; k++) {
        size_t top[5];
        predict_top(p, 5, k, top);
        for (size_t i = 0; i < k; i++)
            assert_int_equal(top[i], order[i]);
    }
}

/* Whatever the size and the colours of a file, it becomes what the network takes. */
static void image_files_become_what_the_network_takes(void **state)
{
    (void)state;
    enum { SIDE = 8, ROOM = 1 << 16 };
    static uint8_t rgb[20 * 12 * 3], grey[10 * 10], file[ROOM];
    static const struct image_shape colour = {3, SIDE, SIDE}, plain = {1, SIDE, SIDE};
    uint8_t pixels[3 * SIDE * SIDE];
    struct error err;
    for (size_t i = 0; i < sizeof rgb; i++)
        rgb[i] = i % 3 == 0 ? 200 : 30; /* red */
    memset(grey, 90, sizeof grey);
    size_t n = jpeg_write(file, ROOM, rgb, 20, 12, 3, false);
    scratch_write("red.jpg", file, n);
    n = png_write(file, ROOM,
                  &(struct png_file){.width = 10,
                                     .height = 10,
                                     .depth = 8,
                                     .colour = PNG_GREY,
                                     .rows = grey,
                                     .row = 10});
    scratch_write("grey.png", file, n);
    assert_ok(predict_image_check(&colour, &err), err);
    assert_ok(predict_image_read(pixels, &colour, scratch_path("red.jpg"), &err), err);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        assert_in_range(pixels[i], 197, 203);
        assert_in_range(pixels[SIDE * SIDE + i], 27, 33);
    }
    assert_ok(predict_image_read(pixels, &plain, scratch_path("red.jpg"), &err), err);
    assert_in_range(pixels[5], 78, 84); /* 0.299 * 200 + 0.701 * 30 */
    assert_ok(predict_image_read(pixels, &colour, scratch_path("grey.png"), &err), err);
    for (size_t i = 0; i < sizeof pixels; i++)
        assert_int_equal(pixels[i], 90);
}

static void other_files_and_shapes_are_refused(void **state)
{
    (void)state;
    static const struct image_shape colour = {3, 8, 8};
    static const struct image_shape no[] = {{3, 8, 9}, {2, 8, 8}, {4, 8, 8}};
    uint8_t pixels[3 * 64];
    struct error err;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_int_equal(predict_image_check(&no[i], &err), ST_INVALID);
    assert_non_null(strstr(err.remedy, "--part"));
    scratch_write("text.jpg", "no image", 8);
    scratch_write("empty.png", "", 0);
    assert_int_equal(predict_image_read(pixels, &colour, scratch_path("none.jpg"), &err),
                     ST_NOTFOUND);
    assert_int_equal(predict_image_read(pixels, &colour, scratch_path("text.jpg"), &err),
                     ST_FORMAT);
    assert_non_null(strstr(err.what, "text.jpg"));
    assert_int_equal(predict_image_read(pixels, &colour, scratch_path("empty.png"), &err),
                     ST_FORMAT);
    assert_int_equal(predict_image_read(pixels, &colour, scratch_path("."), &err), ST_FORMAT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, scratch_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(predictions_are_those_of_the_training),
        TEST(damaged_checkpoints_are_passed_over),
        TEST(other_images_and_classes_are_refused),
        TEST(classes_keep_their_names),
        TEST(the_largest_probabilities_come_first),
        TEST(image_files_become_what_the_network_takes),
        TEST(other_files_and_shapes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
