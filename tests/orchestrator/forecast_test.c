#include "orchestrator/forecast.h"
#include "tests/check.h"
#include "tests/orchestrator/study_text.h"

#include <stdio.h>
#include <string.h>

static struct study *read_study(const char *trial, const char *space)
{
    char text[1024];
    snprintf(text, sizeof text,
             "{\"trial\": %s, \"space\": %s, \"strategies\": [\"random\"], \"budget\": "
             "{\"trials\": 4},"
             " \"objectives\": [{\"metric\": \"%s\", \"goal\": \"minimize\"}]}",
             trial, space, strstr(trial, "cnn") ? "val_loss" : "value");
    return study_of_text(text, "/tmp/forecast.json");
}

static const char *const network =
    "{\"kind\": \"cnn\", \"model\": \"lenet5\", \"dataset\": {\"format\": \"synthetic\"}}";

static void forecast(const struct study *study, struct forecast *forecast)
{
    struct meter_choice meters;
    struct error err = {0};
    assert_ok(meter_choice_open(&meters, "", NULL, 0, &err), err);
    assert_ok(forecast_study(study, &meters, forecast, &err), err);
    assert_int_equal(forecast->quality, meters.booked.quality);
    meter_choice_close(&meters);
}

static void times_and_joules_are_ordered(void **state)
{
    (void)state;
    struct study *study = read_study(
        network, "{\"learning_rate\": {\"type\": \"real\", \"low\": 0.1, \"high\": 900},"
                 " \"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 40}}");
    struct forecast f;
    forecast(study, &f);
    assert_true(f.points > 1);
    assert_true(f.time_low_s > 0 && f.time_low_s < f.time_s && f.time_s < f.time_high_s);
    if (f.quality == ENERGY_NONE)
        assert_true(isnan(f.energy_j));
    else
        assert_true(f.energy_low_j > 0 && f.energy_low_j < f.energy_j &&
                    f.energy_j < f.energy_high_j);
    study_free(study);
}

static void a_hundred_times_the_epochs_take_longer(void **state)
{
    (void)state;
    struct study *one = read_study(
        network,
        "{\"epochs\": 1, \"momentum\": {\"type\": \"ordinal\", \"values\": [0.5, 0.9]}}");
    struct study *many = read_study(
        network,
        "{\"epochs\": 100, \"momentum\": {\"type\": \"ordinal\", \"values\": [0.5, 0.9]}}");
    struct forecast a, b;
    forecast(one, &a);
    forecast(many, &b);
    assert_true(b.time_s > 5 * a.time_s); /* a hundred times, but for a machine that is busy */
    study_free(one);
    study_free(many);
}

static void what_cannot_be_forecast_says_why(void **state)
{
    (void)state;
    struct meter_choice none = {0};
    struct forecast f;
    struct error err = {0};
    struct study *study = read_study(
        "{\"kind\": \"cnn\", \"dataset\": {\"format\": \"cifar10\", \"path\": \"/nowhere\"}}",
        "{\"epochs\": {\"type\": \"integer\", \"low\": 1, \"high\": 4}}");
    assert_int_equal(forecast_study(study, &none, &f, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "/nowhere"));
    study_free(study);
    study = read_study("{\"kind\": \"function\", \"function\": \"sphere\"}",
                       "{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 4}}");
    assert_int_equal(forecast_study(study, &none, &f, &err), ST_INVALID);
    study_free(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_and_joules_are_ordered),
        cmocka_unit_test(a_hundred_times_the_epochs_take_longer),
        cmocka_unit_test(what_cannot_be_forecast_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
