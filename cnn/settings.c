#include "cnn/settings.h"

#include "cnn/settings_list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void *member(struct train_settings *settings, const struct setting *setting)
{
    return (char *)settings + setting->offset;
}

static const void *member_const(const struct train_settings *settings,
                                const struct setting *setting)
{
    return (const char *)settings + setting->offset;
}

/* Store a number that was checked against the row. */
static void store_number(struct train_settings *settings, const struct setting *setting,
                         double number)
{
    void *at = member(settings, setting);
    switch (setting->kind) {
    case SETTING_INTEGER:
        *(int64_t *)at = (int64_t)number;
        break;
    case SETTING_REAL:
        *(double *)at = number;
        break;
    case SETTING_BOOL:
        *(bool *)at = number != 0;
        break;
    case SETTING_CHOICE:
        *(int *)at = (int)number;
        break;
    case SETTING_TEXT:
    case SETTING_LIST:
        break;
    }
}

void settings_init(struct train_settings *settings)
{
    size_t n;
    const struct setting *table = settings_table(&n);
    memset(settings, 0, sizeof *settings);
    for (size_t i = 0; i < n; i++) {
        if (table[i].kind == SETTING_TEXT)
            snprintf(member(settings, &table[i]), SETTING_TEXT_SIZE, "%s",
                     table[i].fallback_text);
        else if (table[i].kind == SETTING_LIST)
            snprintf(member(settings, &table[i]), SETTING_LIST_SIZE, "%s",
                     table[i].fallback_text);
        else
            store_number(settings, &table[i], table[i].fallback);
    }
}

static enum status wrong_kind(const struct setting *setting, const char *expected,
                              const struct json *value, struct error *err)
{
    return error_set(err, ST_INVALID, "%s: expected %s, got %s", setting->name, expected,
                     json_kind_text(value));
}

static enum status set_number(struct train_settings *settings, const struct setting *setting,
                              const struct json *value, struct error *err)
{
    bool whole = setting->kind == SETTING_INTEGER;
    if (json_kind(value) != JSON_NUMBER)
        return wrong_kind(setting, whole ? "a whole number" : "a number", value, err);
    double number = json_number(value);
    if (whole && number != floor(number))
        return error_set(err, ST_INVALID, "%s: expected a whole number, got %.17g",
                         setting->name, number);
    if (!(number >= setting->low && number <= setting->high))
        return error_set(err, ST_INVALID, "%s: expected %.16g to %.16g, got %.17g",
                         setting->name, setting->low, setting->high, number);
    store_number(settings, setting, number);
    return ST_OK;
}

static size_t count_choices(const struct setting *setting)
{
    size_t n = 0;
    while (setting->choices[n])
        n++;
    return n;
}

static enum status unknown_choice(const struct setting *setting, const char *name,
                                  struct error *err)
{
    char names[400] = "";
    size_t used = 0;
    for (size_t i = 0; setting->choices[i] && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 setting->choices[i]);
    error_set(err, ST_INVALID, "%s: there is no \"%s\"; there are %s", setting->name, name,
              names);
    const char *closest = json_closest_name(name, setting->choices, count_choices(setting));
    if (closest)
        error_remedy(err, "did you mean \"%s\"?", closest);
    return ST_INVALID;
}

static enum status set_choice(struct train_settings *settings, const struct setting *setting,
                              const struct json *value, struct error *err)
{
    const char *name = json_string(value);
    if (!name)
        return wrong_kind(setting, "a name", value, err);
    for (int i = 0; setting->choices[i]; i++)
        if (strcmp(setting->choices[i], name) == 0) {
            store_number(settings, setting, i);
            return ST_OK;
        }
    return unknown_choice(setting, name, err);
}

static enum status set_text(struct train_settings *settings, const struct setting *setting,
                            const struct json *value, struct error *err)
{
    const char *text = json_string(value);
    if (!text)
        return wrong_kind(setting, "a string", value, err);
    size_t length = strlen(text);
    if (length >= SETTING_TEXT_SIZE)
        return error_set(err, ST_INVALID, "%s: a text of %zu bytes, at most %d fit",
                         setting->name, length, SETTING_TEXT_SIZE - 1);
    memcpy(member(settings, setting), text, length + 1);
    return ST_OK;
}

static enum status unknown_setting(const char *name, struct error *err)
{
    const char *names[SETTINGS_MAX];
    size_t n;
    const struct setting *table = settings_table(&n);
    for (size_t i = 0; i < n; i++)
        names[i] = table[i].name;
    error_set(err, ST_NOTFOUND, "there is no setting \"%s\"", name);
    const char *closest = json_closest_name(name, names, n);
    if (closest)
        error_remedy(err, "did you mean \"%s\"?", closest);
    return ST_NOTFOUND;
}

enum status settings_set(struct train_settings *settings, const char *name,
                         const struct json *value, struct error *err)
{
    const struct setting *setting = settings_find(name);
    if (!setting)
        return unknown_setting(name, err);
    switch (setting->kind) {
    case SETTING_INTEGER:
    case SETTING_REAL:
        return set_number(settings, setting, value, err);
    case SETTING_BOOL:
        if (json_kind(value) != JSON_BOOL)
            return wrong_kind(setting, "true or false", value, err);
        store_number(settings, setting, json_bool(value));
        return ST_OK;
    case SETTING_CHOICE:
        return set_choice(settings, setting, value, err);
    case SETTING_TEXT:
        return set_text(settings, setting, value, err);
    case SETTING_LIST:
        return settings_list_read(setting, value, member(settings, setting), err);
    }
    return ST_INVALID;
}

void settings_put(const struct train_settings *settings, const struct setting *setting,
                  struct json *object)
{
    const void *at = member_const(settings, setting);
    switch (setting->kind) {
    case SETTING_INTEGER:
        json_put_number(object, setting->name, (double)*(const int64_t *)at);
        break;
    case SETTING_REAL:
        json_put_number(object, setting->name, *(const double *)at);
        break;
    case SETTING_BOOL:
        json_put_bool(object, setting->name, *(const bool *)at);
        break;
    case SETTING_CHOICE:
        json_put_string(object, setting->name, settings_choice(settings, setting));
        break;
    case SETTING_TEXT:
        json_put_string(object, setting->name, at);
        break;
    case SETTING_LIST:
        json_put_value(object, setting->name, settings_list_parse(at));
        break;
    }
}

const char *settings_choice(const struct train_settings *settings,
                            const struct setting *setting)
{
    return setting->choices[*(const int *)member_const(settings, setting)];
}

enum status settings_print(const struct train_settings *settings, struct strbuf *out)
{
    size_t n;
    const struct setting *table = settings_table(&n);
    struct json *object = json_object_create();
    for (size_t i = 0; i < n; i++)
        settings_put(settings, &table[i], object);
    enum status status = json_print(object, false, out);
    json_free(object);
    return status;
}

enum status settings_read(struct train_settings *settings, const char *text, size_t length,
                          const char *source, struct error *err)
{
    struct json *object;
    enum status status = json_parse(&object, text, length, source, err);
    if (status)
        return status;
    if (json_kind(object) != JSON_OBJECT)
        status = error_set(err, ST_INVALID, "%s: expected an object of settings", source);
    for (const struct json *m = json_first(object); m && !status; m = json_next(m))
        status = settings_set(settings, json_key(m), m, err);
    json_free(object);
    return status;
}

static bool equal(const struct setting *setting, const struct train_settings *a,
                  const struct train_settings *b)
{
    const void *x = member_const(a, setting), *y = member_const(b, setting);
    switch (setting->kind) {
    case SETTING_INTEGER:
        return *(const int64_t *)x == *(const int64_t *)y;
    case SETTING_REAL:
        return *(const double *)x == *(const double *)y;
    case SETTING_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case SETTING_CHOICE:
        return *(const int *)x == *(const int *)y;
    case SETTING_TEXT:
    case SETTING_LIST:
        return strcmp(x, y) == 0;
    }
    return false;
}

const struct setting *settings_clash(const struct train_settings *a,
                                     const struct train_settings *b)
{
    size_t n;
    const struct setting *table = settings_table(&n);
    for (size_t i = 0; i < n; i++)
        if (!table[i].may_change && !equal(&table[i], a, b))
            return &table[i];
    return NULL;
}
