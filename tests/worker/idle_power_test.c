#include "tests/check.h"
#include "worker/idle_power.h"

#include <stdlib.h>
#include <string.h>

static void the_environment_goes_before_the_study(void **state)
{
    (void)state;
    struct error err = {0};
    double power_w = -1;
    unsetenv("WATTUNE_IDLE_W");
    assert_ok(idle_power_given(0, &power_w, &err), err);
    assert_near(power_w, 0, 0);
    assert_ok(idle_power_given(85, &power_w, &err), err);
    assert_near(power_w, 85, 0);
    setenv("WATTUNE_IDLE_W", "91.5", 1);
    assert_ok(idle_power_given(85, &power_w, &err), err);
    assert_near(power_w, 91.5, 0);
    setenv("WATTUNE_IDLE_W", "", 1);
    assert_ok(idle_power_given(85, &power_w, &err), err);
    assert_near(power_w, 85, 0);
    unsetenv("WATTUNE_IDLE_W");
}

static void watts_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"85 W", "-1", "0", "nan", "inf", "1e7", "about 85"};
    struct error err = {0};
    double power_w;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        setenv("WATTUNE_IDLE_W", wrong[i], 1);
        assert_int_equal(idle_power_given(85, &power_w, &err), ST_INVALID);
        assert_non_null(strstr(err.what, "WATTUNE_IDLE_W is \""));
        assert_non_null(strstr(err.what, wrong[i]));
        assert_non_null(strstr(err.remedy, "in watts"));
    }
    unsetenv("WATTUNE_IDLE_W");
}

static struct idle_figures two_figures(void)
{
    return (struct idle_figures){
        .opened_at_us = 1763726400123456,
        .n = 2,
        .items = {
            {.set = 0,
             .meters = "powercap:package-0",
             .power = {IDLE_MEASURED, 85.25, 1.5, 0.0125, 20, 2.001}},
            {.set = 2, .meters = "perf:dram", .power = {IDLE_UNKNOWN, NAN, NAN, NAN, 0, 0}}}};
}

static void read_back(struct idle_figures *figures, const struct idle_figures *written)
{
    struct error err = {0};
    struct json *object = idle_figures_to_json(written);
    assert_ok(idle_figures_from_json(figures, object, &err), err);
    json_free(object);
}

static void figures_come_over_the_wire_as_they_were(void **state)
{
    (void)state;
    struct idle_figures written = two_figures(), figures;
    read_back(&figures, &written);
    assert_true(figures.opened_at_us == written.opened_at_us);
    assert_int_equal(figures.n, 2);
    assert_string_equal(figures.items[0].meters, "powercap:package-0");
    assert_memory_equal(&figures.items[0].power, &written.items[0].power,
                        sizeof figures.items[0].power);
    assert_int_equal(figures.items[1].set, 2);
    assert_int_equal(figures.items[1].power.source, IDLE_UNKNOWN);
    assert_true(isnan(figures.items[1].power.power_w) && isnan(figures.items[1].power.busy));
    written.n = 0;
    read_back(&figures, &written);
    assert_int_equal(figures.n, 0);
}

static void what_is_malformed_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"3", "expected an object"},
        {"{\"opened_at_us\": 1}", "figures"},
        {"{\"opened_at_us\": -1, \"figures\": []}", "opened_at_us"},
        {"{\"opened_at_us\": 1, \"figures\": [{}]}", "meters"},
        {"{\"opened_at_us\": 1, \"figures\": [1,2,3,4,5,6]}", "at most 5"},
        {"{\"opened_at_us\": 1, \"figures\": [{\"set\": 9, \"meters\": \"m\","
         "\"source\": \"site\", \"power_w\": 1, \"deviation_w\": null, \"busy\": null}]}",
         "set"},
        {"{\"opened_at_us\": 1, \"figures\": [{\"set\": 0, \"meters\": \"m\","
         "\"source\": \"site\", \"power_w\": null, \"deviation_w\": null, \"busy\": null}]}",
         "it needs watts"},
        {"{\"opened_at_us\": 1, \"figures\": [{\"set\": 0, \"meters\": \"m\","
         "\"source\": \"guess\", \"power_w\": 1, \"deviation_w\": null, \"busy\": null}]}",
         "source"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json *object;
        struct idle_figures figures;
        struct error err = {0};
        assert_ok(json_parse(&object, cases[i].text, strlen(cases[i].text), "test", &err), err);
        assert_int_equal(idle_figures_from_json(&figures, object, &err), ST_FORMAT);
        if (!strstr(err.what, cases[i].message))
            fail_msg("expected '%s', got: %s", cases[i].message, err.what);
        json_free(object);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_goes_before_the_study),
        cmocka_unit_test(watts_that_make_no_sense_are_refused),
        cmocka_unit_test(figures_come_over_the_wire_as_they_were),
        cmocka_unit_test(what_is_malformed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
