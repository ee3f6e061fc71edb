#include "search/tpe_density.h"

#include <math.h>
#include <stdlib.h>

/* 1 / sqrt(2 pi) */
#define NORMAL_SCALE 0.3989422804014327

/* The factor of Scott's rule, (4 / 3)^(1 / 5), and the least width of a normal kernel. */
#define SCOTT 1.0592238410488122
#define NARROWEST 0.01

enum status tpe_density_init(struct tpe_density *density, const struct tpe_centres *centres)
{
    *density = (struct tpe_density){.centres = centres};
    density->widths = calloc(centres->dims + 1, sizeof *density->widths);
    density->tables = calloc(centres->dims + 1, sizeof *density->tables);
    if (!density->widths || !density->tables)
        return ST_NOMEM;
    for (size_t d = 0; d < centres->dims; d++) {
        size_t n = centres->axes[d].n_levels;
        if (centres->axes[d].kind != TPE_LEVELS)
            continue;
        density->tables[d] = calloc(n * n, sizeof *density->tables[d]);
        if (!density->tables[d])
            return ST_NOMEM;
    }
    return tpe_density_reserve(density, 0);
}

void tpe_density_free(struct tpe_density *density)
{
    for (size_t d = 0; density->tables && d < density->centres->dims; d++)
        free(density->tables[d]);
    free(density->tables);
    free(density->widths);
    free(density->members);
    free(density->norms);
    free(density->terms);
}

enum status tpe_density_reserve(struct tpe_density *density, size_t n)
{
    if (n < density->capacity)
        return ST_OK;
    size_t capacity = n + n / 2 + 32, dims = density->centres->dims;
    size_t *members = realloc(density->members, capacity * sizeof *members);
    if (!members)
        return ST_NOMEM;
    density->members = members;
    double *norms = realloc(density->norms, (capacity * dims + 1) * sizeof *norms);
    if (!norms)
        return ST_NOMEM;
    density->norms = norms;
    double *terms = realloc(density->terms, (capacity + 1) * sizeof *terms);
    if (!terms)
        return ST_NOMEM;
    density->terms = terms;
    density->capacity = capacity;
    return ST_OK;
}

/* The mean number of active coordinates of a member: what the space looks like to it. */
static double active_dims(const struct tpe_density *density)
{
    size_t dims = density->centres->dims, active = 0;
    for (size_t i = 0; i < density->n; i++)
        for (size_t d = 0; d < dims; d++)
            active += !isnan(tpe_density_row(density, i)[d]);
    return density->n > 0 ? (double)active / (double)density->n : (double)dims;
}

static double place_of(const struct tpe_axis *axis, double x)
{
    return axis->kind == TPE_CONTINUOUS ? x : axis->places[(size_t)x];
}

/* How many members have the coordinate, and the standard deviation of their places. */
static size_t spread(const struct tpe_density *density, size_t d, double *deviation)
{
    const struct tpe_axis *axis = &density->centres->axes[d];
    double mean = 0, squares = 0;
    size_t n = 0;
    for (size_t i = 0; i < density->n; i++) {
        double x = tpe_density_row(density, i)[d];
        if (isnan(x))
            continue;
        double place = place_of(axis, x), step = place - mean;
        mean += step / (double)++n;
        squares += step * (place - mean);
    }
    *deviation = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
    return n;
}

/* What a category leaves to the others: one of n_levels observations made up beside the n. */
static double share_of_others(const struct tpe_axis *axis, size_t n)
{
    double levels = (double)axis->n_levels;
    return (levels - 1) / ((double)n + levels);
}

/* Scott's rule, no narrower than what n kernels, or half a cell of a lattice, can resolve: the
 * good trials soon lie so close that the search would end there. */
static double width_of(const struct tpe_density *density, size_t d, double dims)
{
    const struct tpe_axis *axis = &density->centres->axes[d];
    double deviation;
    size_t n = spread(density, d, &deviation);
    if (axis->kind == TPE_CATEGORIES)
        return share_of_others(axis, n);
    double least = fmax(NARROWEST, 1 / (1 + (double)n));
    if (axis->kind == TPE_LEVELS)
        least = fmax(least, 0.5 / (double)axis->n_levels);
    double scott = SCOTT * deviation * pow(fmax(1, (double)n), -1 / (dims + 4));
    return fmin(fmax(scott, least), 1);
}

/* Normal kernels at the places of the levels, each made to sum to one over them. */
static void fill_table(struct tpe_density *density, size_t d)
{
    const struct tpe_axis *axis = &density->centres->axes[d];
    size_t n = axis->n_levels;
    double *table = density->tables[d], width = density->widths[d];
    for (size_t c = 0; c < n; c++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++) {
            double z = (axis->places[k] - axis->places[c]) / width;
            table[k * n + c] = -z * z / 2;
            sum += exp(-z * z / 2);
        }
        for (size_t k = 0; k < n; k++)
            table[k * n + c] -= log(sum);
    }
}

/* The part of a normal distribution around a centre that lies in [0, 1]. */
static double inside(double centre, double width)
{
    return 0.5 * (erf((1 - centre) / (width * M_SQRT2)) + erf(centre / (width * M_SQRT2)));
}

static void fill_norms(struct tpe_density *density, size_t d)
{
    size_t dims = density->centres->dims;
    double width = density->widths[d];
    for (size_t i = 0; i < density->n; i++) {
        double centre = tpe_density_row(density, i)[d];
        if (!isnan(centre))
            density->norms[i * dims + d] = log(NORMAL_SCALE / width / inside(centre, width));
    }
}

void tpe_density_fit(struct tpe_density *density, size_t n)
{
    density->n = n;
    double dims = active_dims(density);
    for (size_t d = 0; d < density->centres->dims; d++) {
        density->widths[d] = width_of(density, d, dims);
        if (density->centres->axes[d].kind == TPE_LEVELS)
            fill_table(density, d);
        else if (density->centres->axes[d].kind == TPE_CONTINUOUS)
            fill_norms(density, d);
    }
}
