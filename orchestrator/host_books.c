#include "orchestrator/host_books.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* X(name): members by their type. */
#define LARGE_LIST(X)                                                                          \
    X(opened_at_us)                                                                            \
    X(cut_at_us)                                                                               \
    X(metered_uj)                                                                              \
    X(low_uj)                                                                                  \
    X(high_uj)                                                                                 \
    X(trials_uj)                                                                               \
    X(trials_idle_uj)                                                                          \
    X(waiting_uj)                                                                              \
    X(search_uj)                                                                               \
    X(orchestrator_uj)                                                                         \
    X(other_uj)                                                                                \
    X(unattributed_uj)
#define COUNT_LIST(X)                                                                          \
    X(longest_interval_ms)                                                                     \
    X(wraps)                                                                                   \
    X(gaps)                                                                                    \
    X(ambiguous)                                                                               \
    X(negative)                                                                                \
    X(skews)                                                                                   \
    X(deaths)

static void put_large(struct json *object, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    json_put_string(object, name, text);
}

struct json *host_books_to_json(const struct ledger_host *books)
{
    struct json *object = json_object_create();
    if (!object)
        return NULL;
    json_put_string(object, "quality", energy_quality_text(books->quality));
    json_put_string(object, "meters", books->meters);
    put_large(object, "intervals", (int64_t)books->intervals);
#define PUT_LARGE(name) put_large(object, #name, books->name);
#define PUT_COUNT(name) json_put_number(object, #name, books->name);
    LARGE_LIST(PUT_LARGE)
    COUNT_LIST(PUT_COUNT)
#undef PUT_LARGE
#undef PUT_COUNT
    return object;
}

static int64_t read_large(struct json_reader *reader, const char *name)
{
    const struct json *value = json_require(reader, name, "a whole number as a text");
    const char *text = value ? json_string(value) : NULL;
    char *end = NULL;
    errno = 0;
    int64_t number = text ? strtoll(text, &end, 10) : -1;
    if (value && (!text || end == text || *end || errno || number < 0))
        json_reader_problem(reader, name, "expected a whole number as a text, from 0 on");
    return number;
}

static uint32_t read_count(struct json_reader *reader, const char *name)
{
    json_require(reader, name, "a number");
    return (uint32_t)json_read_integer(reader, name, 0, 0, UINT32_MAX);
}

static void read_quality(struct json_reader *reader, struct ledger_host *books)
{
    const struct json *quality = json_require(reader, "quality", "a quality of energy");
    const struct json *meters = json_require(reader, "meters", "a string");
    const char *text = quality ? json_string(quality) : NULL;
    int rank = text ? energy_quality_from_text(text) : -1;
    if (quality && rank < 0)
        json_reader_problem(reader, "quality", "there is no such quality");
    books->quality = rank < 0 ? ENERGY_NONE : (enum energy_quality)rank;
    if (meters && !json_string(meters))
        json_reader_problem(reader, "meters", "expected a string");
    else if (meters)
        snprintf(books->meters, sizeof books->meters, "%s", json_string(meters));
}

static void read_members(struct json_reader *reader, struct ledger_host *books)
{
    read_quality(reader, books);
    books->intervals = (uint64_t)read_large(reader, "intervals");
#define READ_LARGE(name) books->name = read_large(reader, #name);
#define READ_COUNT(name) books->name = read_count(reader, #name);
    LARGE_LIST(READ_LARGE)
    COUNT_LIST(READ_COUNT)
#undef READ_LARGE
#undef READ_COUNT
}

struct host_record host_books_record(const char *host, const struct ledger_host *books)
{
    struct host_record record = {.host = host,
                                 .intervals = (int64_t)books->intervals,
                                 .quality = energy_quality_text(books->quality),
                                 .meters = books->meters};
#define COPY(name) record.name = books->name;
    LARGE_LIST(COPY)
    COUNT_LIST(COPY)
#undef COPY
    return record;
}

enum status host_books_from_json(struct ledger_host *books, const struct json *object,
                                 struct error *err)
{
    struct json_problems problems = {.source = "the books of a host"};
    struct json_reader reader;
    *books = (struct ledger_host){0};
    json_reader_open(&reader, object, "", &problems);
    read_members(&reader, books);
    json_reader_close(&reader);
    struct host_record record = host_books_record("", books);
    if (problems.count == 0 && !host_record_closes(&record))
        json_reader_problem(&reader, "metered_uj", "the parts do not sum to it");
    enum status status = ST_OK;
    if (problems.count > 0)
        status = error_set(err, ST_FORMAT, "%.200s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    return status;
}
