#include "base/clock.h"
#include "tests/check.h"

static void dates_are_iso_8601_in_utc(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_SIZE];
    clock_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    clock_format(1795251219123456, text);
    assert_string_equal(text, "2026-11-21T08:53:39.123Z");
    clock_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void work_takes_processor_time(void **state)
{
    (void)state;
    double process = clock_process_cpu_s(), thread = clock_thread_cpu_s();
    int64_t before = clock_monotonic_ns();
    volatile double x = 0;
    while (clock_thread_cpu_s() - thread < 0.002)
        x = x + 1;
    assert_true(clock_process_cpu_s() - process >= 0.002);
    assert_true(clock_monotonic_ns() > before);
    assert_true(clock_monotonic_s() * 1e9 >= (double)before);
}

static void sleeping_takes_time_but_no_processor(void **state)
{
    (void)state;
    double cpu = clock_thread_cpu_s(), start = clock_monotonic_s();
    clock_sleep(0.005);
    assert_true(clock_monotonic_s() - start >= 0.005);
    assert_true(clock_thread_cpu_s() - cpu < 0.005);
    clock_sleep(0);
    clock_sleep(-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_iso_8601_in_utc),
        cmocka_unit_test(work_takes_processor_time),
        cmocka_unit_test(sleeping_takes_time_but_no_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
