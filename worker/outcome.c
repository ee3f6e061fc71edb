#include "worker/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_texts[] = {"complete", "pruned", "failed", "cancelled"};

const char *outcome_state_text(enum outcome_state state)
{
    return state_texts[state];
}

void outcome_clear_metrics(struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->n_metrics; i++)
        free(outcome->metrics[i].name);
    free(outcome->metrics);
    outcome->metrics = NULL;
    outcome->n_metrics = 0;
}

void outcome_clear(struct outcome *outcome)
{
    outcome_clear_metrics(outcome);
    free(outcome->reason);
    free(outcome->stderr_tail);
    *outcome = (struct outcome){
        .duration_s = NAN, .cpu_s = NAN, .peak_memory_mb = NAN, .epochs_done = -1};
}

double outcome_metric(const struct outcome *outcome, const char *name)
{
    for (size_t i = 0; i < outcome->n_metrics; i++)
        if (strcmp(outcome->metrics[i].name, name) == 0)
            return outcome->metrics[i].value;
    return NAN;
}

enum status outcome_add_metric(struct outcome *outcome, const char *name, double value)
{
    struct metric *grown =
        realloc(outcome->metrics, (outcome->n_metrics + 1) * sizeof *outcome->metrics);
    if (!grown)
        return ST_NOMEM;
    outcome->metrics = grown;
    char *copy = strdup(name);
    if (!copy)
        return ST_NOMEM;
    outcome->metrics[outcome->n_metrics++] = (struct metric){copy, value};
    return ST_OK;
}

static struct json *energy_to_json(const struct energy *energy)
{
    struct json *object = json_object_create();
    json_put_string(object, "quality", energy_quality_text(energy->quality));
    json_put_string(object, "meters", energy->meters);
    json_put_number(object, "dynamic_uj", (double)energy->dynamic_uj);
    json_put_number(object, "idle_uj", (double)energy->idle_uj);
    json_put_number(object, "low_uj", (double)energy->low_uj);
    json_put_number(object, "high_uj", (double)energy->high_uj);
    json_put_number(object, "wraps", energy->wraps);
    json_put_number(object, "gaps", energy->gaps);
    json_put_number(object, "ambiguous", energy->ambiguous);
    json_put_number(object, "skews", energy->skews);
    json_put_string(object, "method", energy->method);
    return object;
}

static struct json *beside_to_json(const struct outcome *outcome)
{
    struct json *array = json_array_create();
    for (size_t i = 0; i < outcome->n_beside; i++)
        json_append_value(array, energy_to_json(&outcome->beside[i]));
    return array;
}

struct json *outcome_to_json(const struct outcome *outcome)
{
    struct json *object = json_object_create();
    struct json *metrics = json_object_create();
    for (size_t i = 0; i < outcome->n_metrics; i++)
        json_put_number(metrics, outcome->metrics[i].name, outcome->metrics[i].value);
    json_put_string(object, "state", outcome_state_text(outcome->state));
    json_put_string(object, "reason", outcome->reason);
    json_put_string(object, "stderr_tail", outcome->stderr_tail);
    json_put_value(object, "metrics", metrics);
    json_put_number(object, "started_at_us", (double)outcome->started_at_us);
    json_put_number(object, "ended_at_us", (double)outcome->ended_at_us);
    json_put_number(object, "duration_s", outcome->duration_s);
    json_put_number(object, "cpu_s", outcome->cpu_s);
    json_put_number(object, "peak_memory_mb", outcome->peak_memory_mb);
    json_put_number(object, "epochs_done", (double)outcome->epochs_done);
    json_put_value(object, "energy", energy_to_json(&outcome->energy));
    json_put_value(object, "beside", beside_to_json(outcome));
    return object;
}

/* Reading an object back: the first member that is not as it should be is kept. */
struct member_reader {
    const struct json *object;
    const char *wrong;
    bool out_of_memory;
};

/* null stands for NaN. */
static double read_real(struct member_reader *reader, const char *key)
{
    const struct json *value = json_member(reader->object, key);
    if (!value || (json_kind(value) != JSON_NUMBER && json_kind(value) != JSON_NULL))
        reader->wrong = key;
    return json_number(value);
}

static int64_t read_whole(struct member_reader *reader, const char *key, double low)
{
    double x = json_number(json_member(reader->object, key));
    if (x >= low && x <= 0x1p53 && x == floor(x))
        return (int64_t)x;
    reader->wrong = key;
    return 0;
}

static uint32_t read_count(struct member_reader *reader, const char *key)
{
    int64_t n = read_whole(reader, key, 0);
    if (n > UINT32_MAX)
        reader->wrong = key;
    return (uint32_t)n;
}

static char *read_text(struct member_reader *reader, const char *key)
{
    const struct json *value = json_member(reader->object, key);
    const char *text = json_string(value);
    if (!value || (!text && json_kind(value) != JSON_NULL))
        reader->wrong = key;
    char *copy = text ? strdup(text) : NULL;
    reader->out_of_memory |= text && !copy;
    return copy;
}

static enum outcome_state read_state(struct member_reader *reader)
{
    const char *text = json_string(json_member(reader->object, "state"));
    for (size_t i = 0; text && i < sizeof state_texts / sizeof state_texts[0]; i++)
        if (strcmp(text, state_texts[i]) == 0)
            return (enum outcome_state)i;
    reader->wrong = "state";
    return OUTCOME_FAILED;
}

static void read_metrics(struct member_reader *reader, struct outcome *outcome)
{
    const struct json *metrics = json_member(reader->object, "metrics");
    if (json_kind(metrics) != JSON_OBJECT)
        reader->wrong = "metrics";
    for (const struct json *m = json_first(metrics); m; m = json_next(m)) {
        if (!isfinite(json_number(m)) || !json_key(m))
            reader->wrong = "metrics";
        else if (outcome_add_metric(outcome, json_key(m), json_number(m)))
            reader->out_of_memory = true;
    }
}

/* A text into a place of `size` bytes. */
static void read_short_text(struct member_reader *reader, const char *key, char *out,
                            size_t size)
{
    const char *text = json_string(json_member(reader->object, key));
    if (text && strlen(text) < size)
        memcpy(out, text, strlen(text) + 1);
    else
        reader->wrong = key;
}

static void read_energy(struct member_reader *parent, const char *key,
                        const struct json *object, struct energy *energy)
{
    struct member_reader reader = {.object = object};
    int code = energy_quality_from_text(json_string(json_member(object, "quality")));
    if (code < 0)
        reader.wrong = "quality";
    else
        energy->quality = (enum energy_quality)code;
    read_short_text(&reader, "meters", energy->meters, sizeof energy->meters);
    read_short_text(&reader, "method", energy->method, sizeof energy->method);
    energy->dynamic_uj = read_whole(&reader, "dynamic_uj", 0);
    energy->idle_uj = read_whole(&reader, "idle_uj", 0);
    energy->low_uj = read_whole(&reader, "low_uj", -0x1p53);
    energy->high_uj = read_whole(&reader, "high_uj", -0x1p53);
    energy->wraps = read_count(&reader, "wraps");
    energy->gaps = read_count(&reader, "gaps");
    energy->ambiguous = read_count(&reader, "ambiguous");
    energy->skews = read_count(&reader, "skews");
    if (reader.wrong)
        parent->wrong = key;
}

static void read_beside(struct member_reader *reader, struct outcome *outcome)
{
    const struct json *beside = json_member(reader->object, "beside");
    if (json_kind(beside) != JSON_ARRAY || json_count(beside) > ENERGY_BESIDE_MAX) {
        reader->wrong = "beside";
        return;
    }
    for (const struct json *item = json_first(beside); item; item = json_next(item))
        read_energy(reader, "beside", item, &outcome->beside[outcome->n_beside++]);
}

enum status outcome_from_json(struct outcome *outcome, const struct json *object,
                              struct error *err)
{
    *outcome = (struct outcome){0};
    struct member_reader reader = {.object = object};
    outcome->state = read_state(&reader);
    outcome->reason = read_text(&reader, "reason");
    outcome->stderr_tail = read_text(&reader, "stderr_tail");
    read_metrics(&reader, outcome);
    outcome->started_at_us = read_whole(&reader, "started_at_us", 0);
    outcome->ended_at_us = read_whole(&reader, "ended_at_us", 0);
    outcome->duration_s = read_real(&reader, "duration_s");
    outcome->cpu_s = read_real(&reader, "cpu_s");
    outcome->peak_memory_mb = read_real(&reader, "peak_memory_mb");
    outcome->epochs_done = read_whole(&reader, "epochs_done", -1);
    read_energy(&reader, "energy", json_member(object, "energy"), &outcome->energy);
    read_beside(&reader, outcome);
    if (!reader.wrong && !reader.out_of_memory)
        return ST_OK;
    outcome_clear(outcome);
    if (reader.out_of_memory)
        return error_set(err, ST_NOMEM, "outcome of a trial: out of memory");
    return error_set(err, ST_FORMAT, "outcome of a trial: '%s' is missing or malformed",
                     reader.wrong);
}
