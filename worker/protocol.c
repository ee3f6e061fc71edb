#include "worker/protocol.h"

#include "base/columns.h"
#include "worker/printable.h"

#include <math.h>
#include <string.h>

/* The length of a bare NaN, Infinity or -Infinity at s, which Python and others write for
 * numbers that JSON does not have; 0 when there is none. */
static size_t nonfinite_length(const char *s)
{
    static const char *const tokens[] = {"NaN",      "nan",       "-NaN", "-nan",
                                         "Infinity", "-Infinity", "inf",  "-inf"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        size_t length = strlen(tokens[i]);
        if (strncmp(s, tokens[i], length) == 0 && (!s[length] || strchr(" \t\r,]}", s[length])))
            return length;
    }
    return 0;
}

/* The line with null for every such number outside of strings, so that the member that holds it
 * can be named. */
static void replace_nonfinite(struct strbuf *out, const char *line)
{
    bool quoted = false;
    for (const char *s = line; *s;) {
        size_t length = quoted ? 0 : nonfinite_length(s);
        if (length > 0) {
            strbuf_append(out, "null");
            s += length;
            continue;
        }
        if (quoted && *s == '\\' && s[1])
            strbuf_append_char(out, *s++);
        else if (*s == '"')
            quoted = !quoted;
        strbuf_append_char(out, *s++);
    }
}

/* Parse the line, with null for numbers that JSON does not have. JSON is UTF-8. */
static enum status parse_leniently(struct json **object, const char *line, size_t length)
{
    *object = NULL;
    if (memchr(line, '\0', length) || utf8_length(line, length) < length)
        return ST_FORMAT;
    enum status status = json_parse(object, line, length, "", NULL);
    if (status != ST_FORMAT)
        return status;
    struct strbuf text = STRBUF_INIT, replaced = STRBUF_INIT;
    strbuf_append_bytes(&text, line, length);
    replace_nonfinite(&replaced, strbuf_text(&text));
    status = strbuf_ok(&text) && strbuf_ok(&replaced)
                 ? json_parse(object, strbuf_text(&replaced), replaced.length, "", NULL)
                 : ST_NOMEM;
    strbuf_free(&text);
    strbuf_free(&replaced);
    return status;
}

/* Parse the line into an object. On an error err holds the reason, said of `what`. */
static enum status parse_object(struct json **object, const char *line, size_t length,
                                const char *what, struct error *err)
{
    enum status status = parse_leniently(object, line, length);
    if (status == ST_NOMEM)
        return error_set(err, ST_NOMEM, "out of memory for %s", what);
    if (json_kind(*object) == JSON_OBJECT)
        return ST_OK;
    json_free(*object);
    *object = NULL;
    char excerpt[61];
    size_t kept = length < sizeof excerpt ? length : sizeof excerpt - 1;
    memcpy(excerpt, line, kept);
    excerpt[kept] = '\0';
    printable(excerpt, kept);
    return error_set(err, ST_FORMAT, "%s is not %s: '%s'", what,
                     status ? "JSON" : "a JSON object", excerpt);
}

/* Every number of a report or a result must be finite. Of a result, everything else is refused
 * when its metrics are taken. */
static enum status check_finite(const struct json *object, const char *event, struct error *err)
{
    for (const struct json *m = json_first(object); m; m = json_next(m)) {
        bool number = json_kind(m) == JSON_NUMBER || json_kind(m) == JSON_NULL;
        if (number && !isfinite(json_number(m)))
            return error_set(err, ST_FORMAT, "%s: '%.64s' is not a finite number", event,
                             json_key(m));
    }
    return ST_OK;
}

static enum status check_phase(const struct json *object, struct error *err)
{
    const char *name = json_string(json_member(object, "name"));
    if (name && *name)
        return ST_OK;
    return error_set(err, ST_FORMAT, "phase: 'name' must be a text");
}

static enum status check_event(enum protocol_event *event, const struct json *object,
                               struct error *err)
{
    const char *name = json_string(json_member(object, "event"));
    if (!name)
        return error_set(err, ST_FORMAT, "sent a line without \"event\"");
    *event = PROTOCOL_PHASE;
    if (strcmp(name, "phase") == 0)
        return check_phase(object, err);
    *event = strcmp(name, "report") == 0 ? PROTOCOL_REPORT : PROTOCOL_RESULT;
    if (*event == PROTOCOL_REPORT || strcmp(name, "result") == 0)
        return check_finite(object, name, err);
    return error_set(err, ST_FORMAT,
                     "sent an unknown event '%.64s'; known are phase, report and result", name);
}

enum status protocol_read(enum protocol_event *event, struct json **object, const char *line,
                          size_t length, struct error *err)
{
    enum status status = parse_object(object, line, length, "a line on WATTUNE_FD", err);
    if (!status)
        status = check_event(event, *object, err);
    if (status) {
        json_free(*object);
        *object = NULL;
    }
    return status;
}

enum status protocol_read_output(struct json **object, const char *line, size_t length,
                                 struct error *err)
{
    enum protocol_event event = PROTOCOL_RESULT;
    enum status status =
        parse_object(object, line, length, "the last line of its standard output", err);
    if (!status && json_member(*object, "event"))
        status = check_event(&event, *object, err);
    else if (!status)
        status = check_finite(*object, "result", err);
    if (!status && event != PROTOCOL_RESULT)
        status =
            error_set(err, ST_FORMAT,
                      "the last line of its standard output is an event other than a result");
    if (status) {
        json_free(*object);
        *object = NULL;
    }
    return status;
}

/* More than this is a mistake of units, and microjoules beyond it would not be whole. */
#define ENERGY_MAX_J 9e9

/* The trial's own figure of joules. */
static enum status take_energy(double *energy_j, const struct json *value, struct error *err)
{
    if (!(json_number(value) >= 0 && json_number(value) <= ENERGY_MAX_J))
        return error_set(err, ST_FORMAT, "result: 'energy_j' must be from 0 to %g joules",
                         ENERGY_MAX_J);
    *energy_j = json_number(value);
    return ST_OK;
}

/* What is wrong with one metric of a result. */
static enum status check_metric(const struct json *result, const struct json *metric,
                                const struct protocol_terms *terms, struct error *err)
{
    const char *name = json_key(metric);
    if (json_kind(metric) != JSON_NUMBER)
        return error_set(err, ST_FORMAT, "result: '%.64s' must be a number, got %s", name,
                         json_kind_text(metric));
    bool own_energy = terms->takes_energy && strcmp(name, "energy_j") == 0;
    if (!*name || (column_is_reserved(name) && !own_energy))
        return error_set(err, ST_FORMAT,
                         "result: the name '%.64s' is reserved for what Wattune measures",
                         name);
    if (json_member(terms->params, name))
        return error_set(err, ST_FORMAT, "result: '%.64s' is the name of a parameter", name);
    if (json_member(result, name) != metric)
        return error_set(err, ST_FORMAT, "result: '%.64s' is given twice", name);
    return ST_OK;
}

/* A metric that was checked. */
static enum status take_metric(struct outcome *outcome, double *energy_j,
                               const struct json *metric, struct error *err)
{
    if (strcmp(json_key(metric), "energy_j") == 0)
        return take_energy(energy_j, metric, err);
    if (outcome_add_metric(outcome, json_key(metric), json_number(metric)))
        return error_set(err, ST_NOMEM, "out of memory for the result");
    return ST_OK;
}

enum status protocol_take_result(struct outcome *outcome, double *energy_j,
                                 const struct json *result, const struct protocol_terms *terms,
                                 struct error *err)
{
    *energy_j = NAN;
    for (const struct json *m = json_first(result); m; m = json_next(m)) {
        if (strcmp(json_key(m), "event") == 0)
            continue;
        enum status status = check_metric(result, m, terms, err);
        if (!status)
            status = take_metric(outcome, energy_j, m, err);
        if (status)
            return status;
    }
    if (terms->needs_energy && isnan(*energy_j))
        return error_set(err, ST_FORMAT,
                         "result: 'energy_j' is missing, and the study's meter is the trial's "
                         "own figure");
    return protocol_check_objectives(outcome, terms->objectives, err);
}

enum status protocol_check_objectives(const struct outcome *outcome,
                                      const char *const *objectives, struct error *err)
{
    for (; *objectives; objectives++)
        if (isnan(outcome_metric(outcome, *objectives)))
            return error_set(err, ST_FORMAT, "result: the objective '%s' is missing",
                             *objectives);
    return ST_OK;
}
