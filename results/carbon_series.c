#include "results/carbon_series.h"

#include "base/csv_reader.h"
#include "results/carbon_table.h"
#include "results/timestamp.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum column { TIMESTAMP, G_PER_KWH, COLUMNS };

/* Room for one more point, and for the end behind it. */
static bool make_room(struct carbon_series *series, size_t *room)
{
    if (series->n + 2 <= *room)
        return true;
    size_t wanted = 2 * *room + 64;
    int64_t *times = reallocarray(series->times_us, wanted, sizeof *times);
    if (times)
        series->times_us = times;
    double *values = reallocarray(series->g_per_kwh, wanted, sizeof *values);
    if (values)
        series->g_per_kwh = values;
    if (!times || !values)
        return false;
    *room = wanted;
    return true;
}

static enum status read_time(const struct csv_reader *csv, int64_t *time_us, struct error *err)
{
    const char *text = csv_field(csv, TIMESTAMP);
    if (timestamp_parse(text, time_us))
        return ST_OK;
    error_set(err, ST_FORMAT, "%s:%zu: expected a time with its zone, got '%.40s'", csv->source,
              csv->line, text);
    error_remedy(err, "write 2026-11-21T08:00:00Z (UTC) or 2026-11-21T09:00:00+01:00");
    return ST_FORMAT;
}

static enum status add_point(struct carbon_series *series, size_t *room,
                             const struct csv_reader *csv, struct error *err)
{
    if (!make_room(series, room))
        return error_set(err, ST_NOMEM, "%s: out of memory", csv->source);
    size_t n = series->n;
    enum status status = read_time(csv, &series->times_us[n], err);
    if (!status)
        status =
            csv_number(csv, G_PER_KWH, 0, CARBON_INTENSITY_MAX, &series->g_per_kwh[n], err);
    if (!status && n > 0 && series->times_us[n] <= series->times_us[n - 1])
        status = error_set(err, ST_FORMAT, "%s:%zu: '%.40s' is not after the time before it",
                           csv->source, csv->line, csv_field(csv, TIMESTAMP));
    series->n += !status;
    return status;
}

static enum status read_points(struct carbon_series *series, struct csv_reader *csv,
                               struct error *err)
{
    size_t room = 0;
    bool more = false;
    enum status status;
    do {
        status = csv_next(csv, &more, err);
        if (!status && more)
            status = add_point(series, &room, csv, err);
    } while (!status && more);
    if (status)
        return status;
    if (series->n < 2) {
        error_set(err, ST_FORMAT, "%s: a series needs two points or more", csv->source);
        error_remedy(err, "a value holds until the next point; for one constant, --region");
        return ST_FORMAT;
    }
    const int64_t *last = &series->times_us[series->n - 1];
    series->times_us[series->n] = 2 * last[0] - last[-1];
    return ST_OK;
}

enum status carbon_series_load(struct carbon_series *series, const char *path,
                               struct error *err)
{
    static const char *const columns[COLUMNS] = {"timestamp", "g_per_kwh"};
    struct csv_reader csv;
    *series = (struct carbon_series){0};
    enum status status = csv_open_file(&csv, path, columns, COLUMNS, err);
    if (status)
        return status;
    series->path = strdup(path);
    status = series->path ? read_points(series, &csv, err)
                          : error_set(err, ST_NOMEM, "%s: out of memory", path);
    csv_close(&csv);
    if (status)
        carbon_series_free(series);
    return status;
}

void carbon_series_free(struct carbon_series *series)
{
    free(series->path);
    free(series->times_us);
    free(series->g_per_kwh);
    *series = (struct carbon_series){0};
}

/* The last point at or before the time, which is in the series. */
static size_t find_point(const struct carbon_series *series, int64_t time_us)
{
    size_t low = 0, high = series->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (series->times_us[middle] <= time_us)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double carbon_series_mean(const struct carbon_series *series, int64_t from_us, int64_t to_us)
{
    if (to_us < from_us) /* a clock that was set back while the trial ran */
        to_us = from_us;
    if (from_us < series->times_us[0] || to_us > series->times_us[series->n])
        return (double)NAN;
    size_t i = find_point(series, from_us);
    if (from_us == to_us)
        return series->g_per_kwh[i];
    double sum = 0;
    for (int64_t at_us = from_us; at_us < to_us; i++) {
        int64_t next_us = series->times_us[i + 1] < to_us ? series->times_us[i + 1] : to_us;
        sum += series->g_per_kwh[i] * (double)(next_us - at_us);
        at_us = next_us;
    }
    return sum / (double)(to_us - from_us);
}
