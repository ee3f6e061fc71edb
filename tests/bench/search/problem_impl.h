/* problem_impl.h - between the files of problem.h. */
#ifndef TESTS_BENCH_SEARCH_PROBLEM_IMPL_H
#define TESTS_BENCH_SEARCH_PROBLEM_IMPL_H

#include <stddef.h>

/* A standard normal number that belongs to the cell: what a table holds of the chance of one
 * training. point[n] is made of whole numbers and NaN. */
double problem_cell_chance(const double *point, size_t n);

/* The error, at most that of guessing among ten, with the chance of the cell. */
double problem_roughened(double error, double roughness, const double *point, size_t n);

#endif
