/* Points as JSON and as text. */
#include "search/space.h"
#include "search/space_impl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void number_format(double x, struct strbuf *out)
{
    char text[32];
    snprintf(text, sizeof text, "%.15g", x);
    if (strtod(text, NULL) != x)
        snprintf(text, sizeof text, "%.17g", x);
    strbuf_append(out, text);
}

static bool has_levels(const struct param *param)
{
    return param->kind != PARAM_REAL && param->kind != PARAM_INTEGER;
}

void space_format(const struct space *space, const double *point, size_t i, struct strbuf *out)
{
    const struct param *param = &space->params[i];
    if (isnan(point[i]))
        return;
    if (!has_levels(param)) {
        number_format(point[i], out);
        return;
    }
    const struct level *level = &param->levels[(size_t)point[i]];
    if (level->kind == LEVEL_NUMBER)
        number_format(level->number, out);
    else
        strbuf_append(out, level->kind == LEVEL_TEXT ? level->text
                           : level->number != 0      ? "true"
                                                     : "false");
}

static void put_level(struct json *object, const char *name, const struct level *level)
{
    if (level->kind == LEVEL_NUMBER)
        json_put_number(object, name, level->number);
    else if (level->kind == LEVEL_TEXT)
        json_put_string(object, name, level->text);
    else
        json_put_bool(object, name, level->number != 0);
}

struct json *space_point_to_json(const struct space *space, const double *point)
{
    struct json *object = json_object_create();
    for (size_t i = 0; object && i < space->n; i++) {
        const struct param *param = &space->params[i];
        if (isnan(point[i]))
            continue;
        if (has_levels(param))
            put_level(object, param->name, &param->levels[(size_t)point[i]]);
        else
            json_put_number(object, param->name, point[i]);
    }
    return object;
}

static bool level_is(const struct level *level, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NUMBER:
        return level->kind == LEVEL_NUMBER && level->number == json_number(value);
    case JSON_STRING:
        return level->kind == LEVEL_TEXT && strcmp(level->text, json_string(value)) == 0;
    case JSON_BOOL:
        return level->kind == LEVEL_BOOL && (level->number != 0) == json_bool(value);
    default:
        return false;
    }
}

bool param_parse(const struct param *param, const struct json *value, double *out)
{
    if (!has_levels(param)) {
        double x = json_number(value);
        *out = x;
        return x >= param->low && x <= param->high &&
               (param->kind == PARAM_REAL || fmod(x - param->low, param->step) == 0);
    }
    for (size_t k = 0; k < param->n_levels; k++) {
        *out = (double)k;
        if (level_is(&param->levels[k], value))
            return true;
    }
    return false;
}

static void describe_level(const struct level *level, struct strbuf *out)
{
    if (level->kind == LEVEL_TEXT)
        strbuf_printf(out, "'%s'", level->text);
    else if (level->kind == LEVEL_NUMBER)
        number_format(level->number, out);
    else
        strbuf_append(out, level->number != 0 ? "true" : "false");
}

void param_describe(const struct param *param, struct strbuf *out)
{
    if (has_levels(param)) {
        strbuf_append(out, param->n_levels > 1 ? "one of " : "");
        for (size_t k = 0; k < param->n_levels; k++) {
            strbuf_append(out, k > 0 ? ", " : "");
            describe_level(&param->levels[k], out);
        }
        return;
    }
    strbuf_append(out, param->kind == PARAM_REAL ? "a number from " : "a whole number from ");
    number_format(param->low, out);
    strbuf_append(out, " to ");
    number_format(param->high, out);
    if (param->kind == PARAM_INTEGER && param->step > 1) {
        strbuf_append(out, " in steps of ");
        number_format(param->step, out);
    }
}

static void wrong_value(const struct param *param, const struct json *value,
                        const struct json *object, const char *path,
                        struct json_problems *problems)
{
    struct strbuf expected = STRBUF_INIT, got = STRBUF_INIT;
    param_describe(param, &expected);
    if (value)
        json_print(value, false, &got);
    json_problem(problems, value ? value : object, path, "'%s' %s %s%s%s", param->name,
                 value ? "must be" : "is missing: it needs", strbuf_text(&expected),
                 value ? ", got " : "", strbuf_text(&got));
    strbuf_free(&expected);
    strbuf_free(&got);
}

/* Read parameter i; those before it are in the point. */
static void read_value(const struct space *space, const struct json *object, const char *path,
                       double *point, size_t i, struct json_problems *problems)
{
    const struct param *param = &space->params[i];
    const struct json *value = json_member(object, param->name);
    if (json_kind(value) == JSON_NULL)
        value = NULL;
    if (!space_active(space, point, i)) {
        if (value)
            json_problem(problems, value, path,
                         "'%s' is not there under these conditions: leave it out", param->name);
    } else if (!value && param->kind == PARAM_CONSTANT) {
        point[i] = 0;
    } else if (!value || !param_parse(param, value, &point[i])) {
        wrong_value(param, value, object, path, problems);
        point[i] = NAN;
    } else {
        point[i] = space_round(space, i, point[i]);
    }
}

static void check_names(const struct space *space, const struct json *object, const char *path,
                        struct json_problems *problems)
{
    for (const struct json *m = json_first(object); m; m = json_next(m)) {
        const char *name = json_key(m);
        if (space_find(space, name) == space->n) {
            const char *near = space_closest_name(space, name);
            json_problem(problems, m, path, "the space has no parameter '%s'%s%s%s", name,
                         near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
        } else if (json_member(object, name) != m) {
            json_problem(problems, m, path, "'%s' is given twice", name);
        }
    }
}

enum status space_point_from_json(const struct space *space, const struct json *object,
                                  const char *path, double *point,
                                  struct json_problems *problems)
{
    size_t before = problems->count;
    for (size_t i = 0; i < space->n; i++)
        point[i] = NAN;
    if (json_kind(object) != JSON_OBJECT) {
        json_problem(problems, object, path, "expected an object of parameters, got %s",
                     json_kind_text(object));
        return ST_INVALID;
    }
    for (size_t i = 0; i < space->n; i++)
        read_value(space, object, path, point, i, problems);
    check_names(space, object, path, problems);
    return problems->count > before ? ST_INVALID : ST_OK;
}
