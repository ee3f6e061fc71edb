/* The unit cube: where values stand in it, and the rounding to lattice points. */
#include "search/space.h"
#include "search/space_impl.h"

#include <math.h>
#include <stdlib.h>

/* Digits that a real value keeps. Errors of the way through the unit cube are some 1e-15, so
 * that rounding to this many takes every value back to itself. */
enum { REAL_DIGITS = 12 };

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* Distance of a real or integer value from low on the parameter's scale. Logarithms are taken
 * of the ratio to low, which keeps neighbours apart where low is large. */
static double scaled(const struct param *param, double value)
{
    return param->log ? log1p((value - param->low) / param->low) : value - param->low;
}

static double unscaled(const struct param *param, double t)
{
    return param->low + (param->log ? param->low * expm1(t) : t);
}

/* 10^n. Up to 22 it is exact, and these are read from a table because points are rounded often.
 */
static double power_of_ten(int n)
{
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return n < (int)(sizeof exact / sizeof exact[0]) ? exact[n] : pow(10, n);
}

/* Round to a number of decimals (before the point when negative). Division by a power of ten is
 * exact enough to give the double that the decimal text stands for. */
static double round_decimals(double x, int decimals)
{
    double power = power_of_ten(abs(decimals));
    return decimals >= 0 ? round(x * power) / power : round(x / power) * power;
}

static double round_real(const struct param *param, const struct place *place, double x)
{
    if (!(x > param->low))
        return param->low;
    if (x >= param->high)
        return param->high;
    int decimals = param->log ? REAL_DIGITS - 1 - (int)floor(log10(x)) : place->decimals;
    /* Adding zero turns -0 into 0. */
    return clamp(round_decimals(x, decimals) + 0.0, param->low, param->high);
}

/* The nearest of the integer's values on its scale; the lower one of two that are as near. */
static double round_integer(const struct param *param, double x)
{
    double last = param_count(param) - 1;
    double k = floor((clamp(x, param->low, param->high) - param->low) / param->step);
    if (k >= last)
        return param->high;
    double below = param->low + k * param->step, above = below + param->step;
    double middle = param->log ? sqrt(below) * sqrt(above) : below + param->step / 2;
    return x > middle ? above : below;
}

static double nearest_level(const struct place *place, size_t n, double u)
{
    size_t k = 0;
    while (k + 1 < n && u > (place->level_unit[k] + place->level_unit[k + 1]) / 2)
        k++;
    return (double)k;
}

double space_round(const struct space *space, size_t i, double value)
{
    const struct param *param = &space->params[i];
    if (param->kind == PARAM_REAL)
        return round_real(param, &space->places[i], value);
    if (param->kind == PARAM_INTEGER)
        return round_integer(param, value);
    return clamp(round(value), 0, (double)param->n_levels - 1) + 0.0;
}

double space_value_at(const struct space *space, size_t i, double u)
{
    const struct param *param = &space->params[i];
    const struct place *place = &space->places[i];
    if (param->kind == PARAM_REAL || param->kind == PARAM_INTEGER)
        return space_round(space, i, unscaled(param, place->origin + u * place->span));
    return nearest_level(place, param->n_levels, u);
}

double space_value_between(const struct space *space, size_t i, double fraction)
{
    const struct param *param = &space->params[i];
    return space_round(space, i, unscaled(param, fraction * scaled(param, param->high)));
}

static double level_at(const struct param *param, double u)
{
    double n = (double)param->n_levels;
    return clamp(floor(u * n), 0, n - 1);
}

static void from_unit(const struct space *space, const double *u, double *point, bool even)
{
    for (size_t i = 0; i < space->n; i++) {
        size_t d = space->places[i].dim;
        double x = d == NO_DIM || isnan(u[d]) ? 0.5 : clamp(u[d], 0, 1);
        if (!space_active(space, point, i))
            point[i] = NAN;
        else if (even && space->params[i].n_levels > 0)
            point[i] = level_at(&space->params[i], x);
        else
            point[i] = space_value_at(space, i, x);
    }
}

void space_from_unit(const struct space *space, const double *u, double *point)
{
    from_unit(space, u, point, false);
}

void space_sample(const struct space *space, const double *u, double *point)
{
    from_unit(space, u, point, true);
}

static double unit_of(const struct space *space, size_t i, double value)
{
    const struct place *place = &space->places[i];
    if (isnan(value))
        return 0.5;
    if (place->level_unit)
        return place->level_unit[(size_t)value];
    return clamp((scaled(&space->params[i], value) - place->origin) / place->span, 0, 1);
}

void space_to_unit(const struct space *space, const double *point, double *u)
{
    for (size_t d = 0; d < space->n_dims; d++)
        u[d] = unit_of(space, space->dims[d], point[space->dims[d]]);
}

/* Laying out. */

static void place_real(struct place *place, const struct param *param)
{
    double largest = fmax(fabs(param->low), fabs(param->high));
    place->origin = 0;
    place->span = scaled(param, param->high);
    /* Numbers of more than 15 digits would not be whole multiples of the last one. */
    place->decimals = (int)fmin(REAL_DIGITS - floor(log10(param->high - param->low)),
                                14 - floor(log10(largest)));
}

/* The outermost values have half a cell beyond them, as wide as the half towards their
 * neighbours. */
static void place_integer(struct place *place, const struct param *param)
{
    double last = scaled(param, param->high);
    double first_gap = scaled(param, param->low + param->step);
    double last_gap = last - scaled(param, param->high - param->step);
    place->origin = -first_gap / 2;
    place->span = last + first_gap / 2 + last_gap / 2;
}

static bool all_positive_numbers(const struct param *param)
{
    for (size_t k = 0; k < param->n_levels; k++)
        if (param->levels[k].kind != LEVEL_NUMBER || !(param->levels[k].number > 0))
            return false;
    return true;
}

static double level_distance(const struct param *param, size_t k, bool by_log)
{
    return by_log ? log(param->levels[k].number / param->levels[0].number) : (double)k;
}

static enum status place_levels(struct place *place, const struct param *param)
{
    size_t n = param->n_levels;
    place->level_unit = calloc(n, sizeof *place->level_unit);
    if (!place->level_unit)
        return ST_NOMEM;
    place->level_unit[0] = 0.5;
    if (n == 1)
        return ST_OK;
    bool by_log = param->kind == PARAM_ORDINAL && all_positive_numbers(param);
    double last = level_distance(param, n - 1, by_log);
    double origin = -level_distance(param, 1, by_log) / 2;
    double span = last - origin + (last - level_distance(param, n - 2, by_log)) / 2;
    /* A falling list has negative distances and a negative span: its units rise all the same.
     */
    for (size_t k = 0; k < n; k++)
        place->level_unit[k] = (level_distance(param, k, by_log) - origin) / span;
    return ST_OK;
}

static enum status place_param(struct place *place, const struct param *param)
{
    if (param->kind == PARAM_REAL)
        place_real(place, param);
    else if (param->kind == PARAM_INTEGER)
        place_integer(place, param);
    else
        return place_levels(place, param);
    return ST_OK;
}

enum status space_place(struct space *space)
{
    space->dims = calloc(space->n ? space->n : 1, sizeof *space->dims);
    if (!space->dims)
        return ST_NOMEM;
    for (size_t i = 0; i < space->n; i++) {
        enum status status = place_param(&space->places[i], &space->params[i]);
        if (status)
            return status;
        bool varies = param_count(&space->params[i]) > 1;
        space->places[i].dim = varies ? space->n_dims : NO_DIM;
        if (varies)
            space->dims[space->n_dims++] = i;
    }
    return ST_OK;
}
