#include "search/fidelity.h"

#include <math.h>

/* More values than this are no training times; it keeps places exact. */
#define COUNT_MAX 1e9

static const struct param *param_of(const struct fidelity *fidelity)
{
    return space_param(fidelity->space, fidelity->param);
}

/* The k-th value of a parameter as a number; NaN where it is none. */
static double number_at(const struct param *param, size_t k)
{
    if (param->kind == PARAM_INTEGER)
        return param_value(param, (double)k);
    return param->levels[k].kind == LEVEL_NUMBER ? param->levels[k].number : (double)NAN;
}

static bool falls(const struct param *param, size_t count)
{
    return number_at(param, 0) > number_at(param, count - 1);
}

/* The condition of another parameter that names this one. */
static const struct param *dependent(const struct space *space, size_t param)
{
    for (size_t i = 0; i < space_count(space); i++)
        for (size_t c = 0; c < space_param(space, i)->n_when; c++)
            if (space_param(space, i)->when[c].param == param)
                return space_param(space, i);
    return NULL;
}

static bool suits(const struct space *space, size_t i, struct json_reader *options)
{
    const struct param *param = space_param(space, i), *other = dependent(space, i);
    double count = param_count(param);
    bool numeric = param->kind == PARAM_INTEGER || param->kind == PARAM_ORDINAL;
    if (!numeric || !isfinite(number_at(param, 0)) || count > COUNT_MAX)
        json_reader_problem(options, "fidelity",
                            "'%s' must be an integer or an ordinal of numbers, such as "
                            "{\"type\": \"ordinal\", \"values\": [1, 3, 9, 27]}",
                            param->name);
    else if (count < 2)
        json_reader_problem(options, "fidelity",
                            "'%s' has one value only: give it a range, from the shortest "
                            "training that tells anything to the longest",
                            param->name);
    else if (!(fmin(number_at(param, 0), number_at(param, (size_t)count - 1)) > 0))
        json_reader_problem(options, "fidelity", "the values of '%s' must be above 0",
                            param->name);
    else if (param->n_when > 0)
        json_reader_problem(options, "fidelity",
                            "'%s' has a condition, but every trial needs it: remove its "
                            "\"when\"",
                            param->name);
    else if (other)
        json_reader_problem(options, "fidelity",
                            "'%s' depends on '%s', but a longer trial must have the same "
                            "parameters: remove that condition",
                            other->name, param->name);
    else
        return true;
    return false;
}

enum status fidelity_read(struct fidelity *fidelity, const struct problem *problem,
                          struct json_reader *options)
{
    const struct space *space = problem->space;
    const char *name = json_read_string(options, "fidelity", "epochs");
    size_t i = space_find(space, name);
    if (i == space_count(space)) {
        json_reader_problem(options, "fidelity",
                            "the space has no '%s': name the integer or ordinal parameter "
                            "that says how long a trial trains",
                            name);
        return ST_INVALID;
    }
    if (!suits(space, i, options))
        return ST_INVALID;
    *fidelity = (struct fidelity){space, i, (size_t)param_count(space_param(space, i))};
    return ST_OK;
}

/* The place of the parameter's own order for one of the rising order, and back. */
static size_t turned(const struct fidelity *fidelity, size_t k)
{
    return falls(param_of(fidelity), fidelity->count) ? fidelity->count - 1 - k : k;
}

double fidelity_amount(const struct fidelity *fidelity, size_t k)
{
    return number_at(param_of(fidelity), turned(fidelity, k));
}

double fidelity_value(const struct fidelity *fidelity, size_t k)
{
    return param_value(param_of(fidelity), (double)turned(fidelity, k));
}

size_t fidelity_place(const struct fidelity *fidelity, const double *point)
{
    double place = param_place(param_of(fidelity), point[fidelity->param]);
    return turned(fidelity, (size_t)place);
}

double fidelity_of(const struct fidelity *fidelity, const double *point)
{
    return fidelity_amount(fidelity, fidelity_place(fidelity, point));
}

size_t fidelity_nearest(const struct fidelity *fidelity, double amount)
{
    size_t low = 0, high = fidelity->count - 1;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (fidelity_amount(fidelity, middle) <= amount)
            low = middle;
        else
            high = middle;
    }
    double below = fidelity_amount(fidelity, low), above = fidelity_amount(fidelity, high);
    return amount * amount < below * above ? low : high;
}
