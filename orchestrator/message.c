#include "orchestrator/message.h"

#include "base/rng.h"
#include "orchestrator/host_books.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct message_type {
    const char *text;
    unsigned fields;
} types[] = {
#define MESSAGE_TYPE(name, text, fields) {text, fields},
    MESSAGE_LIST(MESSAGE_TYPE)
#undef MESSAGE_TYPE
};

#define N_TYPES (sizeof types / sizeof types[0])

static void put_id(struct json *object, const struct message *message)
{
    json_put_number(object, "arm", message->id.arm);
    json_put_number(object, "trial", (double)message->id.trial);
    json_put_number(object, "attempt", message->id.attempt);
}

static void get_id(struct json_reader *reader, struct message *message)
{
    message->id.arm = (uint32_t)json_read_integer(reader, "arm", -1, 0, UINT32_MAX);
    message->id.trial = (uint64_t)json_read_integer(reader, "trial", -1, 0, RNG_SEED_MAX);
    message->id.attempt = (uint32_t)json_read_integer(reader, "attempt", -1, 1, UINT32_MAX);
}

static void put_seed(struct json *object, const struct message *message)
{
    json_put_number(object, "seed", (double)message->seed);
}

static void get_seed(struct json_reader *reader, struct message *message)
{
    message->seed = (uint64_t)json_read_integer(reader, "seed", 0, 0, RNG_SEED_MAX);
}

static void put_name(struct json *object, const struct message *message)
{
    json_put_string(object, "name", message->name);
}

/* A text that may be empty. */
static const char *get_string(struct json_reader *reader, const char *key)
{
    const struct json *value = json_require(reader, key, "a string");
    if (value && !json_string(value))
        json_reader_problem(reader, key, "expected a string, got %s", json_kind_text(value));
    return json_string(value);
}

static void get_name(struct json_reader *reader, struct message *message)
{
    message->name = get_string(reader, "name");
}

static void put_text(struct json *object, const struct message *message)
{
    json_put_string(object, "text", message->text);
}

static void get_text(struct json_reader *reader, struct message *message)
{
    message->text = get_string(reader, "text");
}

static void put_path(struct json *object, const struct message *message)
{
    json_put_string(object, "path", message->path);
}

static void get_path(struct json_reader *reader, struct message *message)
{
    message->path = get_string(reader, "path");
}

static void put_object(struct json *object, const struct message *message)
{
    json_put_value(object, "object", json_copy(message->object));
}

static void get_object(struct json_reader *reader, struct message *message)
{
    message->object = json_require(reader, "object", "an object");
    if (message->object && json_kind(message->object) != JSON_OBJECT)
        json_reader_problem(reader, "object", "expected an object, got %s",
                            json_kind_text(message->object));
}

static void put_outcome(struct json *object, const struct message *message)
{
    json_put_value(object, "outcome", outcome_to_json(message->outcome));
}

static void get_outcome(struct json_reader *reader, struct message *message)
{
    struct error err = {0};
    const struct json *value = json_require(reader, "outcome", "an object");
    if (value && outcome_from_json(&message->received, value, &err))
        json_reader_problem(reader, "outcome", "%s", err.what);
    message->outcome = &message->received;
}

static void put_overhead(struct json *object, const struct message *message)
{
    const struct ledger_overhead *overhead = &message->overhead;
    json_put_string(object, "quality", energy_quality_text(overhead->quality));
    json_put_number(object, "waiting_uj", (double)overhead->waiting_uj);
    json_put_number(object, "search_uj", (double)overhead->search_uj);
    json_put_number(object, "orchestrator_uj", (double)overhead->orchestrator_uj);
    json_put_value(object, "host", host_books_to_json(&message->host));
}

static int64_t get_microjoules(struct json_reader *reader, const char *key)
{
    return json_read_integer(reader, key, 0, 0, (int64_t)RNG_SEED_MAX);
}

static void get_overhead(struct json_reader *reader, struct message *message)
{
    const char *text = get_string(reader, "quality");
    int quality = text ? energy_quality_from_text(text) : -1;
    if (text && quality < 0)
        json_reader_problem(reader, "quality", "there is no quality \"%s\"", text);
    message->overhead.quality = quality < 0 ? ENERGY_NONE : (enum energy_quality)quality;
    message->overhead.waiting_uj = get_microjoules(reader, "waiting_uj");
    message->overhead.search_uj = get_microjoules(reader, "search_uj");
    message->overhead.orchestrator_uj = get_microjoules(reader, "orchestrator_uj");
    struct error err = {0};
    const struct json *host = json_require(reader, "host", "an object");
    if (host && host_books_from_json(&message->host, host, &err))
        json_reader_problem(reader, "host", "%s", err.what);
}

static void put_times(struct json *object, const struct message *message)
{
    json_put_number(object, "heartbeat_s", message->heartbeat_s);
    json_put_number(object, "patience_s", message->patience_s);
}

static void get_times(struct json_reader *reader, struct message *message)
{
    message->heartbeat_s = json_read_number(reader, "heartbeat_s", 0, 1e-6, 1e9);
    message->patience_s = json_read_number(reader, "patience_s", 0, 1e-6, 1e9);
}

static void put_grace(struct json *object, const struct message *message)
{
    json_put_number(object, "grace_s", message->grace_s);
}

static void get_grace(struct json_reader *reader, struct message *message)
{
    message->grace_s = json_read_number(reader, "grace_s", 0, 0, 1e9);
}

static void put_flag(struct json *object, const struct message *message)
{
    json_put_bool(object, "flag", message->flag);
}

static void get_flag(struct json_reader *reader, struct message *message)
{
    json_require(reader, "flag", "true or false");
    message->flag = json_read_bool(reader, "flag", false);
}

static void put_samples(struct json *object, const struct message *message)
{
    json_put_value(object, "samples", monitor_to_json(message->samples, message->n_samples));
}

static void get_samples(struct json_reader *reader, struct message *message)
{
    struct error err = {0};
    const struct json *value = json_require(reader, "samples", "a list");
    if (value &&
        monitor_from_json(&message->received_samples, &message->n_samples, value, &err))
        json_reader_problem(reader, "samples", "%s", err.what);
    message->samples = message->received_samples;
}

static void put_idle(struct json *object, const struct message *message)
{
    static const struct idle_figures none;
    json_put_value(object, "idle", idle_figures_to_json(message->idle ? message->idle : &none));
}

static void get_idle(struct json_reader *reader, struct message *message)
{
    struct error err = {0};
    const struct json *value = json_require(reader, "idle", "an object");
    if (value && idle_figures_from_json(&message->received_idle, value, &err))
        json_reader_problem(reader, "idle", "%s", err.what);
    message->idle = &message->received_idle;
}

static void put_continues(struct json *object, const struct message *message)
{
    const struct message_continued *continues = &message->continues;
    json_put_string(object, "continues", continues->name ? continues->name : "");
    json_put_number(object, "continued_seed", (double)continues->seed);
    json_put_string(object, "continued_params", continues->params ? continues->params : "");
    json_put_number(object, "continued_stopped_at", continues->stopped_at);
}

static void get_continues(struct json_reader *reader, struct message *message)
{
    struct message_continued *continues = &message->continues;
    continues->name = get_string(reader, "continues");
    continues->seed = (uint64_t)json_read_integer(reader, "continued_seed", 0, 0, RNG_SEED_MAX);
    continues->params = get_string(reader, "continued_params");
    continues->stopped_at = json_read_number(reader, "continued_stopped_at", 0, 0, DBL_MAX);
}

static const struct codec {
    unsigned field;
    const char *required[4]; /* members that must be there, beyond what `get` demands itself */
    void (*put)(struct json *object, const struct message *message);
    void (*get)(struct json_reader *reader, struct message *message);
} codecs[] = {
    {MESSAGE_ID, {"arm", "trial", "attempt"}, put_id, get_id},
    {MESSAGE_SEED, {"seed"}, put_seed, get_seed},
    {MESSAGE_NAME, {NULL}, put_name, get_name},
    {MESSAGE_TEXT, {NULL}, put_text, get_text},
    {MESSAGE_PATH, {NULL}, put_path, get_path},
    {MESSAGE_OBJECT, {NULL}, put_object, get_object},
    {MESSAGE_OUTCOME, {NULL}, put_outcome, get_outcome},
    {MESSAGE_OVERHEAD,
     {"waiting_uj", "search_uj", "orchestrator_uj"},
     put_overhead,
     get_overhead},
    {MESSAGE_TIMES, {"heartbeat_s", "patience_s"}, put_times, get_times},
    {MESSAGE_GRACE, {"grace_s"}, put_grace, get_grace},
    {MESSAGE_FLAG, {NULL}, put_flag, get_flag},
    {MESSAGE_SAMPLES, {NULL}, put_samples, get_samples},
    {MESSAGE_IDLE, {NULL}, put_idle, get_idle},
    {MESSAGE_CONTINUES,
     {"continued_seed", "continued_stopped_at"},
     put_continues,
     get_continues},
};

#define N_CODECS (sizeof codecs / sizeof codecs[0])

enum status message_write(const struct message *message, struct strbuf *text)
{
    struct json *object = json_object_create();
    if (!object)
        return ST_NOMEM;
    json_put_number(object, "version", MESSAGE_VERSION);
    json_put_string(object, "kind", types[message->kind].text);
    for (size_t i = 0; i < N_CODECS; i++)
        if (types[message->kind].fields & codecs[i].field)
            codecs[i].put(object, message);
    enum status status = json_print(object, false, text);
    json_free(object);
    return status;
}

enum status message_send(const struct message *message, struct transport *transport, int to)
{
    struct strbuf text = STRBUF_INIT;
    enum status status = message_write(message, &text);
    if (!status)
        status = transport_send(transport, to, text.text, text.length);
    strbuf_free(&text);
    return status;
}

static void get_kind(struct json_reader *reader, struct message *message)
{
    const char *names[N_TYPES];
    for (size_t i = 0; i < N_TYPES; i++)
        names[i] = types[i].text;
    json_require(reader, "kind", "the kind of message");
    message->kind = (enum message_kind)json_read_choice(reader, "kind", 0, names, N_TYPES);
}

static void get_fields(struct json_reader *reader, struct message *message)
{
    for (size_t i = 0; i < N_CODECS; i++) {
        if (!(types[message->kind].fields & codecs[i].field))
            continue;
        for (size_t k = 0; k < 4 && codecs[i].required[k]; k++)
            json_require(reader, codecs[i].required[k], "a number");
        codecs[i].get(reader, message);
    }
}

static void read_object(struct message *message, struct json_problems *problems)
{
    struct json_reader reader;
    json_reader_open(&reader, message->document, "", problems);
    json_require(&reader, "version", "the version of messages");
    int64_t version = json_read_integer(&reader, "version", 0, 0, UINT32_MAX);
    if (version != MESSAGE_VERSION)
        json_reader_problem(&reader, "version", "this program speaks version %d",
                            MESSAGE_VERSION);
    get_kind(&reader, message);
    if (problems->count == 0)
        get_fields(&reader, message);
    if (problems->count == 0)
        json_reader_close(&reader);
}

enum status message_read(struct message *message, const char *text, size_t length,
                         struct error *err)
{
    *message = (struct message){0};
    enum status status = json_parse(&message->document, text, length, "a message", err);
    if (status)
        return status;
    struct json_problems problems = {.source = "a message"};
    read_object(message, &problems);
    if (problems.count > 0)
        status = error_set(err, ST_FORMAT, "%.400s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    if (status)
        message_clear(message);
    return status;
}

void message_clear(struct message *message)
{
    json_free(message->document);
    outcome_clear(&message->received);
    free(message->received_samples);
    *message = (struct message){0};
}
