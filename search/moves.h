/* moves.h - the ways from one lattice point to others, for local search. Threading: no shared
 * state. */
#ifndef SEARCH_MOVES_H
#define SEARCH_MOVES_H

#include "base/rng.h"
#include "search/space.h"

/* A parameter that is searched along gradients: a real one, or an integer of so many values
 * that they lie close together. */
bool move_is_continuous(const struct param *param);

/* At most so many neighbours of a point over all discrete parameters. */
size_t moves_most(const struct space *space);

/* The lattice points that differ from `point` in one active parameter that is not real: all
 * other values of a short list, the nearby ones of a long one. Parameters that become active
 * take their middle values. Into neighbours[moves_most() x space_count()]; answers how many. */
size_t moves_from(const struct space *space, const double *point, double *neighbours);

/* A neighbouring value of a discrete parameter, or one farther away when `by`, a share of its
 * range, reaches farther; any value of a category. Beyond its ends the value at the end. */
double move_value(const struct param *param, struct rng *rng, double value, double by);

/* A random point near `point`: one coordinate in three, and at least one, moves by about
 * `scale` of its range (discrete ones at least to a neighbouring value, categories to any).
 * scratch[2 x space_dims()]. */
void move_randomly(const struct space *space, struct rng *rng, const double *point,
                   double scale, double *scratch, double *moved);

#endif
