/* The value of a Parzen estimate, in O(members x coordinates). */
#include "search/tpe_density.h"

#include <math.h>

/* The log density of a uniform coordinate. */
static double log_uniform(const struct tpe_axis *axis)
{
    return axis->kind == TPE_CONTINUOUS ? 0 : -log((double)axis->n_levels);
}

/* Add the log density of coordinate d at x to the terms of all members. */
static void add_continuous(struct tpe_density *density, size_t d, double x)
{
    size_t dims = density->centres->dims;
    double scale = 1 / density->widths[d];
    for (size_t i = 0; i < density->n; i++) {
        double z = (x - tpe_density_row(density, i)[d]) * scale;
        if (!isnan(z))
            density->terms[i] += density->norms[i * dims + d] - z * z / 2;
    }
}

static void add_levels(struct tpe_density *density, size_t d, double x)
{
    const struct tpe_axis *axis = &density->centres->axes[d];
    const double *around = density->tables[d] + (size_t)x * axis->n_levels;
    double anywhere = log_uniform(axis);
    for (size_t i = 0; i < density->n; i++) {
        double centre = tpe_density_row(density, i)[d];
        density->terms[i] += isnan(centre) ? anywhere : around[(size_t)centre];
    }
}

static void add_categories(struct tpe_density *density, size_t d, double x)
{
    const struct tpe_axis *axis = &density->centres->axes[d];
    double others = density->widths[d], anywhere = log_uniform(axis);
    double same = log(1 - others), other = log(others / ((double)axis->n_levels - 1));
    for (size_t i = 0; i < density->n; i++) {
        double centre = tpe_density_row(density, i)[d];
        density->terms[i] += isnan(centre) ? anywhere : centre == x ? same : other;
    }
}

/* The logarithm of the mean of exp(terms[n]). */
static double log_mean(const double *terms, size_t n)
{
    double largest = terms[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        largest = fmax(largest, terms[i]);
    for (size_t i = 0; i < n; i++)
        sum += exp(terms[i] - largest);
    return largest + log(sum / (double)n);
}

double tpe_density_log(struct tpe_density *density, const double *row)
{
    double *uniform = &density->terms[density->n];
    for (size_t i = 0; i <= density->n; i++)
        density->terms[i] = 0;
    for (size_t d = 0; d < density->centres->dims; d++) {
        const struct tpe_axis *axis = &density->centres->axes[d];
        if (isnan(row[d]))
            continue;
        *uniform += log_uniform(axis);
        if (axis->kind == TPE_CONTINUOUS)
            add_continuous(density, d, row[d]);
        else if (axis->kind == TPE_LEVELS)
            add_levels(density, d, row[d]);
        else
            add_categories(density, d, row[d]);
    }
    return log_mean(density->terms, density->n + 1);
}
