#include "results/units.h"
#include "tests/check.h"

static void expect(void (*append)(struct strbuf *, double), double value, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    append(&out, value);
    assert_string_equal(strbuf_text(&out), text);
    strbuf_free(&out);
}

static void joules_have_three_digits_and_a_prefix(void **state)
{
    (void)state;
    expect(units_append_energy, 0, "0 J");
    expect(units_append_energy, 5e-7, "0.50 uJ");
    expect(units_append_energy, 0.0123, "12.3 mJ");
    expect(units_append_energy, 53.24, "53.2 J");
    expect(units_append_energy, 9.999, "10.0 J");
    expect(units_append_energy, 999.4, "999 J");
    expect(units_append_energy, 999.6, "1.00 kJ");
    expect(units_append_energy, 1234, "1.23 kJ");
    expect(units_append_energy, 4.567e6, "4.57 MJ");
    expect(units_append_energy, 7e12, "7000 GJ");
    expect(units_append_energy, -53.24, "-53.2 J");
    expect(units_append_energy, NAN, "");
}

static void operations_have_three_digits_and_a_prefix(void **state)
{
    (void)state;
    expect(units_append_operations, 0, "0 FLOP");
    expect(units_append_operations, 12, "12.0 FLOP");
    expect(units_append_operations, 81.64e6, "81.6 MFLOP");
    expect(units_append_operations, 1.8e12, "1.80 TFLOP");
    expect(units_append_operations, NAN, "");
    expect(units_append_speed, 249.6e9, "250 GFLOP/s");
    expect(units_append_speed, NAN, "");
}

static void ratios_have_three_digits_however_small(void **state)
{
    (void)state;
    expect(units_append_ratio, 0, "0.000");
    expect(units_append_ratio, 1.9996, "2.000");
    expect(units_append_ratio, 0.5123, "0.512");
    expect(units_append_ratio, 0.06189, "0.0619");
    expect(units_append_ratio, 1234.5678, "1234.568");
    expect(units_append_ratio, 2.5e7, "2.5e+07");
    expect(units_append_ratio, NAN, "");
}

static void co2_has_three_digits_and_a_prefix(void **state)
{
    (void)state;
    expect(units_append_co2e, 0, "0 g");
    expect(units_append_co2e, 5e-13, "0.50 ng");
    expect(units_append_co2e, 5e-10, "500 ng");
    expect(units_append_co2e, 2.676e-6, "2.68 mg");
    expect(units_append_co2e, 0.2676, "268 g");
    expect(units_append_co2e, 0.9996, "1.00 kg");
    expect(units_append_co2e, 45.67, "45.7 kg");
    expect(units_append_co2e, 7e6, "7000 t");
    expect(units_append_co2e, NAN, "");
}

static void power_and_memory_have_three_digits_and_a_prefix(void **state)
{
    (void)state;
    expect(units_append_power, 0, "0 W");
    expect(units_append_power, 0.7534, "753 mW");
    expect(units_append_power, 141.7, "142 W");
    expect(units_append_power, 1234, "1.23 kW");
    expect(units_append_power, NAN, "");
    expect(units_append_memory, 0, "0 MiB");
    expect(units_append_memory, 0.25, "256 KiB");
    expect(units_append_memory, 83.62, "83.6 MiB");
    expect(units_append_memory, 1536, "1.50 GiB");
    expect(units_append_memory, 3 * 1048576.0, "3.00 TiB");
    expect(units_append_memory, NAN, "");
}

static void times_have_three_digits_or_two_units(void **state)
{
    (void)state;
    expect(units_append_time, 0, "0 s");
    expect(units_append_time, 5e-7, "0.50 us");
    expect(units_append_time, 4.2e-5, "42.0 us");
    expect(units_append_time, 0.0123, "12.3 ms");
    expect(units_append_time, 0.99949, "999 ms");
    expect(units_append_time, 0.9996, "1.00 s");
    expect(units_append_time, -0.25, "-250 ms");
    expect(units_append_time, 12.34, "12.3 s");
    expect(units_append_time, 59.94, "59.9 s");
    expect(units_append_time, 59.96, "1 min");
    expect(units_append_time, 200, "3 min 20 s");
    expect(units_append_time, 3599.6, "1 h");
    expect(units_append_time, 7500, "2 h 5 min");
    expect(units_append_time, 86399, "1 d");
    expect(units_append_time, 3 * 86400 + 4 * 3600, "3 d 4 h");
    expect(units_append_time, 1e300, "for ever");
    expect(units_append_time, NAN, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joules_have_three_digits_and_a_prefix),
        cmocka_unit_test(operations_have_three_digits_and_a_prefix),
        cmocka_unit_test(ratios_have_three_digits_however_small),
        cmocka_unit_test(co2_has_three_digits_and_a_prefix),
        cmocka_unit_test(power_and_memory_have_three_digits_and_a_prefix),
        cmocka_unit_test(times_have_three_digits_or_two_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
