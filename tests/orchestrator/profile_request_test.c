#include "orchestrator/profile_request.h"
#include "tests/check.h"

#include <string.h>

static void give(struct profile_options *options, const char *setting, const char *value)
{
    size_t n;
    options->settings.values[settings_find(setting) - settings_table(&n)] = value;
}

static void expect_refusal(const struct profile_options *options, const char *model,
                           const char *text)
{
    const char *const arguments[] = {model, NULL};
    struct profile_request request;
    struct error err;
    enum status status = profile_request_read(&request, options, arguments, &err);
    assert_true(status == ST_INVALID || status == ST_NOTFOUND);
    if (!strstr(err.what, text))
        fail_msg("'%s' does not say '%s'", err.what, text);
}

static void a_model_and_made_up_images(void **state)
{
    (void)state;
    const char *const arguments[] = {"lenet5", NULL};
    struct profile_options options = {.images = "1x28x27", .classes = 7};
    struct profile_request request;
    struct error err;
    give(&options, "batch_size", "17");
    give(&options, "threads", "0");
    assert_ok(profile_request_read(&request, &options, arguments, &err), err);
    assert_string_equal(model_names[request.settings.model], "lenet5");
    assert_int_equal(request.settings.batch_size, 17);
    assert_true(request.settings.threads >= 1);
    assert_false(request.uses_data_set);
    assert_int_equal(request.made_up.channels, 1);
    assert_int_equal(request.made_up.height, 28);
    assert_int_equal(request.made_up.width, 27);
    assert_int_equal(request.made_up.classes, 7);
}

static void defaults_are_those_of_cifar_10(void **state)
{
    (void)state;
    const char *const arguments[] = {NULL};
    struct profile_options options = {.images = NULL};
    struct profile_request request;
    struct error err;
    give(&options, "model", "vgg");
    assert_ok(profile_request_read(&request, &options, arguments, &err), err);
    assert_string_equal(model_names[request.settings.model], "vgg");
    assert_int_equal(request.made_up.channels, 3);
    assert_int_equal(request.made_up.height, 32);
    assert_int_equal(request.made_up.width, 32);
    assert_int_equal(request.made_up.classes, 10);
}

static void a_data_set_has_its_own_sizes(void **state)
{
    (void)state;
    const char *const arguments[] = {"vgg", NULL};
    struct profile_options options = {.images = NULL};
    struct profile_request request;
    struct error err;
    give(&options, "dataset_path", "somewhere");
    assert_ok(profile_request_read(&request, &options, arguments, &err), err);
    assert_true(request.uses_data_set);
    options.images = "3x32x32";
    expect_refusal(&options, "vgg", "a data set is named");
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct profile_options options = {.images = NULL};
    expect_refusal(&options, NULL, "it needs a MODEL");
    expect_refusal(&options, "resnet2", "resnet2");
    give(&options, "model", "vgg");
    expect_refusal(&options, "vgg", "only one of the two");
    give(&options, "model", NULL);
    struct profile_options sweep = {.sweep = true};
    expect_refusal(&sweep, "vgg", "'vgg' and --sweep");
    give(&sweep, "model", "vgg");
    expect_refusal(&sweep, NULL, "'vgg' and --sweep");
    give(&options, "batch_size", "-1");
    expect_refusal(&options, "vgg", "batch_size");
    give(&options, "batch_size", NULL);
    static const char *const sizes[] = {"",         "3",        "3x32",     "3x32x",
                                        "0x32x32",  "3x32x32x", "3x32x0",   "3 x 32 x 32",
                                        "-3x32x32", "17x32x32", "3x32x1e9", "3x99999999999x1",
                                        "x",        "3x+32x32"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        options.images = sizes[i];
        expect_refusal(&options, "vgg", "--images takes sizes such as 3x32x32");
    }
}

static void a_second_argument_is_refused(void **state)
{
    (void)state;
    const char *const arguments[] = {"vgg", "lenet5", NULL};
    struct profile_options options = {.images = NULL};
    struct profile_request request;
    struct error err;
    assert_int_equal(profile_request_read(&request, &options, arguments, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "'lenet5'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_and_made_up_images),
        cmocka_unit_test(defaults_are_those_of_cifar_10),
        cmocka_unit_test(a_data_set_has_its_own_sizes),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_second_argument_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
