/* The readers of json.h: they see values through that header only. */
#include "base/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Names and values come from a file: none of them may steer a terminal or begin a line. */
static void tame(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            *text = '?';
}

static void add_problem(struct json_problems *problems, const struct json *at, const char *path,
                        const char *key, const char *format, va_list args)
{
    size_t begin = problems->text.length;
    problems->count++;
    strbuf_append(&problems->text, problems->source);
    if (json_line(at) > 0)
        strbuf_printf(&problems->text, ":%d", json_line(at));
    bool has_path = path && *path;
    if (has_path || key)
        strbuf_printf(&problems->text, ": %s%s%s", has_path ? path : "",
                      has_path && key ? "." : "", key ? key : "");
    strbuf_append(&problems->text, ": ");
    strbuf_vprintf(&problems->text, format, args);
    if (problems->text.text)
        tame(problems->text.text + begin);
    strbuf_append_char(&problems->text, '\n');
}

void json_problem(struct json_problems *problems, const struct json *at, const char *path,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_problem(problems, at, path, NULL, format, args);
    va_end(args);
}

void json_problems_free(struct json_problems *problems)
{
    strbuf_free(&problems->text);
    problems->count = 0;
}

void json_reader_problem(struct json_reader *reader, const char *key, const char *format, ...)
{
    const struct json *at = key ? json_member(reader->object, key) : NULL;
    va_list args;
    va_start(args, format);
    add_problem(reader->problems, at ? at : reader->object, reader->path, key, format, args);
    va_end(args);
}

void json_reader_open(struct json_reader *reader, const struct json *object, const char *path,
                      struct json_problems *problems)
{
    *reader = (struct json_reader){.object = object, .problems = problems};
    snprintf(reader->path, sizeof reader->path, "%s", path);
    if (object && json_kind(object) != JSON_OBJECT) {
        json_problem(problems, object, path, "expected an object, got %s",
                     json_kind_text(object));
        reader->object = NULL;
    }
}

void json_reader_enter(struct json_reader *child, struct json_reader *parent, const char *key)
{
    char path[sizeof parent->path];
    snprintf(path, sizeof path, "%.*s%s%.64s", 120, parent->path, *parent->path ? "." : "",
             key);
    json_reader_open(child, json_read_any(parent, key), path, parent->problems);
}

static bool knows(const struct json_reader *reader, const char *key)
{
    for (size_t i = 0; i < reader->n_known; i++)
        if (strcmp(reader->known[i], key) == 0)
            return true;
    return false;
}

void json_reader_close(struct json_reader *reader)
{
    for (const struct json *m = json_first(reader->object); m; m = json_next(m)) {
        const char *key = json_key(m);
        if (!knows(reader, key)) {
            const char *near = json_closest_name(key, reader->known, reader->n_known);
            json_problem(reader->problems, m, reader->path, "unknown key '%s'%s%s%s", key,
                         near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
        } else if (json_member(reader->object, key) != m) {
            json_problem(reader->problems, m, reader->path, "'%s' is given twice", key);
        }
    }
}

const struct json *json_read_any(struct json_reader *reader, const char *key)
{
    if (!knows(reader, key) && reader->n_known < JSON_READER_KEYS)
        reader->known[reader->n_known++] = key;
    return json_member(reader->object, key);
}

const struct json *json_require(struct json_reader *reader, const char *key, const char *what)
{
    const struct json *value = json_read_any(reader, key);
    if (!value)
        json_problem(reader->problems, reader->object, reader->path,
                     "'%s' is missing: it needs %s", key, what);
    return value;
}

bool json_read_bool(struct json_reader *reader, const char *key, bool fallback)
{
    const struct json *value = json_read_any(reader, key);
    if (!value)
        return fallback;
    if (json_kind(value) == JSON_BOOL)
        return json_bool(value);
    json_reader_problem(reader, key, "expected true or false, got %s", json_kind_text(value));
    return fallback;
}

double json_read_number(struct json_reader *reader, const char *key, double fallback,
                        double low, double high)
{
    const struct json *value = json_read_any(reader, key);
    if (!value)
        return fallback;
    double x = json_number(value);
    if (json_kind(value) != JSON_NUMBER)
        json_reader_problem(reader, key, "expected a number, got %s", json_kind_text(value));
    else if (!isfinite(x) || x < low || x > high)
        json_reader_problem(reader, key, "expected a number from %g to %g, got %g", low, high,
                            x);
    else
        return x;
    return fallback;
}

int64_t json_read_integer(struct json_reader *reader, const char *key, int64_t fallback,
                          int64_t low, int64_t high)
{
    const struct json *value = json_read_any(reader, key);
    if (!value)
        return fallback;
    double x = json_number(value);
    if (json_kind(value) != JSON_NUMBER)
        json_reader_problem(reader, key, "expected a whole number, got %s",
                            json_kind_text(value));
    else if (!(fabs(x) <= 0x1p53) || x != floor(x) || x < (double)low || x > (double)high)
        json_reader_problem(reader, key, "expected a whole number from %lld to %lld, got %.17g",
                            (long long)low, (long long)high, x);
    else
        return (int64_t)x;
    return fallback;
}

const char *json_read_string(struct json_reader *reader, const char *key, const char *fallback)
{
    const struct json *value = json_read_any(reader, key);
    if (!value)
        return fallback;
    const char *text = json_string(value);
    if (text && *text)
        return text;
    json_reader_problem(reader, key, "expected a text, got %s",
                        text ? "an empty one" : json_kind_text(value));
    return fallback;
}

size_t json_read_choice(struct json_reader *reader, const char *key, size_t fallback,
                        const char *const *names, size_t n)
{
    const struct json *value = json_read_any(reader, key);
    if (!value)
        return fallback;
    const char *text = json_string(value);
    for (size_t i = 0; text && i < n; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&list, "%s'%s'", i == 0 ? "" : i + 1 == n ? " or " : ", ", names[i]);
    json_reader_problem(reader, key, "expected %s, got %s%s%s", strbuf_text(&list),
                        text ? "'" : "", text ? text : json_kind_text(value), text ? "'" : "");
    strbuf_free(&list);
    return fallback;
}

const struct json *json_read_array(struct json_reader *reader, const char *key)
{
    const struct json *value = json_read_any(reader, key);
    if (!value || json_kind(value) == JSON_ARRAY)
        return value;
    json_reader_problem(reader, key, "expected a list, got %s", json_kind_text(value));
    return NULL;
}

/* Levenshtein's distance, for names of up to 63 bytes. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);
    if (n > 63)
        return (size_t)-1;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t change = diagonal + (a[i] != b[j]);
            size_t shift = 1 + (row[j] < row[j + 1] ? row[j] : row[j + 1]);
            diagonal = row[j + 1];
            row[j + 1] = change < shift ? change : shift;
        }
    }
    return row[n];
}

const char *json_closest_name(const char *name, const char *const *names, size_t n)
{
    const char *closest = NULL;
    size_t best = strlen(name) / 3 + 1; /* a third of the letters may be wrong, and one more */
    for (size_t i = 0; i < n; i++) {
        size_t distance = edit_distance(name, names[i]);
        if (distance <= best && distance < strlen(names[i])) {
            best = distance - (distance > 0);
            closest = names[i];
        }
    }
    return closest;
}
