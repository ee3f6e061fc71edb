/* Reading the parameters that list their values: ordinals, categories and constants. */
#include "search/space.h"
#include "search/space_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every value is compared with all others. */
enum { LEVELS_MAX = 10000 };

/* Copy a scalar. Errors: ST_NOMEM. The value is a number, a string or a boolean. */
static enum status level_set(struct level *level, const struct json *value)
{
    enum json_kind kind = json_kind(value);
    level->kind = kind == JSON_NUMBER   ? LEVEL_NUMBER
                  : kind == JSON_STRING ? LEVEL_TEXT
                                        : LEVEL_BOOL;
    level->number = kind == JSON_NUMBER ? json_number(value) + 0.0 : (double)json_bool(value);
    if (kind != JSON_STRING)
        return ST_OK;
    level->text = strdup(json_string(value));
    return level->text ? ST_OK : ST_NOMEM;
}

bool space_is_scalar(const struct json *value)
{
    enum json_kind kind = json_kind(value);
    return (kind == JSON_NUMBER && isfinite(json_number(value))) || kind == JSON_STRING ||
           kind == JSON_BOOL;
}

enum status param_set_constant(struct param *param, const struct json *value)
{
    param->kind = PARAM_CONSTANT;
    param->levels = calloc(1, sizeof *param->levels);
    if (!param->levels)
        return ST_NOMEM;
    param->n_levels = 1;
    return level_set(&param->levels[0], value);
}

enum status param_read_constant(struct json_reader *reader, struct param *param)
{
    const struct json *value = json_require(reader, "value", "a number, a string or a boolean");
    if (!value)
        return ST_OK;
    if (space_is_scalar(value))
        return param_set_constant(param, value);
    json_reader_problem(reader, "value", "expected a number, a string or a boolean, got %s",
                        json_kind_text(value));
    return ST_OK;
}

static bool level_equal(const struct level *a, const struct level *b)
{
    return a->kind == b->kind &&
           (a->kind == LEVEL_TEXT ? strcmp(a->text, b->text) == 0 : a->number == b->number);
}

/* Note an item that cannot be a level or is one already. */
static void check_level(struct json_reader *reader, const struct param *param,
                        const struct json *item)
{
    const struct level *level = &param->levels[param->n_levels - 1];
    for (size_t k = 0; k + 1 < param->n_levels; k++) {
        if (level_equal(level, &param->levels[k])) {
            struct strbuf text = STRBUF_INIT;
            json_print(item, false, &text);
            json_reader_problem(reader, "values", "%s is listed twice", strbuf_text(&text));
            strbuf_free(&text);
            return;
        }
    }
}

enum status param_read_levels(struct json_reader *reader, struct param *param)
{
    if (!json_require(reader, "values", "a list such as [32, 64, 128]"))
        return ST_OK;
    const struct json *list = json_read_array(reader, "values");
    if (!list)
        return ST_OK;
    size_t n = json_count(list);
    if (n == 0)
        json_reader_problem(reader, "values", "the list is empty");
    if (n > LEVELS_MAX) {
        json_reader_problem(reader, "values",
                            "at most %d values are possible, got %zu: use type 'integer' or "
                            "'real'",
                            LEVELS_MAX, n);
        return ST_OK;
    }
    param->levels = calloc(n ? n : 1, sizeof *param->levels);
    if (!param->levels)
        return ST_NOMEM;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        if (!space_is_scalar(item)) {
            json_reader_problem(reader, "values",
                                "expected numbers, strings or booleans, got %s",
                                json_kind_text(item));
            continue;
        }
        enum status status = level_set(&param->levels[param->n_levels++], item);
        if (status)
            return status;
        check_level(reader, param, item);
    }
    return ST_OK;
}

static bool in_order(const struct param *param)
{
    bool rises = true, falls = true;
    for (size_t k = 1; k < param->n_levels; k++) {
        rises = rises && param->levels[k].number > param->levels[k - 1].number;
        falls = falls && param->levels[k].number < param->levels[k - 1].number;
    }
    return rises || falls;
}

enum status param_read_ordinal(struct json_reader *reader, struct param *param)
{
    size_t before = reader->problems->count;
    enum status status = param_read_levels(reader, param);
    if (status || reader->problems->count > before)
        return status;
    for (size_t k = 0; k < param->n_levels; k++) {
        if (param->levels[k].kind == LEVEL_BOOL ||
            param->levels[k].kind != param->levels[0].kind) {
            json_reader_problem(reader, "values",
                                "an ordinal has either numbers or strings; for values without "
                                "an order use type 'categorical'");
            return ST_OK;
        }
    }
    if (param->levels[0].kind == LEVEL_NUMBER && !in_order(param))
        json_reader_problem(reader, "values",
                            "the numbers of an ordinal must rise or fall; for values without "
                            "an order use type 'categorical'");
    return ST_OK;
}
