/* cells.h - the points of a finite space in a fixed order: how many there are, and the k-th.
 *
 * A space without conditions is a product, and the k-th point is k written in mixed radix, the
 * first parameter slowest. With conditions, parameters fall into independent groups (a
 * parameter and all that depend on it, directly or not); groups multiply, and within a group
 * the values of the first parameter add up, each with the groups that are left once it is
 * known. Nothing is listed, so that a grid of 10^12 cells costs as much as one of ten.
 * Threading: one struct cells per thread. */
#ifndef SEARCH_CELLS_H
#define SEARCH_CELLS_H

#include "search/space.h"

struct cells;

/* CELLS_ALL: every point. CELLS_GRID: those of the grid strategy, where parameters with a
 * "grid" take that many values: evenly spread over their scale, from low to high, rounded, each
 * once. */
enum cells_of { CELLS_ALL, CELLS_GRID };

/* Up to here counts are exact and cells_point() works. */
#define CELLS_MAX 0x1p53

/* The space must outlive it. Errors: ST_INVALID for a grid over a real parameter without "grid"
 * (err names all of them); ST_NOMEM. */
enum status cells_create(struct cells **out, const struct space *space, enum cells_of what,
                         struct error *err);
void cells_free(struct cells *cells);

/* How many; INFINITY for CELLS_ALL with a real parameter. */
double cells_count(const struct cells *cells);

/* Point number index, below cells_count(), which must be at most CELLS_MAX. */
void cells_point(struct cells *cells, uint64_t index, double *point);

#endif
