#include "search/space.h"
#include "search/space_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void param_free(struct param *param)
{
    for (size_t k = 0; k < param->n_levels; k++)
        free(param->levels[k].text);
    for (size_t c = 0; c < param->n_when; c++)
        free(param->when[c].values);
    free(param->levels);
    free(param->when);
    free(param->name);
}

void space_free(struct space *space)
{
    if (!space)
        return;
    for (size_t i = 0; i < space->n; i++) {
        param_free(&space->params[i]);
        free(space->places[i].level_unit);
    }
    free(space->params);
    free(space->places);
    free(space->dims);
    free(space);
}

size_t space_count(const struct space *space)
{
    return space->n;
}

const struct param *space_param(const struct space *space, size_t i)
{
    return &space->params[i];
}

size_t space_find(const struct space *space, const char *name)
{
    size_t i = 0;
    while (i < space->n && strcmp(space->params[i].name, name) != 0)
        i++;
    return i;
}

const char *space_closest_name(const struct space *space, const char *name)
{
    const char *closest = NULL;
    for (size_t i = 0; i < space->n; i++) {
        /* The best so far against the next one, which needs no list of all names. */
        const char *pair[] = {closest ? closest : space->params[i].name, space->params[i].name};
        const char *near = json_closest_name(name, pair, 2);
        closest = near ? near : closest;
    }
    return closest;
}

double param_count(const struct param *param)
{
    if (param->kind == PARAM_REAL)
        return INFINITY;
    if (param->kind == PARAM_INTEGER)
        return floor((param->high - param->low) / param->step) + 1;
    return (double)param->n_levels;
}

double param_value(const struct param *param, double k)
{
    return param->kind == PARAM_INTEGER ? param->low + k * param->step : k;
}

double param_place(const struct param *param, double value)
{
    return param->kind == PARAM_INTEGER ? round((value - param->low) / param->step) : value;
}

size_t space_dims(const struct space *space)
{
    return space->n_dims;
}

size_t space_dim_param(const struct space *space, size_t d)
{
    return space->dims[d];
}

double space_size(const struct space *space)
{
    return space->size;
}

bool condition_holds(const struct condition *condition, const double *point)
{
    for (size_t k = 0; k < condition->n_values; k++)
        if (point[condition->param] == condition->values[k])
            return true;
    return false;
}

bool space_active(const struct space *space, const double *point, size_t i)
{
    const struct param *param = &space->params[i];
    for (size_t c = 0; c < param->n_when; c++)
        if (!condition_holds(&param->when[c], point))
            return false;
    return true;
}

void space_repair(const struct space *space, double *point)
{
    for (size_t i = 0; i < space->n; i++) {
        if (!space_active(space, point, i))
            point[i] = NAN;
        else if (isnan(point[i]))
            point[i] = space_value_at(space, i, 0.5);
        else
            point[i] = space_round(space, i, point[i]);
    }
}

bool space_equal(const struct space *space, const double *a, const double *b)
{
    for (size_t i = 0; i < space->n; i++)
        if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
            return false;
    return true;
}

uint64_t space_hash(const struct space *space, const double *point)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < space->n; i++) {
        /* All NaNs are one value, and so are the zeros of both signs. */
        double value = isnan(point[i]) ? (double)NAN : point[i] + 0.0;
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        hash = (hash ^ bits) * UINT64_C(0xbf58476d1ce4e5b9);
        hash ^= hash >> 29;
    }
    return hash;
}
