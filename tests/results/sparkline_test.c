#include "results/sparkline.h"

#include "tests/check.h"

/* A bar for each of these memories in MiB (negative: unknown), a second each. */
static void expect(const int *values, size_t n, size_t width, double top, const char *text)
{
    struct sample_record samples[16] = {0};
    double bars[16];
    struct sparkline line = {.bars = bars};
    struct sample_series series = {.samples = samples, .n = n};
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < n; i++) {
        samples[i].end_us = 1000000 * (int64_t)(i + 1);
        samples[i].memory_kb = values[i] < 0 ? SAMPLE_UNKNOWN : 1024 * values[i];
    }
    sparkline_make(&line, &series, SAMPLE_MEMORY, width);
    assert_true(line.n <= width && line.n <= n);
    sparkline_append(&line, top, &out);
    assert_string_equal(strbuf_text(&out), text);
    strbuf_free(&out);
}

static void bars_rise_from_0_to_the_top(void **state)
{
    (void)state;
    const int values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    expect(values, 9, 16, 8, "▁▁▂▃▄▅▆▇█");
    expect(values, 9, 16, 16, "▁▁▁▂▂▃▃▄▄");
    expect(values, 9, 16, 4, "▁▂▄▆█████");
    expect(values, 1, 16, 0, "▁");
    expect(values, 0, 16, 8, "");
}

static void more_samples_than_bars_are_averaged(void **state)
{
    (void)state;
    const int values[] = {0, 8, 8, 8, 4, 4, 1, 1};
    expect(values, 8, 4, 8, "▄█▄▁");
    expect(values, 3, 2, 8, "▃█"); /* a bar of one second and a half: 0, then half of 8 */
    expect(values, 8, 1, 8, "▅");
}

static void what_is_unknown_is_blank(void **state)
{
    (void)state;
    const int values[] = {8, -1, -1, 4, -1, 8};
    expect(values, 6, 6, 8, "█  ▄ █");
    expect(values, 6, 3, 8, "█▄█");
    const int nothing[] = {-1, -1};
    expect(nothing, 2, 6, 8, "  ");
}

/* However short its sample is, the end of a trial gets no more room than its time. */
static void a_stub_does_not_fill_a_bar(void **state)
{
    (void)state;
    struct sample_record samples[] = {{.end_us = 1000000, .energy_uj = 8000000},
                                      {.end_us = 2000000, .energy_uj = 8000000},
                                      {.end_us = 2001000, .energy_uj = 800000}};
    struct sample_series series = {.samples = samples, .n = 3};
    double bars[3];
    struct sparkline line = {.bars = bars};
    sparkline_make(&line, &series, SAMPLE_POWER, 3);
    assert_int_equal(line.n, 3);
    assert_near(line.bars[1], 8, 1e-9);
    /* 0.666 s of 8 W, and a millisecond of 800 W */
    assert_near(line.bars[2], (0.666 * 8 + 0.8) / 0.667, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_rise_from_0_to_the_top),
        cmocka_unit_test(more_samples_than_bars_are_averaged),
        cmocka_unit_test(what_is_unknown_is_blank),
        cmocka_unit_test(a_stub_does_not_fill_a_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
