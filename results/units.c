#include "results/units.h"

#include <math.h>

/* A number in [1, 1000) or so with three significant digits, trailing zeros kept: they were
 * measured. */
static void append_three_digits(struct strbuf *out, double x)
{
    double size = fabs(x);
    int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
    strbuf_printf(out, "%.*f", decimals, x);
}

/* A unit and its size. */
struct unit {
    double scale;
    const char *name;
};

/* In the largest of the n units, in ascending order, that leaves 1 or more after rounding. */
static void append_scaled(struct strbuf *out, double x, const struct unit *units, size_t n)
{
    size_t i = 0;
    while (i + 1 < n && fabs(x) >= units[i + 1].scale * 0.9995)
        i++;
    append_three_digits(out, x / units[i].scale);
    strbuf_printf(out, " %s", units[i].name);
}

void units_append_energy(struct strbuf *out, double energy_j)
{
    static const struct unit units[] = {{1e-6, "uJ"}, {1e-3, "mJ"}, {1, "J"},
                                        {1e3, "kJ"},  {1e6, "MJ"},  {1e9, "GJ"}};
    if (energy_j == 0)
        strbuf_append(out, "0 J");
    else if (!isnan(energy_j))
        append_scaled(out, energy_j, units, sizeof units / sizeof units[0]);
}

void units_append_co2e(struct strbuf *out, double co2e_kg)
{
    static const struct unit units[] = {{1e-12, "ng"}, {1e-9, "ug"}, {1e-6, "mg"},
                                        {1e-3, "g"},   {1, "kg"},    {1e3, "t"}};
    if (co2e_kg == 0)
        strbuf_append(out, "0 g");
    else if (!isnan(co2e_kg))
        append_scaled(out, co2e_kg, units, sizeof units / sizeof units[0]);
}

void units_append_power(struct strbuf *out, double power_w)
{
    static const struct unit units[] = {
        {1e-6, "uW"}, {1e-3, "mW"}, {1, "W"}, {1e3, "kW"}, {1e6, "MW"}};
    if (power_w == 0)
        strbuf_append(out, "0 W");
    else if (!isnan(power_w))
        append_scaled(out, power_w, units, sizeof units / sizeof units[0]);
}

void units_append_memory(struct strbuf *out, double memory_mb)
{
    static const struct unit units[] = {
        {1.0 / 1024, "KiB"}, {1, "MiB"}, {1024, "GiB"}, {1024.0 * 1024, "TiB"}};
    if (memory_mb == 0)
        strbuf_append(out, "0 MiB");
    else if (!isnan(memory_mb))
        append_scaled(out, memory_mb, units, sizeof units / sizeof units[0]);
}

void units_append_operations(struct strbuf *out, double operations)
{
    static const struct unit units[] = {{1, "FLOP"},    {1e3, "kFLOP"},  {1e6, "MFLOP"},
                                        {1e9, "GFLOP"}, {1e12, "TFLOP"}, {1e15, "PFLOP"}};
    if (operations == 0)
        strbuf_append(out, "0 FLOP");
    else if (!isnan(operations))
        append_scaled(out, operations, units, sizeof units / sizeof units[0]);
}

void units_append_speed(struct strbuf *out, double operations_per_s)
{
    units_append_operations(out, operations_per_s);
    strbuf_append(out, isnan(operations_per_s) ? "" : "/s");
}

void units_append_ratio(struct strbuf *out, double ratio)
{
    bool plain = ratio == 0 || (fabs(ratio) >= 0.1 && fabs(ratio) < 1e6);
    if (!isnan(ratio))
        strbuf_printf(out, plain ? "%.3f" : "%.3g", ratio);
}

static void append_seconds(struct strbuf *out, double time_s)
{
    static const struct unit units[] = {{1e-6, "us"}, {1e-3, "ms"}, {1, "s"}};
    if (time_s == 0)
        strbuf_append(out, "0 s");
    else
        append_scaled(out, time_s, units, sizeof units / sizeof units[0]);
}

/* Two units, the smaller one left out when it is nought. */
static void append_pair(struct strbuf *out, long long large, const char *large_unit,
                        long long small, const char *small_unit)
{
    strbuf_printf(out, "%lld %s", large, large_unit);
    if (small > 0)
        strbuf_printf(out, " %lld %s", small, small_unit);
}

void units_append_time(struct strbuf *out, double time_s)
{
    if (isnan(time_s))
        return;
    if (fabs(time_s) < 59.95 || time_s < 0) {
        append_seconds(out, time_s);
        return;
    }
    if (time_s > 1e12) {
        strbuf_append(out, "for ever");
        return;
    }
    long long s = llround(time_s);
    long long minutes = llround(time_s / 60), hours = llround(time_s / 3600);
    if (s < 3600)
        append_pair(out, s / 60, "min", s % 60, "s");
    else if (minutes < 24 * 60)
        append_pair(out, minutes / 60, "h", minutes % 60, "min");
    else
        append_pair(out, hours / 24, "d", hours % 24, "h");
}
