#include "tests/check.h"
#include "tests/worker/fake_meter.h"
#include "worker/meter_watch.h"

#include <string.h>

static void joules_add_up_since_the_start(void **state)
{
    (void)state;
    struct fake_counter *counter = fake_counter_create();
    struct meter_set set;
    struct meter meter;
    struct meter_watch watch;
    fake_meter_set(&set, &meter, counter);
    counter->energy_uj = 5000000; /* before the start */
    meter_watch_begin(&watch, &set);
    assert_near(meter_watch_energy_j(&watch), 0, 0);
    counter->energy_uj += 1500000;
    assert_near(meter_watch_energy_j(&watch), 1.5, 1e-12);
    counter->energy_uj += 250000;
    assert_near(meter_watch_energy_j(&watch), 1.75, 1e-12);
    struct strbuf text = STRBUF_INIT;
    counter->energy_uj += 250000;
    meter_watch_look(&watch, &text);
    assert_non_null(strstr(strbuf_text(&text), "2.00 J in"));
    strbuf_free(&text);
    fake_counter_free(counter);
}

/* What was missed at some time is missing from the sum for ever. */
static void there_is_no_sum_with_a_gap_or_without_meters(void **state)
{
    (void)state;
    struct fake_counter *counter = fake_counter_create();
    struct meter_set set, none = {0};
    struct meter meter;
    struct meter_watch watch;
    fake_meter_set(&set, &meter, counter);
    meter_watch_begin(&watch, &set);
    counter->fails = 1;
    assert_true(isnan(meter_watch_energy_j(&watch)));
    counter->fails = 0;
    counter->energy_uj += 1000000;
    assert_true(isnan(meter_watch_energy_j(&watch)));
    meter_watch_begin(&watch, &none);
    assert_true(isnan(meter_watch_energy_j(&watch)));
    fake_counter_free(counter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joules_add_up_since_the_start),
        cmocka_unit_test(there_is_no_sum_with_a_gap_or_without_meters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
