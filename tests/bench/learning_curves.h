/* learning_curves.h - losses over epochs of trainings that exist only as formulas, to measure
 * strategies that stop trainings or make them longer.
 *
 * A training has four parameters in [0, 1] and a category of two; each family has its own
 * difficulty. Threading: pure functions. */
#ifndef TESTS_BENCH_LEARNING_CURVES_H
#define TESTS_BENCH_LEARNING_CURVES_H

#include <stdint.h>

enum { CURVE_PARAMS = 4, CURVE_FAMILIES = 5 };

struct curve_family {
    const char *name, *summary;
    double noise; /* standard deviation of what is reported */
    double (*loss)(const double *x, int category, double epochs);
};

extern const struct curve_family curve_families[CURVE_FAMILIES];

/* A random number of the training's own: the same for the same (seed, x, epochs). Standard
 * normal. */
double curve_noise(uint64_t seed, const double *x, double epochs);

#endif
