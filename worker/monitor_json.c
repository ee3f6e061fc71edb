#include "worker/monitor.h"

#include <math.h>
#include <stdlib.h>

/* What a double holds exactly. */
#define NUMBER_MAX 9007199254740992.0

struct json *monitor_to_json(const struct monitor_sample *samples, size_t n)
{
    struct json *list = json_array_create();
    for (size_t i = 0; list && i < n; i++) {
        struct json *row = json_array_create();
#define APPEND_MEMBER(name) json_append_number(row, (double)samples[i].name);
        MONITOR_LIST(APPEND_MEMBER)
#undef APPEND_MEMBER
        json_append_value(list, row);
    }
    return list;
}

static bool read_number(const struct json *item, int64_t least, int64_t *number)
{
    double value = json_number(item);
    if (!(value >= (double)least && value <= NUMBER_MAX) || value != floor(value))
        return false;
    *number = (int64_t)value;
    return true;
}

/* Times rise from sample to sample. */
static bool read_row(const struct json *row, int64_t before_us, struct monitor_sample *sample)
{
    const struct json *item = json_first(row);
    if (json_kind(row) != JSON_ARRAY || json_count(row) != MONITOR_COLUMNS)
        return false;
#define READ_MEMBER(name)                                                                      \
    if (!read_number(item, MONITOR_UNKNOWN, &sample->name))                                    \
        return false;                                                                          \
    item = json_next(item);
    MONITOR_LIST(READ_MEMBER)
#undef READ_MEMBER
    return sample->end_us > before_us;
}

enum status monitor_from_json(struct monitor_sample **out, size_t *n, const struct json *list,
                              struct error *err)
{
    size_t count = json_count(list), i = 0;
    *out = NULL;
    *n = 0;
    if (json_kind(list) != JSON_ARRAY || count == 0 || count > MONITOR_BATCH)
        return error_set(err, ST_FORMAT, "expected a list of 1 to %d samples", MONITOR_BATCH);
    struct monitor_sample *samples = calloc(count, sizeof *samples);
    if (!samples)
        return error_set(err, ST_NOMEM, "no memory for the samples of a trial");
    for (const struct json *row = json_first(list); row; row = json_next(row), i++) {
        if (!read_row(row, i > 0 ? samples[i - 1].end_us : 0, &samples[i])) {
            free(samples);
            return error_set(err, ST_FORMAT,
                             "sample %zu is not a list of %d whole numbers of rising times", i,
                             MONITOR_COLUMNS);
        }
    }
    *out = samples;
    *n = count;
    return ST_OK;
}
