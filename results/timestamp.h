/* timestamp.h - read points in time as people write them in files.
 * Source: ISO 8601, the profile of RFC 3339 with its optional parts. Threading: no state. */
#ifndef RESULTS_TIMESTAMP_H
#define RESULTS_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-11-21T08:00:00Z": a date of the years 1970 to 9999, "T" or a space, hours and minutes,
 * seconds with decimals or none, and the zone, which is Z, +01, +0100 or +01:00. A time without
 * a zone is refused, because it may be an hour or more off. Microseconds since 1970 UTC; false
 * for anything else, whatever stands before or behind included. */
bool timestamp_parse(const char *text, int64_t *time_us);

#endif
