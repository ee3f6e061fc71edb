#include "worker/idle_power.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "WATTUNE_IDLE_W"

static const char *const source_texts[] = {
#define IDLE_SOURCE_TEXT(name, text) text,
    IDLE_SOURCE_LIST(IDLE_SOURCE_TEXT)
#undef IDLE_SOURCE_TEXT
};

#define SOURCES (sizeof source_texts / sizeof source_texts[0])

const char *idle_source_text(enum idle_source source)
{
    size_t i = (size_t)source;
    return source_texts[i < SOURCES ? i : IDLE_UNKNOWN];
}

enum status idle_power_given(double study_w, double *power_w, struct error *err)
{
    const char *text = getenv(VARIABLE);
    *power_w = study_w;
    if (!text || !*text)
        return ST_OK;
    char *end;
    double value = strtod(text, &end);
    if (*end == '\0' && value > 0 && value <= IDLE_POWER_MAX_W) {
        *power_w = value;
        return ST_OK;
    }
    error_set(err, ST_INVALID, VARIABLE " is \"%.100s\", which is no idle power", text);
    error_remedy(err, "give what this host draws at rest, in watts, such as 85; or unset it");
    return ST_INVALID;
}

static struct json *figure_to_json(const struct idle_figure *figure)
{
    const struct idle_power *power = &figure->power;
    struct json *object = json_object_create();
    json_put_number(object, "set", figure->set);
    json_put_string(object, "meters", figure->meters);
    json_put_string(object, "source", idle_source_text(power->source));
    json_put_number(object, "power_w", power->power_w);
    json_put_number(object, "deviation_w", power->deviation_w);
    json_put_number(object, "busy", power->busy);
    json_put_number(object, "samples", power->samples);
    json_put_number(object, "window_s", power->window_s);
    return object;
}

struct json *idle_figures_to_json(const struct idle_figures *figures)
{
    struct json *object = json_object_create(), *items = json_array_create();
    for (size_t i = 0; i < figures->n; i++)
        json_append_value(items, figure_to_json(&figures->items[i]));
    json_put_number(object, "opened_at_us", (double)figures->opened_at_us);
    json_put_value(object, "figures", items);
    return object;
}

/* A figure that is not there (null) is NaN. */
static double read_figure(struct json_reader *reader, const char *key, double high)
{
    const struct json *value = json_require(reader, key, "a number or null");
    if (json_kind(value) == JSON_NULL)
        return NAN;
    return json_read_number(reader, key, NAN, 0, high);
}

static void read_meters(struct json_reader *reader, struct idle_figure *figure)
{
    const char *text = json_read_string(reader, "meters", "");
    if (strlen(text) < sizeof figure->meters)
        memcpy(figure->meters, text, strlen(text) + 1);
    else
        json_reader_problem(reader, "meters", "the text is too long");
}

static void read_item(struct idle_figure *figure, const struct json *item,
                      struct json_problems *problems)
{
    struct json_reader reader;
    struct idle_power *power = &figure->power;
    json_reader_open(&reader, item, "figures", problems);
    json_require(&reader, "meters", "a text");
    figure->set = (uint32_t)json_read_integer(&reader, "set", 0, 0, IDLE_FIGURES_MAX - 1);
    read_meters(&reader, figure);
    power->source = (enum idle_source)json_read_choice(&reader, "source", IDLE_UNKNOWN,
                                                       source_texts, SOURCES);
    power->power_w = read_figure(&reader, "power_w", IDLE_POWER_MAX_W);
    power->deviation_w = read_figure(&reader, "deviation_w", IDLE_POWER_MAX_W);
    power->busy = read_figure(&reader, "busy", 1);
    power->samples = (uint32_t)json_read_integer(&reader, "samples", 0, 0, UINT32_MAX);
    power->window_s = json_read_number(&reader, "window_s", 0, 0, 1e9);
    if (power->source != IDLE_UNKNOWN && isnan(power->power_w))
        json_reader_problem(&reader, "power_w", "it needs watts: its source is known");
    json_reader_close(&reader);
}

static void read_items(struct idle_figures *figures, struct json_reader *reader)
{
    const struct json *items = json_read_array(reader, "figures");
    if (json_count(items) > IDLE_FIGURES_MAX) {
        json_reader_problem(reader, "figures", "at most %d are possible", IDLE_FIGURES_MAX);
        return;
    }
    for (const struct json *item = json_first(items); item; item = json_next(item))
        read_item(&figures->items[figures->n++], item, reader->problems);
}

enum status idle_figures_from_json(struct idle_figures *figures, const struct json *object,
                                   struct error *err)
{
    struct json_problems problems = {.source = "the idle power of a host"};
    struct json_reader reader;
    *figures = (struct idle_figures){0};
    json_reader_open(&reader, object, "", &problems);
    json_require(&reader, "figures", "a list");
    figures->opened_at_us = json_read_integer(&reader, "opened_at_us", 0, 0, (int64_t)1 << 53);
    read_items(figures, &reader);
    json_reader_close(&reader);
    enum status status = ST_OK;
    if (problems.count > 0)
        status = error_set(err, ST_FORMAT, "%.400s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    return status;
}
