/* Reading "when": the conditions under which a parameter is there at all. */
#include "search/space.h"
#include "search/space_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer circles of conditions are told as a wrong order, which they are as well. */
enum { CIRCLE_STEPS = 6 };

struct when_reader {
    struct space *space;
    const struct json *object; /* the whole "space" */
    struct json_problems *problems;
    size_t param; /* whose "when" it is */
    char path[96];
};

/* True when `name` depends on `target`, by way of at most `steps` others. */
static bool depends(const struct json *object, const char *name, const char *target,
                    size_t steps)
{
    const struct json *when = json_member(json_member(object, name), "when");
    for (const struct json *m = json_first(when); m; m = json_next(m))
        if (json_key(m) && (strcmp(json_key(m), target) == 0 ||
                            (steps > 0 && depends(object, json_key(m), target, steps - 1))))
            return true;
    return false;
}

/* The index of the parameter that a condition names; the space's count after a problem. */
static size_t find_parent(struct when_reader *reader, const struct json *member)
{
    const struct space *space = reader->space;
    const char *name = json_key(member), *own = space->params[reader->param].name;
    size_t parent = space_find(space, name);
    if (parent == space->n) {
        const char *near = space_closest_name(space, name);
        json_problem(reader->problems, member, reader->path,
                     "the space has no parameter '%s'%s%s%s", name,
                     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    } else if (parent == reader->param) {
        json_problem(reader->problems, member, reader->path, "'%s' cannot depend on itself",
                     own);
    } else if (parent > reader->param) {
        if (depends(reader->object, name, own, CIRCLE_STEPS))
            json_problem(reader->problems, member, reader->path,
                         "'%s' and '%s' depend on each other", own, name);
        else
            json_problem(reader->problems, member, reader->path,
                         "'%s' comes later in the space: put it before '%s'", name, own);
    } else if (space->params[parent].kind == PARAM_REAL) {
        json_problem(reader->problems, member, reader->path,
                     "'%s' is real, and a condition needs a parameter of distinct values",
                     name);
    } else {
        return parent;
    }
    return space->n;
}

static void add_value(struct when_reader *reader, struct condition *condition,
                      const struct json *value)
{
    const struct param *parent = &reader->space->params[condition->param];
    if (param_parse(parent, value, &condition->values[condition->n_values])) {
        condition->n_values++;
        return;
    }
    struct strbuf expected = STRBUF_INIT, got = STRBUF_INIT;
    param_describe(parent, &expected);
    json_print(value, false, &got);
    json_problem(reader->problems, value, reader->path, "'%s' is %s, never %s", parent->name,
                 strbuf_text(&expected), strbuf_text(&got));
    strbuf_free(&expected);
    strbuf_free(&got);
}

static enum status read_condition(struct when_reader *reader, const struct json *member)
{
    size_t parent = find_parent(reader, member);
    if (parent == reader->space->n || reader->space->places[parent].broken)
        return ST_OK;
    bool is_list = json_kind(member) == JSON_ARRAY;
    size_t n = is_list ? json_count(member) : 1;
    if (n == 0)
        json_problem(reader->problems, member, reader->path,
                     "the list of values of '%s' is empty", json_key(member));
    struct param *param = &reader->space->params[reader->param];
    struct condition *condition = &param->when[param->n_when];
    condition->param = parent;
    condition->values = calloc(n ? n : 1, sizeof *condition->values);
    if (!condition->values)
        return ST_NOMEM;
    param->n_when++;
    if (!is_list)
        add_value(reader, condition, member);
    else
        for (const struct json *item = json_first(member); item; item = json_next(item))
            add_value(reader, condition, item);
    return ST_OK;
}

static bool allows(const struct condition *condition, double value)
{
    for (size_t k = 0; k < condition->n_values; k++)
        if (condition->values[k] == value)
            return true;
    return false;
}

/* True when no condition of parameter i, nor of those that it depends on, keeps parameter
 * `parent` from the value. */
static bool all_allow(const struct space *space, size_t i, size_t parent, double value)
{
    const struct param *param = &space->params[i];
    for (size_t c = 0; c < param->n_when; c++) {
        const struct condition *condition = &param->when[c];
        if ((condition->param == parent && !allows(condition, value)) ||
            !all_allow(space, condition->param, parent, value))
            return false;
    }
    return true;
}

/* The first condition on the way to parameter i, from parameter `at` on, that leaves no value
 * of its parameter that all the others allow; NULL when i can be active. */
static const struct condition *contradiction(const struct space *space, size_t i, size_t at)
{
    const struct param *param = &space->params[at];
    for (size_t c = 0; c < param->n_when; c++) {
        const struct condition *condition = &param->when[c];
        bool left = false;
        for (size_t k = 0; k < condition->n_values && !left; k++)
            left = all_allow(space, i, condition->param, condition->values[k]);
        if (!left)
            return condition;
        const struct condition *further = contradiction(space, i, condition->param);
        if (further)
            return further;
    }
    return NULL;
}

static void check_possible(struct when_reader *reader, const struct json *when)
{
    const struct space *space = reader->space;
    const struct condition *condition = contradiction(space, reader->param, reader->param);
    if (condition)
        json_problem(reader->problems, when, reader->path,
                     "can never hold: it needs different values of '%s' at once",
                     space->params[condition->param].name);
}

static enum status read_when(struct when_reader *reader, const struct json *when)
{
    struct param *param = &reader->space->params[reader->param];
    size_t n = json_count(when);
    if (json_kind(when) != JSON_OBJECT || n == 0) {
        json_problem(reader->problems, when, reader->path,
                     "expected an object such as {\"optimizer\": \"sgd\"}, got %s",
                     n == 0 && json_kind(when) == JSON_OBJECT ? "an empty one"
                                                              : json_kind_text(when));
        return ST_OK;
    }
    param->when = calloc(n, sizeof *param->when);
    if (!param->when)
        return ST_NOMEM;
    size_t before = reader->problems->count;
    enum status status = ST_OK;
    for (const struct json *m = json_first(when); m && !status; m = json_next(m))
        status = read_condition(reader, m);
    if (!status && reader->problems->count == before)
        check_possible(reader, when);
    return status;
}

enum status space_read_conditions(struct space *space, const struct json *object,
                                  struct json_problems *problems)
{
    struct when_reader reader = {.space = space, .object = object, .problems = problems};
    const struct json *member = json_first(object);
    enum status status = ST_OK;
    for (; member && !status; member = json_next(member), reader.param++) {
        const struct json *when = json_member(member, "when");
        snprintf(reader.path, sizeof reader.path, "space.%.63s.when", json_key(member));
        if (when)
            status = read_when(&reader, when);
    }
    return status;
}
