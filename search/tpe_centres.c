#include "search/tpe_centres.h"

#include "search/past.h"

#include <math.h>
#include <stdlib.h>

static enum tpe_axis_kind kind_of(const struct param *param)
{
    if (param->kind == PARAM_CATEGORICAL)
        return TPE_CATEGORIES;
    return param_count(param) <= TPE_LEVELS_MAX ? TPE_LEVELS : TPE_CONTINUOUS;
}

/* Every level's coordinate; the rest of the point does not matter to it. */
static enum status place_levels(struct tpe_centres *centres, size_t dim, double *point)
{
    struct tpe_axis *axis = &centres->axes[dim];
    const struct param *param = space_param(centres->space, axis->param);
    axis->n_levels = (size_t)param_count(param);
    axis->places = calloc(axis->n_levels, sizeof *axis->places);
    if (!axis->places)
        return ST_NOMEM;
    for (size_t k = 0; k < axis->n_levels; k++) {
        point[axis->param] = param_value(param, (double)k);
        space_to_unit(centres->space, point, centres->u);
        axis->places[k] = centres->u[dim];
    }
    return ST_OK;
}

static enum status make_axes(struct tpe_centres *centres, double *point)
{
    for (size_t i = 0; i < space_count(centres->space); i++)
        point[i] = NAN;
    for (size_t d = 0; d < centres->dims; d++) {
        struct tpe_axis *axis = &centres->axes[d];
        axis->param = space_dim_param(centres->space, d);
        axis->kind = kind_of(space_param(centres->space, axis->param));
        if (axis->kind != TPE_CONTINUOUS && place_levels(centres, d, point))
            return ST_NOMEM;
    }
    return ST_OK;
}

enum status tpe_centres_init(struct tpe_centres *centres, const struct space *space)
{
    size_t dims = space_dims(space);
    *centres = (struct tpe_centres){.space = space, .dims = dims};
    centres->axes = calloc(dims + 1, sizeof *centres->axes);
    centres->u = calloc(dims + 1, sizeof *centres->u);
    double *point = calloc(space_count(space), sizeof *point);
    enum status status =
        centres->axes && centres->u && point ? make_axes(centres, point) : ST_NOMEM;
    free(point);
    return status;
}

void tpe_centres_free(struct tpe_centres *centres)
{
    for (size_t d = 0; centres->axes && d < centres->dims; d++)
        free(centres->axes[d].places);
    free(centres->axes);
    free(centres->rows);
    free(centres->u);
}

static enum status reserve(struct tpe_centres *centres, size_t n)
{
    if (n <= centres->capacity)
        return ST_OK;
    size_t capacity = n + n / 2 + 32;
    double *rows = realloc(centres->rows, (capacity * centres->dims + 1) * sizeof *rows);
    if (!rows)
        return ST_NOMEM;
    centres->rows = rows;
    centres->capacity = capacity;
    return ST_OK;
}

void tpe_centres_row(struct tpe_centres *centres, const double *point, double *row)
{
    space_to_unit(centres->space, point, centres->u);
    for (size_t d = 0; d < centres->dims; d++) {
        const struct tpe_axis *axis = &centres->axes[d];
        double value = point[axis->param];
        if (isnan(value))
            row[d] = NAN;
        else if (axis->kind == TPE_CONTINUOUS)
            row[d] = centres->u[d];
        else
            row[d] = param_place(space_param(centres->space, axis->param), value);
    }
}

enum status tpe_centres_update(struct tpe_centres *centres, const struct problem *problem,
                               const struct history *history)
{
    size_t n = past_started(problem, history);
    if (reserve(centres, n))
        return ST_NOMEM;
    for (; centres->n < n; centres->n++)
        tpe_centres_row(centres, past_numbered(problem, history, centres->n)->point,
                        centres->rows + centres->n * centres->dims);
    return ST_OK;
}
