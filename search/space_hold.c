/* A space with one parameter less that varies. */
#include "search/space.h"
#include "search/space_impl.h"

#include <stdlib.h>
#include <string.h>

static enum status copy_levels(struct param *copy, const struct param *param)
{
    copy->levels = calloc(param->n_levels + 1, sizeof *copy->levels);
    if (!copy->levels)
        return ST_NOMEM;
    for (size_t k = 0; k < param->n_levels; k++) {
        struct level *level = &copy->levels[copy->n_levels++];
        *level = param->levels[k];
        if (!param->levels[k].text)
            continue;
        level->text = strdup(param->levels[k].text);
        if (!level->text)
            return ST_NOMEM;
    }
    return ST_OK;
}

static enum status copy_conditions(struct param *copy, const struct param *param)
{
    copy->when = calloc(param->n_when + 1, sizeof *copy->when);
    if (!copy->when)
        return ST_NOMEM;
    for (size_t c = 0; c < param->n_when; c++) {
        struct condition *when = &copy->when[copy->n_when++];
        size_t size = param->when[c].n_values * sizeof *when->values;
        *when = param->when[c];
        when->values = malloc(size);
        if (!when->values)
            return ST_NOMEM;
        memcpy(when->values, param->when[c].values, size);
    }
    return ST_OK;
}

static enum status copy_param(struct param *copy, const struct param *param)
{
    *copy = *param;
    copy->levels = NULL;
    copy->when = NULL;
    copy->n_levels = copy->n_when = 0;
    copy->name = strdup(param->name);
    if (!copy->name || copy_levels(copy, param))
        return ST_NOMEM;
    return copy_conditions(copy, param);
}

/* A constant of one level; which number that has is for nobody to know. */
static enum status hold(struct param *param)
{
    for (size_t k = 0; k < param->n_levels; k++)
        free(param->levels[k].text);
    free(param->levels);
    param->kind = PARAM_CONSTANT;
    param->levels = calloc(1, sizeof *param->levels);
    param->n_levels = param->levels != NULL;
    return param->levels ? ST_OK : ST_NOMEM;
}

enum status space_hold(struct space **out, const struct space *space, size_t i)
{
    *out = NULL;
    struct space *held = calloc(1, sizeof *held);
    if (!held)
        return ST_NOMEM;
    held->params = calloc(space->n, sizeof *held->params);
    held->places = calloc(space->n, sizeof *held->places);
    enum status status = held->params && held->places ? ST_OK : ST_NOMEM;
    while (!status && held->n < space->n) {
        size_t k = held->n++;
        status = copy_param(&held->params[k], &space->params[k]);
    }
    if (!status)
        status = hold(&held->params[i]);
    if (!status)
        status = space_place(held);
    if (status) {
        space_free(held);
        return status;
    }
    held->size = space->size / param_count(&space->params[i]);
    *out = held;
    return ST_OK;
}
