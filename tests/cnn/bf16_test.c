/* The laws of rounding to the nearest even, on every bfloat16 and the floats between it and the
 * next. */
#include "cnn/bf16.h"
#include "tests/check.h"

#include <stdbool.h>
#include <string.h>

#define NUMBERS 65536

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint16_t rounded(uint32_t bits)
{
    float x = float_of(bits);
    uint16_t out;
    bf16_from_floats(&out, &x, 1);
    return out;
}

static bool is_nan(uint32_t bits)
{
    return (bits & 0x7fffffff) > 0x7f800000;
}

static void widening_is_exact(void **state)
{
    (void)state;
    static uint16_t all[NUMBERS];
    static float wide[NUMBERS];
    for (uint32_t i = 0; i < NUMBERS; i++)
        all[i] = (uint16_t)i;
    bf16_to_floats(wide, all, NUMBERS);
    for (uint32_t i = 0; i < NUMBERS; i++)
        assert_int_equal(bits_of(wide[i]), i << 16);
}

/* Between two neighbours: below the middle down, above it up, in the middle to the even one.
 * Of both signs, with the denormals, zero, and up to the infinite. */
static void what_lies_between_goes_to_the_nearest(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < NUMBERS; i++) {
        if (is_nan(i << 16) || (i & 0x7fff) == 0x7f80)
            continue;
        uint16_t even = (uint16_t)(i + (i & 1));
        assert_int_equal(rounded(i << 16), i);
        assert_int_equal(rounded(i << 16 | 0x0001), i);
        assert_int_equal(rounded(i << 16 | 0x7fff), i);
        assert_int_equal(rounded(i << 16 | 0x8000), even);
        assert_int_equal(rounded(i << 16 | 0x8001), i + 1);
        assert_int_equal(rounded(i << 16 | 0xffff), i + 1);
    }
}

static void the_infinite_stays_so(void **state)
{
    (void)state;
    assert_int_equal(rounded(0x7f800000), 0x7f80);
    assert_int_equal(rounded(0xff800000), 0xff80);
    assert_int_equal(rounded(0x7f7fffff), 0x7f80); /* the largest float */
    assert_int_equal(rounded(0x7f7f7fff), 0x7f7f);
}

/* Wherever the bits that make it one are. */
static void a_nan_stays_one(void **state)
{
    (void)state;
    for (uint32_t bit = 0; bit < 23; bit++)
        for (uint32_t sign = 0; sign < 2; sign++)
            for (uint32_t rest = 0; rest < 2; rest++) {
                uint32_t nan = sign << 31 | 0x7f800000 | 1u << bit | rest * 0x7fffff;
                uint16_t out = rounded(nan);
                assert_true(is_nan((uint32_t)out << 16));
                assert_int_equal(out >> 15, sign);
            }
}

/* The loops are vectors: every length, and nothing beyond it. */
static void every_length_is_the_same_rounding(void **state)
{
    (void)state;
    float x[100], back[101];
    uint16_t out[101];
    for (uint32_t i = 0; i < 100; i++)
        x[i] = float_of(0x3f800000 + i * 0x4001);
    for (size_t n = 0; n <= 100; n++) {
        out[n] = 42;
        back[n] = 42;
        bf16_from_floats(out, x, n);
        bf16_to_floats(back, out, n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(out[i], rounded(bits_of(x[i])));
            assert_int_equal(bits_of(back[i]), (uint32_t)out[i] << 16);
        }
        assert_int_equal(out[n], 42);
        assert_true(back[n] == 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widening_is_exact),
        cmocka_unit_test(what_lies_between_goes_to_the_nearest),
        cmocka_unit_test(the_infinite_stays_so),
        cmocka_unit_test(a_nan_stays_one),
        cmocka_unit_test(every_length_is_the_same_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
