/* fronts.h - non-dominated sorting and crowding distance: the order of NSGA-II.
 * Source: Deb, Pratap, Agarwal & Meyarivan 2002, sections III-A and III-B.
 *
 * Costs are [n x m], minimised: of each row all are finite, or all are INFINITY. One row
 * dominates another when it is no worse anywhere and better somewhere. With one objective the
 * fronts are the different values. Threading: no shared state. */
#ifndef SEARCH_FRONTS_H
#define SEARCH_FRONTS_H

#include <stdbool.h>
#include <stddef.h>

bool fronts_dominates(const double *a, const double *b, size_t m);

/* Number the fronts into front[n]: 0 for the rows that none dominates, 1 for those that only
 * rows of front 0 dominate, and so on. dominators[n] is scratch. Time O(m n^2). */
void fronts_sort(const double *cost, size_t n, size_t m, size_t *front, size_t *dominators);

/* Into crowding[n], how far each row's neighbours within its front lie apart, as a share of the
 * front's range, summed over the objectives; INFINITY for the first and the last of its front
 * in an objective (of equal ones, the first and the last of the rows). order[n] is scratch.
 * Time O(m n log n). */
void fronts_crowding(const double *cost, size_t n, size_t m, const size_t *front,
                     double *crowding, size_t *order);

#endif
