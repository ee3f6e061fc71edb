#include "base/rng.h"
#include "results/series.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

/* There and back. Answers the number of bytes. */
static size_t round_trip(const int64_t *values, size_t n_rows, size_t n_columns)
{
    struct strbuf bytes = STRBUF_INIT;
    int64_t *read;
    size_t rows, columns;
    series_encode(values, n_rows, n_columns, &bytes);
    assert_true(strbuf_ok(&bytes));
    assert_int_equal(series_decode(&read, &rows, &columns,
                                   (const unsigned char *)strbuf_text(&bytes), bytes.length),
                     ST_OK);
    assert_int_equal(rows, n_rows);
    assert_int_equal(columns, n_columns);
    if (rows * columns > 0)
        assert_memory_equal(read, values, rows * columns * sizeof *values);
    size_t size = bytes.length;
    free(read);
    strbuf_free(&bytes);
    return size;
}

static void any_numbers_come_back(void **state)
{
    (void)state;
    const int64_t extremes[] = {0, INT64_MIN, INT64_MAX, -1, 0, 0, 0, INT64_MAX, INT64_MIN, 1};
    round_trip(extremes, 10, 1);
    round_trip(extremes, 5, 2);
    round_trip(extremes, 1, 10);
    round_trip(extremes, 0, 3);
    round_trip(extremes, 10, 0);
    struct rng rng;
    rng_seed(&rng, 1);
    for (int round = 0; round < 2000; round++) {
        int64_t values[60];
        unsigned bits = 1 + (unsigned)(rng_next(&rng) % 64);
        for (size_t i = 0; i < 60; i++)
            values[i] = rng_next(&rng) % 3 ? 0 : (int64_t)(rng_next(&rng) >> (64 - bits));
        round_trip(values, 60 / (size_t)(1 + round % 4), 1 + (size_t)round % 4);
    }
}

static void a_clock_and_a_silent_column_cost_next_to_nothing(void **state)
{
    (void)state;
    int64_t values[256][2];
    for (int i = 0; i < 256; i++) {
        values[i][0] = 1000000 * (int64_t)(i + 1);
        values[i][1] = -1;
    }
    assert_in_range(round_trip(values[0], 256, 2), 1, 16);
}

static enum status decode(const char *bytes, size_t size)
{
    int64_t *values = NULL;
    size_t rows, columns;
    enum status status =
        series_decode(&values, &rows, &columns, (const unsigned char *)bytes, size);
    if (!status)
        free(values);
    return status;
}

static void other_bytes_are_refused(void **state)
{
    (void)state;
    const char good[] = {1, 3, 1, 1, 4, 0, 1}; /* 2, 2, 2 */
    assert_int_equal(decode(good, sizeof good), ST_OK);
    for (size_t length = 0; length < sizeof good; length++)
        assert_int_equal(decode(good, length), ST_FORMAT);
    const struct {
        char bytes[16];
        size_t size;
    } wrong[] = {
        {{2, 0, 0}, 3},                                            /* another version */
        {{1, 0, 0, 0}, 4},                                         /* more than it says */
        {{1, 1, 65, 1}, 4},                                        /* too many columns */
        {{1, (char)0x81, (char)0x80, 1, 1}, 5},                    /* too many rows */
        {{1, 1, 1, 3, 2}, 5},                                      /* no such order */
        {{1, 1, 1, 0, 2}, 5},                                      /* likewise */
        {{1, 2, 1, 1, 0, 2}, 6},                                   /* a run that is too long */
        {{1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2}, 14}, /* over 64 bits */
        {{1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0}, 15}, /* likewise */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(decode(wrong[i].bytes, wrong[i].size), ST_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_numbers_come_back),
        cmocka_unit_test(a_clock_and_a_silent_column_cost_next_to_nothing),
        cmocka_unit_test(other_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
