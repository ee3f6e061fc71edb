#include "cnn/dataset.h"
#include "cnn/model.h"
#include "cnn/train.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

/* What a run told. */
struct log {
    struct train_report reports[8];
    int n_reports;
    int stop_after;
    char phases[256];
};

static void on_phase(void *context, const char *phase)
{
    struct log *log = context;
    size_t used = strlen(log->phases);
    snprintf(log->phases + used, sizeof log->phases - used, "%s ", phase);
}

static bool on_epoch(void *context, const struct train_report *report)
{
    struct log *log = context;
    log->reports[log->n_reports++] = *report;
    return log->n_reports != log->stop_after;
}

static void choose(struct train_settings *settings, const char *name, const char *value)
{
    struct json *object = json_object_create();
    struct error err;
    json_put_string(object, name, value);
    assert_ok(settings_set(settings, name, json_first(object), &err), err);
    json_free(object);
}

/* A run of a second or so on generated images. */
static struct train_settings small_run(void)
{
    struct train_settings settings;
    settings_init(&settings);
    choose(&settings, "model", "lenet5");
    settings.epochs = 2;
    settings.batch_size = 32;
    settings.train_limit = 200;
    settings.val_limit = 50;
    return settings;
}

static enum status run(const struct train_settings *settings, struct log *log,
                       struct train_result *result, struct error *err)
{
    struct train_events events = {.context = log, .on_phase = on_phase, .on_epoch = on_epoch};
    int stop_after = log->stop_after;
    memset(log, 0, sizeof *log);
    log->stop_after = stop_after;
    return train_run(settings, NULL, &events, result, err);
}

static void a_run_tells_its_phases_and_epochs(void **state)
{
    (void)state;
    struct train_settings settings = small_run();
    settings.test = true;
    struct log log = {0};
    struct train_result result;
    struct error err;
    assert_ok(run(&settings, &log, &result, &err), err);
    assert_string_equal(log.phases, "load train validate train validate test ");
    assert_int_equal(log.n_reports, 2);
    assert_int_equal(log.reports[1].epoch, 2);
    assert_true(log.reports[0].images_per_s > 0);
    assert_true(result.best_val_accuracy >= result.last.val_accuracy);
    assert_true(result.test_accuracy >= 0 && result.test_accuracy <= 1);
    assert_true(result.last.train_loss > 0 && result.params > 5000);
    assert_true(result.forward_flops > 2 * result.params);
    assert_true(result.model_bytes >= 4 * result.params);
}

/* Metrics are equal to the last bit, times aside. */
static void equal_seeds_give_equal_metrics_and_others_do_not(void **state)
{
    (void)state;
    struct train_settings settings = small_run();
    choose(&settings, "model", "resnet8");
    settings.dropout = 0.3;
    settings.augment_flip = true;
    settings.augment_crop = 2;
    settings.width = 8;
    struct log log = {0};
    struct train_result a, b, c;
    struct error err;
    assert_ok(run(&settings, &log, &a, &err), err);
    assert_ok(run(&settings, &log, &b, &err), err);
    settings.seed++;
    assert_ok(run(&settings, &log, &c, &err), err);
    assert_true(a.last.train_loss == b.last.train_loss);
    assert_true(a.last.val_loss == b.last.val_loss);
    assert_true(a.last.val_accuracy == b.last.val_accuracy);
    assert_true(a.last.val_loss != c.last.val_loss);
    assert_true(isnan(a.test_accuracy));
}

/* The number of threads is part of what a run depends on; for a given one it repeats. */
static void equal_runs_are_equal_on_two_threads_too(void **state)
{
    (void)state;
    struct train_settings settings = small_run();
    choose(&settings, "model", "resnet8");
    settings.threads = 2;
    settings.epochs = 1;
    struct log log = {0};
    struct train_result a, b;
    struct error err;
    assert_ok(run(&settings, &log, &a, &err), err);
    assert_ok(run(&settings, &log, &b, &err), err);
    assert_true(a.last.train_loss == b.last.train_loss);
    assert_true(a.last.val_loss == b.last.val_loss);
}

static void training_learns(void **state)
{
    (void)state;
    struct train_settings settings = small_run();
    settings.epochs = 4;
    choose(&settings, "optimizer", "adam");
    settings.learning_rate = 2e-3;
    settings.train_limit = 1024;
    struct log log = {0};
    struct train_result result;
    struct error err;
    assert_ok(run(&settings, &log, &result, &err), err);
    assert_true(result.last.train_loss < 0.9 * log.reports[0].train_loss);
}

static void a_caller_can_stop_a_run(void **state)
{
    (void)state;
    struct train_settings settings = small_run();
    settings.epochs = 5;
    struct log log = {.stop_after = 1};
    struct train_result result;
    struct error err;
    assert_ok(run(&settings, &log, &result, &err), err);
    assert_int_equal(log.n_reports, 1);
    assert_int_equal(result.end, TRAIN_STOPPED);
    assert_int_equal(result.last.epoch, 1);
}

static void a_loss_that_is_not_finite_fails_at_once(void **state)
{
    (void)state;
    struct train_settings settings = small_run();
    settings.learning_rate = 1000;
    settings.momentum = 0.99;
    choose(&settings, "schedule", "constant");
    settings.epochs = 100;
    struct log log = {0};
    struct train_result result;
    struct error err = {0};
    assert_int_equal(run(&settings, &log, &result, &err), ST_NUMERIC);
    assert_non_null(strstr(err.what, "epoch "));
    assert_non_null(strstr(err.what, ", step "));
    assert_non_null(strstr(err.remedy, "learning_rate"));
}

static void settings_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct log log = {0};
    struct train_result result;
    struct error err = {0};
    struct train_settings settings = small_run();
    settings.batch_size = 201;
    assert_int_equal(run(&settings, &log, &result, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "batch_size"));
    settings = small_run();
    choose(&settings, "model", "vgg");
    choose(&settings, "vgg_layers", "8,M,x");
    assert_int_equal(run(&settings, &log, &result, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "character 5"));
    choose(&settings, "vgg_layers", "8,M,M,M,M,M,M,M");
    assert_int_equal(run(&settings, &log, &result, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "pooling: a window of 2"));
    settings = small_run();
    choose(&settings, "dataset_format", "cifar10");
    choose(&settings, "dataset_path", "/nonexistent");
    assert_int_equal(run(&settings, &log, &result, &err), ST_NOTFOUND);
}

/* Nothing is allocated for weights that take terabytes, or for more numbers than there are. */
static void networks_too_large_for_the_machine_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *layers;
        int64_t width;
        enum status status;
        const char *what;
    } cases[] = {
        {"65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,"
         "65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536,65536",
         0, ST_NOMEM, "the weights of the network"},
        {"1,65536", 4096, ST_INVALID, "layer 2: convolution: more than 2^40 numbers"},
        {"1,65536,65536,65536,65536,65536,65536", 4096, ST_INVALID, "more than 2^40 numbers"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct train_settings settings = small_run();
        struct log log = {0};
        struct train_result result;
        struct error err = {0};
        choose(&settings, "model", "vgg");
        choose(&settings, "vgg_layers", cases[i].layers);
        settings.width = cases[i].width;
        assert_int_equal(run(&settings, &log, &result, &err), cases[i].status);
        assert_non_null(strstr(err.what, cases[i].what));
        assert_string_equal(log.phases, "load ");
    }
}

/* The names in the settings are those of the formats that there are. */
static void every_data_format_can_be_chosen(void **state)
{
    (void)state;
    const struct setting *setting = settings_find("dataset_format");
    size_t n = 0;
    for (; dataset_formats()[n]; n++)
        assert_string_equal(setting->choices[n], dataset_formats()[n]->name);
    assert_null(setting->choices[n]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_tells_its_phases_and_epochs),
        cmocka_unit_test(equal_seeds_give_equal_metrics_and_others_do_not),
        cmocka_unit_test(equal_runs_are_equal_on_two_threads_too),
        cmocka_unit_test(training_learns),
        cmocka_unit_test(a_caller_can_stop_a_run),
        cmocka_unit_test(a_loss_that_is_not_finite_fails_at_once),
        cmocka_unit_test(settings_that_do_not_fit_are_refused),
        cmocka_unit_test(networks_too_large_for_the_machine_are_refused),
        cmocka_unit_test(every_data_format_can_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
