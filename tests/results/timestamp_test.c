#include "results/timestamp.h"

#include "base/clock.h"
#include "base/rng.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

static void expect(const char *text, int64_t expected_us)
{
    int64_t time_us = -1;
    if (!timestamp_parse(text, &time_us))
        fail_msg("'%s' was refused", text);
    assert_int_equal(time_us, expected_us);
}

static void forms_of_one_moment(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "2023-11-14T22:13:20Z",      "2023-11-14 22:13:20z",      "2023-11-14T22:13:20.000Z",
        "2023-11-14T23:13:20+01:00", "2023-11-14T23:13:20+01",    "2023-11-15T03:43:20+0530",
        "2023-11-14T17:13:20-05:00", "2023-11-14t22:13:20+00:00",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        expect(forms[i], 1700000000000000);
    expect("2023-11-14T22:13:20.1234567Z", 1700000000123456);
    expect("2023-11-14T22:13Z", 1699999980000000);
    expect("1970-01-01T00:00:00Z", 0);
    expect("2024-02-29T12:00:00Z", 1709208000000000);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "yesterday",
        "2023-11-14",
        "2023-11-14T22:13:20", /* no zone */
        "2023-11-14T22:13:20Z ",
        " 2023-11-14T22:13:20Z",
        "2023-11-14T22:13:20+1",
        "2023-11-14T22:13:20+01:",
        "2023-11-14T22:13:20+01:60",
        "2023-11-14T24:00:00Z",
        "2023-11-14T22:60:00Z",
        "2023-11-14T22:13:60Z",
        "2023-11-14T22:13:20.Z",
        "2023-11-14T22:13.5Z",
        "2023-02-29T00:00:00Z",
        "2023-04-31T00:00:00Z",
        "2023-13-01T00:00:00Z",
        "2023-00-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "23-11-14T22:13:20Z",
        "2023-11-14X22:13:20Z",
        "1700000000",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t time_us;
        if (timestamp_parse(wrong[i], &time_us))
            fail_msg("'%s' was taken", wrong[i]);
    }
}

/* What clock_format() writes is read back to the millisecond that it shows. */
static void undoes_clock_format(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5);
    for (int i = 0; i < 1000; i++) {
        int64_t time_us = (int64_t)rng_below(&rng, 8000000000000) * 1000, back_us;
        char text[CLOCK_TEXT_SIZE];
        clock_format(time_us, text);
        assert_true(timestamp_parse(text, &back_us));
        assert_int_equal(back_us, time_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_one_moment),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(undoes_clock_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
