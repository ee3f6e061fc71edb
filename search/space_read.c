/* Reading the "space" object of a study: the parameters, kind by kind. */
#include "base/columns.h"
#include "search/cells.h"
#include "search/space.h"
#include "search/space_impl.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bounds beyond these are slips of the pen, and powers of ten stop being exact long before. */
static const double MAGNITUDE_MAX = 1e100;
/* More values than this cannot be told apart reliably on a log scale. */
static const double INTEGER_VALUES_MAX = 0x1p40;
enum { GRID_MAX = 1000000, NAME_MAX_BYTES = 63 };

static const char *const scales[] = {"linear", "log"};

/* A finite number that must be there; NaN after a problem. */
static double require_number(struct json_reader *reader, const char *key)
{
    const struct json *value = json_require(reader, key, "a number");
    if (!value)
        return NAN;
    double x = json_number(value);
    if (fabs(x) <= MAGNITUDE_MAX)
        return x;
    json_reader_problem(reader, key, "expected a number from -1e100 to 1e100, got %s",
                        isnan(x) ? json_kind_text(value) : "a larger one");
    return NAN;
}

static double require_integer(struct json_reader *reader, const char *key)
{
    if (!json_require(reader, key, "a whole number"))
        return NAN;
    const int64_t most = INT64_C(1) << 53;
    int64_t wrong = most + 1;
    int64_t x = json_read_integer(reader, key, wrong, -most, most);
    return x == wrong ? (double)NAN : (double)x;
}

/* False after a problem. */
static bool check_bounds(struct json_reader *reader, const struct param *param)
{
    if (isnan(param->low) || isnan(param->high))
        return false;
    struct strbuf low = STRBUF_INIT;
    number_format(param->low, &low);
    size_t before = reader->problems->count;
    if (param->low == param->high)
        json_reader_problem(reader, "high",
                            "is the same as low: a parameter that does not vary is written as "
                            "its plain value, %s",
                            strbuf_text(&low));
    else if (param->low > param->high)
        json_reader_problem(reader, "high", "must be above low, which is %s",
                            strbuf_text(&low));
    else if (param->log && param->low <= 0)
        json_reader_problem(reader, "low", "a log scale needs low above 0, got %s",
                            strbuf_text(&low));
    strbuf_free(&low);
    return reader->problems->count == before;
}

static enum status read_real(struct json_reader *reader, struct param *param)
{
    param->low = require_number(reader, "low");
    param->high = require_number(reader, "high");
    param->log = json_read_choice(reader, "scale", 0, scales, 2) == 1;
    param->grid = (size_t)json_read_integer(reader, "grid", 0, 1, GRID_MAX);
    if (!check_bounds(reader, param))
        return ST_OK;
    double largest = fmax(fabs(param->low), fabs(param->high));
    double range = param->high - param->low;
    if (range < 1e-9 * largest || range < 1 / MAGNITUDE_MAX)
        json_reader_problem(reader, "high", "is too close to low to vary in between");
    else if (param->log && param->low < 1 / MAGNITUDE_MAX)
        json_reader_problem(reader, "low", "a log scale starts at 1e-100 or above");
    return ST_OK;
}

static enum status read_integer(struct json_reader *reader, struct param *param)
{
    param->low = require_integer(reader, "low");
    param->high = require_integer(reader, "high");
    param->log = json_read_choice(reader, "scale", 0, scales, 2) == 1;
    param->step = (double)json_read_integer(reader, "step", 1, 1, INT64_C(1) << 52);
    param->grid = (size_t)json_read_integer(reader, "grid", 0, 1, GRID_MAX);
    if (!check_bounds(reader, param))
        return ST_OK;
    double n = param_count(param);
    if (n < 2)
        json_reader_problem(reader, "step", "is wider than the range of %g: only low is left",
                            param->high - param->low);
    else if (n > INTEGER_VALUES_MAX)
        json_reader_problem(reader, "high",
                            "%.0f values are too many for a whole number: use type 'real'", n);
    else if ((double)param->grid > n)
        json_reader_problem(reader, "grid",
                            "asks for %zu levels of a parameter that has %.0f values",
                            param->grid, n);
    param->high = param->low + (n - 1) * param->step;
    return ST_OK;
}

/* The kinds, in the order of enum param_kind. */
static const struct {
    const char *name;
    enum status (*read)(struct json_reader *, struct param *);
} kinds[] = {
    {"real", read_real},
    {"integer", read_integer},
    {"ordinal", param_read_ordinal},
    {"categorical", param_read_levels},
    {"constant", param_read_constant},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* Our name of a kind for what users may have called it: the names of other tools, or a slip. */
static const char *closest_kind(const char *text)
{
    static const char *const others[][2] = {
        {"float", "real"},       {"double", "real"},         {"uniform", "real"},
        {"loguniform", "real"},  {"continuous", "real"},     {"int", "integer"},
        {"randint", "integer"},  {"choice", "categorical"},  {"enum", "categorical"},
        {"bool", "categorical"}, {"boolean", "categorical"}, {"list", "ordinal"},
        {"discrete", "ordinal"}, {"fixed", "constant"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcasecmp(text, others[i][0]) == 0)
            return others[i][1];
    const char *names[KINDS];
    for (size_t i = 0; i < KINDS; i++)
        names[i] = kinds[i].name;
    return json_closest_name(text, names, KINDS);
}

/* The kind, or KINDS after a problem. */
static size_t read_kind(struct json_reader *reader)
{
    const char *known = "'real', 'integer', 'ordinal', 'categorical' or 'constant'";
    if (!json_require(reader, "type", known))
        return KINDS;
    const char *text = json_read_string(reader, "type", NULL);
    if (!text)
        return KINDS;
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(text, kinds[i].name) == 0)
            return i;
    const char *near = closest_kind(text);
    json_reader_problem(reader, "type", "unknown type '%s'%s%s%s The types are %s", text,
                        near ? ", did you mean '" : "", near ? near : "", near ? "'?" : ".",
                        known);
    return KINDS;
}

static enum status read_object(struct param *param, const struct json *object, const char *path,
                               struct json_problems *problems)
{
    struct json_reader reader;
    json_reader_open(&reader, object, path, problems);
    size_t kind = read_kind(&reader);
    if (kind == KINDS)
        return ST_OK; /* which keys are known depends on the type */
    param->kind = (enum param_kind)kind;
    enum status status = kinds[kind].read(&reader, param);
    json_read_any(&reader, "when");
    json_reader_close(&reader);
    return status;
}

static bool name_is_plain(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-./", *c))
            return false;
    return *name && strlen(name) <= NAME_MAX_BYTES;
}

static void check_name(const struct space *space, const struct json *member, const char *path,
                       struct json_problems *problems)
{
    const char *name = json_key(member);
    if (!name_is_plain(name))
        json_problem(problems, member, path,
                     "a parameter's name has 1 to %d letters, digits and _ - . /",
                     NAME_MAX_BYTES);
    else if (column_is_reserved(name))
        json_problem(problems, member, path,
                     "'%s' is a column of every trial's results: choose another name", name);
    else if (space_find(space, name) < space->n)
        json_problem(problems, member, path, "the parameter is given twice");
}

static enum status read_param(struct space *space, const struct json *member,
                              struct json_problems *problems)
{
    char path[96];
    snprintf(path, sizeof path, "space.%.*s", NAME_MAX_BYTES, json_key(member));
    size_t before = problems->count;
    check_name(space, member, path, problems);
    struct param *param = &space->params[space->n];
    param->name = strdup(json_key(member));
    if (!param->name)
        return ST_NOMEM;
    space->n++;
    enum status status = ST_OK;
    if (space_is_scalar(member))
        status = param_set_constant(param, member);
    else if (json_kind(member) == JSON_OBJECT)
        status = read_object(param, member, path, problems);
    else
        json_problem(problems, member, path,
                     "expected an object with a \"type\", or a plain value for a constant, "
                     "got %s",
                     json_kind_text(member));
    space->places[space->n - 1].broken = problems->count > before;
    return status;
}

static enum status read_params(struct space *space, const struct json *object,
                               struct json_problems *problems)
{
    size_t n = json_count(object);
    space->params = calloc(n ? n : 1, sizeof *space->params);
    space->places = calloc(n ? n : 1, sizeof *space->places);
    if (!space->params || !space->places)
        return ST_NOMEM;
    enum status status = ST_OK;
    for (const struct json *m = json_first(object); m && !status; m = json_next(m))
        status = read_param(space, m, problems);
    return status;
}

static enum status read_space(struct space *space, const struct json *object,
                              struct json_problems *problems)
{
    size_t before = problems->count;
    enum status status = read_params(space, object, problems);
    if (!status)
        status = space_read_conditions(space, object, problems);
    if (status || problems->count > before)
        return status ? status : ST_INVALID;
    status = space_place(space);
    if (status)
        return status;
    if (space->n_dims == 0) {
        json_problem(problems, object, "space",
                     "no parameter varies: give at least one of them several values");
        return ST_INVALID;
    }
    struct cells *cells;
    status = cells_create(&cells, space, CELLS_ALL, NULL);
    if (!status)
        space->size = cells_count(cells);
    cells_free(cells);
    return status;
}

enum status space_read(struct space **out, const struct json *object,
                       struct json_problems *problems)
{
    *out = NULL;
    if (json_kind(object) != JSON_OBJECT) {
        json_problem(problems, object, "space", "expected an object of parameters, got %s",
                     json_kind_text(object));
        return ST_INVALID;
    }
    struct space *space = calloc(1, sizeof *space);
    if (!space)
        return ST_NOMEM;
    enum status status = read_space(space, object, problems);
    if (status)
        space_free(space);
    else
        *out = space;
    return status;
}
