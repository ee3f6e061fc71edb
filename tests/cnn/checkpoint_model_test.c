/* Checkpoints whose checksum is right and whose contents are not: nothing in them is believed.
 */
#include "cnn/checkpoint_model.h"

#include "cnn/checkpoint_file.h"
#include "tests/check.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/failing_memory.h"

#include <string.h>

/* What a file says before its parameters. */
struct contents {
    const char *settings;
    int32_t epochs;
    double channels, height, width, classes, train, val;
    double scale; /* of each of three channels */
    uint64_t n_names;
    uint32_t name_length;
};

static const struct contents sound = {"{}", 3, 3, 16, 16, 2, 90, 10, 0.5, 2, 4};

static void put_number(struct checkpoint_writer *writer, double number)
{
    checkpoint_put(writer, &number, sizeof number);
}

static void put_progress(struct checkpoint_writer *writer, int32_t epochs)
{
    int32_t numbers[3] = {epochs, 1, 1};
    uint64_t counts[2] = {0, 0};
    checkpoint_put(writer, numbers, sizeof numbers);
    for (int i = 0; i < 8; i++)
        put_number(writer, 0.25);
    checkpoint_put(writer, counts, sizeof counts);
}

static void put_images(struct checkpoint_writer *writer, const struct contents *c)
{
    const double numbers[] = {c->channels, c->height, c->width, c->classes, c->train, c->val};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_number(writer, numbers[i]);
    for (int i = 0; i < 3; i++) { /* channels */
        put_number(writer, c->scale);
        put_number(writer, 0.5);
    }
    checkpoint_put(writer, &c->n_names, sizeof c->n_names);
    for (uint64_t i = 0; i < c->n_names && i < 8; i++) {
        checkpoint_put(writer, &c->name_length, sizeof c->name_length);
        checkpoint_put(writer, "nameless", c->name_length < 8 ? c->name_length : 8);
    }
}

static enum status read_back(const struct contents *contents, struct checkpoint_model *model,
                             struct error *err)
{
    struct checkpoint_writer writer;
    struct error refused;
    uint64_t length = strlen(contents->settings);
    assert_ok(checkpoint_create(&writer, scratch_path("."), err), *err);
    checkpoint_put(&writer, &length, sizeof length);
    checkpoint_put(&writer, contents->settings, length);
    put_progress(&writer, contents->epochs);
    put_images(&writer, contents);
    assert_ok(checkpoint_commit(&writer, CHECKPOINT_AS_LATEST, err), *err);
    return checkpoint_model_read(model, scratch_path(CHECKPOINT_LATEST), &refused, err);
}

static void what_is_sound_is_read(void **state)
{
    (void)state;
    struct checkpoint_model model;
    struct error err;
    assert_ok(read_back(&sound, &model, &err), err);
    assert_int_equal(model.epochs_done, 3);
    assert_int_equal(model.images.shape.channels, 3);
    assert_int_equal(model.images.n_classes, 2);
    assert_near(model.images.norm.scale[2], 0.5, 0);
    assert_string_equal(model.images.class_names[1], "name");
    checkpoint_model_free(&model);
    struct contents nameless = sound;
    nameless.n_names = 0;
    assert_ok(read_back(&nameless, &model, &err), err);
    assert_null(model.images.class_names);
    checkpoint_model_free(&model);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct contents contents;
        enum status status;
        const char *what;
    } cases[] = {
        {{"{\"flux\": 1}", 3, 3, 16, 16, 2, 90, 10, 1, 2, 4}, ST_INVALID, "flux"},
        {{"{}", -1, 3, 16, 16, 2, 90, 10, 1, 2, 4}, ST_FORMAT, "-1 epochs done"},
        {{"{}", 3, 0, 16, 16, 2, 90, 10, 1, 2, 4}, ST_FORMAT, "0 channels of the images"},
        {{"{}", 3, 17, 16, 16, 2, 90, 10, 1, 2, 4}, ST_FORMAT, "17 channels of the images"},
        {{"{}", 3, NAN, 16, 16, 2, 90, 10, 1, 2, 4}, ST_FORMAT, "nan channels"},
        {{"{}", 3, 3, 1e300, 16, 2, 90, 10, 1, 2, 4}, ST_FORMAT, "1e+300 height"},
        {{"{}", 3, 3, 16, -4, 2, 90, 10, 1, 2, 4}, ST_FORMAT, "-4 width"},
        {{"{}", 3, 3, 16, 16, 1, 90, 10, 1, 2, 4}, ST_FORMAT, "1 classes"},
        {{"{}", 3, 3, 16, 16, 2.5, 90, 10, 1, 2, 4}, ST_FORMAT, "2.5 classes"},
        {{"{}", 3, 3, 16, 16, 2, 90, 10, INFINITY, 2, 4}, ST_FORMAT, "inf contrast"},
        {{"{}", 3, 3, 16, 16, 2, 90, 10, 1e60, 2, 4}, ST_FORMAT, "1e+60 contrast"},
        {{"{}", 3, 3, 16, 16, 2, 90, 10, 1, 3, 4}, ST_FORMAT, "3 names of classes"},
        {{"{}", 3, 3, 16, 16, 2, 90, 10, 1, UINT64_MAX, 4}, ST_FORMAT, "names of classes"},
        {{"{}", 3, 3, 16, 16, 2, 90, 10, 1, 2, UINT32_MAX}, ST_FORMAT, "4.2949673e+09 bytes"},
        {{"{}", 3, 3, 16, 16, 2, 90, 10, 1, 2, 4000}, ST_FORMAT, "ends too early"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct checkpoint_model model;
        struct error err = {0};
        assert_int_equal(read_back(&cases[i].contents, &model, &err), cases[i].status);
        if (!strstr(err.what, cases[i].what) || !strstr(err.what, CHECKPOINT_LATEST))
            fail_msg("expected '%s' in '%s'", cases[i].what, err.what);
        checkpoint_model_free(&model);
    }
}

/* With every allocation failing once (the sanitizers watch for leaks). */
static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    struct checkpoint_model model;
    struct error refused, err;
    assert_ok(read_back(&sound, &model, &err), err);
    checkpoint_model_free(&model);
    enum status status = ST_NOMEM;
    long n = 0;
    for (; status != ST_OK; n++) {
        memory_countdown = n;
        status = checkpoint_model_read(&model, scratch_path("."), &refused, &err);
        memory_countdown = -1;
        checkpoint_model_free(&model);
        if (status)
            assert_int_equal(status, ST_NOMEM);
        assert_true(n < 100);
    }
    assert_true(n > 4); /* two names and their list, and the settings */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, scratch_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_sound_is_read),
        TEST(what_cannot_be_is_refused),
        TEST(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
