/* Functions with two values, and the fronts that are known by formula. */
#include "tests/bench/search/problem.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/* The front is the line between the two centres. */
void problem_vlmop2(double *values, const double *point, size_t n)
{
    double centre = 1 / sqrt((double)n), sums[2] = {0, 0};
    for (size_t d = 0; d < n; d++) {
        sums[0] += (point[d] - centre) * (point[d] - centre);
        sums[1] += (point[d] + centre) * (point[d] + centre);
    }
    values[0] = 1 - exp(-sums[0]);
    values[1] = 1 - exp(-sums[1]);
}

/* The front is a quarter of a circle, at 0.5 in all but the first parameter. */
void problem_dtlz2(double *values, const double *point, size_t n)
{
    double radius = 1;
    for (size_t d = 1; d < n; d++)
        radius += (point[d] - 0.5) * (point[d] - 0.5);
    values[0] = radius * cos(point[0] * PI / 2);
    values[1] = radius * sin(point[0] * PI / 2);
}

void front_zdt1(double *values, double t)
{
    values[0] = t;
    values[1] = 1 - sqrt(t);
}

void front_zdt2(double *values, double t)
{
    values[0] = t;
    values[1] = 1 - t * t;
}

/* With the parts between its five pieces, which the hypervolume passes over. */
void front_zdt3(double *values, double t)
{
    values[0] = t;
    values[1] = 1 - sqrt(t) - t * sin(10 * PI * t);
}

void front_vlmop2(double *values, double t)
{
    values[0] = 1 - exp(-4 * t * t);
    values[1] = 1 - exp(-4 * (1 - t) * (1 - t));
}

void front_dtlz2(double *values, double t)
{
    values[0] = cos(t * PI / 2);
    values[1] = sin(t * PI / 2);
}
