/* functions.h - test functions of the optimisation literature, for trials of the kind
 * "function".
 *
 * Sources: Surjanovic & Bingham, Virtual Library of Simulation Experiments (sfu.ca/~ssurjano);
 * Zitzler, Deb & Thiele 2000 (zdt1 to zdt3). All are minimised. A function is one row of the
 * table in functions.c. Threading: pure functions. */
#ifndef WORKER_FUNCTIONS_H
#define WORKER_FUNCTIONS_H

#include <stddef.h>

enum { FUNCTION_VALUES_MAX = 2 };

struct test_function {
    const char *name;
    const char *summary;       /* one line with the usual bounds */
    size_t dims_min, dims_max; /* of x; dims_max is (size_t)-1 for "any" */
    size_t n_values;           /* 1, or 2 for the two-objective ones */
    double minimum;            /* of the first value over the usual bounds */
    void (*evaluate)(double *values, const double *x, size_t n); /* values[n_values], x[n] */
};

/* All functions; *n is their number. */
const struct test_function *functions_table(size_t *n);

/* The function of that name, or NULL; and the nearest name to a misspelt one, or NULL. */
const struct test_function *functions_find(const char *name);
const char *functions_closest(const char *name);

#endif
