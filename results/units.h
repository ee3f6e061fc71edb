/* units.h - joules and seconds the way that people read them. */
#ifndef RESULTS_UNITS_H
#define RESULTS_UNITS_H

#include "base/strbuf.h"

/* "53.2 J", "1.23 kJ", "4.56 MJ": three significant digits and a prefix. Nothing for a NaN. */
void units_append_energy(struct strbuf *out, double energy_j);

/* "12.3 ms", "12.3 s", "3 min 20 s", "2 h 5 min", "3 d 4 h": below a minute three significant
 * digits, above it two units. Nothing for a NaN. */
void units_append_time(struct strbuf *out, double time_s);

/* "53.2 W", "1.23 kW", and "512 KiB", "1.23 GiB" of so many MiB, likewise. */
void units_append_power(struct strbuf *out, double power_w);
void units_append_memory(struct strbuf *out, double memory_mb);

/* "1.234", and three significant digits of what is small or large: "0.0619". */
void units_append_ratio(struct strbuf *out, double ratio);

/* "53.2 MFLOP", "1.23 GFLOP" of floating-point operations, and "53.2 GFLOP/s", likewise. */
void units_append_operations(struct strbuf *out, double operations);
void units_append_speed(struct strbuf *out, double operations_per_s);

/* "26.7 g", "1.23 kg", "4.56 t" of CO2 equivalent, likewise. */
void units_append_co2e(struct strbuf *out, double co2e_kg);

#endif
