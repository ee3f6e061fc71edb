/* tpe_density.h - a Parzen estimate over a space with conditions.
 *
 * A mixture of kernels, one around each member and one that is uniform over the space. A kernel
 * is a product over the coordinates: a normal distribution cut off at the bounds, the same over
 * the levels of a lattice, or a category with what is left spread over the others. Where a
 * member's parameter is inactive its kernel is uniform, and at a point only the active
 * parameters count, which is the density with the others integrated out: branches of a space
 * with conditions lend one another nothing but the shares of the branches. Sources: Bergstra et
 * al. 2011; Watanabe 2023 (multivariate kernels). Threading: one owner at a time. */
#ifndef SEARCH_TPE_DENSITY_H
#define SEARCH_TPE_DENSITY_H

#include "base/rng.h"
#include "search/tpe_centres.h"

struct tpe_density {
    const struct tpe_centres *centres;
    size_t *members; /* [n]: rows of the centres */
    size_t n, capacity;
    double *widths;  /* [dims]: of the normal kernels, or the share of the other categories */
    double **tables; /* [dims] of [n_levels x n_levels]: log probability of level k around c at
                        [k x n_levels + c]; NULL for other kinds */
    double *norms;   /* [capacity x dims]: log of the scale of a continuous kernel */
    double *terms;   /* [capacity + 1], scratch */
};

/* No members. The centres must outlive it. A zeroed one may be freed. Errors: ST_NOMEM. */
enum status tpe_density_init(struct tpe_density *density, const struct tpe_centres *centres);
void tpe_density_free(struct tpe_density *density);

/* Make room for n members: the caller writes their rows to members[n] and calls
 * tpe_density_fit(). Errors: ST_NOMEM. */
enum status tpe_density_reserve(struct tpe_density *density, size_t n);

/* Work out the kernels of members[n]. */
void tpe_density_fit(struct tpe_density *density, size_t n);

/* The row of a member: the centre of its kernel. */
static inline const double *tpe_density_row(const struct tpe_density *density, size_t member)
{
    return density->centres->rows + density->members[member] * density->centres->dims;
}

/* Draw coordinates u[dims] of a point. */
void tpe_density_draw(const struct tpe_density *density, struct rng *rng, double *u);

/* The logarithm of the density at a row[dims] (see tpe_centres.h). */
double tpe_density_log(struct tpe_density *density, const double *row);

#endif
