/* Drawing from a Parzen estimate: a member at random, then around it. */
#include "search/tpe_density.h"

#include <math.h>

static double draw_continuous(double centre, double width, struct rng *rng)
{
    double u;
    do
        u = centre + width * rng_normal(rng);
    while (!(u >= 0 && u <= 1));
    return u;
}

static size_t draw_level(const double *table, size_t n, size_t centre, struct rng *rng)
{
    double left = rng_uniform(rng);
    size_t k = 0;
    for (; k + 1 < n; k++) {
        left -= exp(table[k * n + centre]);
        if (left < 0)
            break;
    }
    return k;
}

static size_t draw_category(size_t n, size_t centre, double others, struct rng *rng)
{
    if (rng_uniform(rng) >= others)
        return centre;
    size_t k = (size_t)rng_below(rng, n - 1);
    return k < centre ? k : k + 1;
}

/* A coordinate around a centre; NaN: anywhere. */
static double draw_around(const struct tpe_density *density, size_t d, double centre,
                          struct rng *rng)
{
    const struct tpe_axis *axis = &density->centres->axes[d];
    double width = density->widths[d];
    size_t n = axis->n_levels;
    if (axis->kind == TPE_CONTINUOUS)
        return isnan(centre) ? rng_uniform(rng) : draw_continuous(centre, width, rng);
    if (isnan(centre))
        return axis->places[rng_below(rng, n)];
    if (axis->kind == TPE_LEVELS)
        return axis->places[draw_level(density->tables[d], n, (size_t)centre, rng)];
    return axis->places[draw_category(n, (size_t)centre, width, rng)];
}

void tpe_density_draw(const struct tpe_density *density, struct rng *rng, double *u)
{
    size_t member = (size_t)rng_below(rng, density->n + 1); /* the last is the uniform one */
    for (size_t d = 0; d < density->centres->dims; d++)
        u[d] = draw_around(
            density, d, member < density->n ? tpe_density_row(density, member)[d] : (double)NAN,
            rng);
}
