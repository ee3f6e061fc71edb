/* nsga2_vary.h - the operators of NSGA-II: a child of two points of any space.
 *
 * Real parameters, and integers of many values, are crossed by simulated binary crossover (Deb
 * & Agrawal 1995) and mutated polynomially (Deb & Goyal 1996), both kept within the bounds, on
 * the parameter's own scale. Of short integers, ordinals and categories a child takes the value
 * of either parent; mutation goes to a neighbouring value, and to any value of a category.
 * Where only one parent has a parameter, the child takes it from that one; where neither has it
 * and the child needs it, it is drawn evenly. Threading: no shared state. */
#ifndef SEARCH_NSGA2_VARY_H
#define SEARCH_NSGA2_VARY_H

#include "base/rng.h"
#include "search/space.h"

/* How likely it is that a child has something of both parents, and that one of its parameters
 * is mutated. */
struct chances {
    double crossover, mutation;
};

/* A coordinate of a child, within [0, 1], from two of its parents within [0, 1]: the parents
 * spread symmetrically about their middle, mostly little. */
double nsga2_cross(struct rng *rng, double a, double b);

/* A step from u within [0, 1], mostly short, that ends within [0, 1]. */
double nsga2_step(struct rng *rng, double u);

/* Write a child of the lattice points a and b into child[space_count()], a lattice point.
 * Without crossover it is a mutant of a. scratch[3 x space_dims()]. */
void nsga2_vary(const struct space *space, const struct chances *chances, struct rng *rng,
                const double *a, const double *b, double *scratch, double *child);

#endif
