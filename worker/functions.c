#include "worker/functions.h"

#include "base/json.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define PI 3.14159265358979323846

static double square(double x)
{
    return x * x;
}

static void branin(double *values, const double *x, size_t n)
{
    (void)n;
    double valley = x[1] - 5.1 / (4 * PI * PI) * square(x[0]) + 5 / PI * x[0] - 6;
    values[0] = square(valley) + 10 * (1 - 1 / (8 * PI)) * cos(x[0]) + 10;
}

static void camel(double *values, const double *x, size_t n)
{
    (void)n;
    double a = square(x[0]), b = square(x[1]);
    values[0] = (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (4 * b - 4) * b;
}

/* The four wells that both Hartmann functions add up; a and p are [4 x n]. */
static double hartmann(const double *x, size_t n, const double *a, const double *p)
{
    static const double alpha[4] = {1.0, 1.2, 3.0, 3.2};
    double sum = 0;
    for (size_t i = 0; i < 4; i++) {
        double distance = 0;
        for (size_t j = 0; j < n; j++)
            distance += a[i * n + j] * square(x[j] - p[i * n + j]);
        sum -= alpha[i] * exp(-distance);
    }
    return sum;
}

static void hartmann3(double *values, const double *x, size_t n)
{
    static const double a[] = {3, 10, 30, 0.1, 10, 35, 3, 10, 30, 0.1, 10, 35};
    static const double p[] = {0.3689, 0.1170, 0.2673, 0.4699, 0.4387, 0.7470,
                               0.1091, 0.8732, 0.5547, 0.0381, 0.5743, 0.8828};
    values[0] = hartmann(x, n, a, p);
}

static void hartmann6(double *values, const double *x, size_t n)
{
    static const double a[] = {10, 3,   17,  3.5, 1.7, 8, 0.05, 10, 17,   0.1, 8,   14,
                               3,  3.5, 1.7, 10,  17,  8, 17,   8,  0.05, 10,  0.1, 14};
    static const double p[] = {0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886, 0.2329, 0.4135,
                               0.8307, 0.3736, 0.1004, 0.9991, 0.2348, 0.1451, 0.3522, 0.2883,
                               0.3047, 0.6650, 0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381};
    values[0] = hartmann(x, n, a, p);
}

static void rosenbrock(double *values, const double *x, size_t n)
{
    values[0] = 0;
    for (size_t i = 0; i + 1 < n; i++)
        values[0] += 100 * square(x[i + 1] - square(x[i])) + square(1 - x[i]);
}

static void sphere(double *values, const double *x, size_t n)
{
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += square(x[i]);
}

static void rastrigin(double *values, const double *x, size_t n)
{
    values[0] = 10 * (double)n;
    for (size_t i = 0; i < n; i++)
        values[0] += square(x[i]) - 10 * cos(2 * PI * x[i]);
}

static void ackley(double *values, const double *x, size_t n)
{
    double squares = 0, waves = 0;
    for (size_t i = 0; i < n; i++) {
        squares += square(x[i]);
        waves += cos(2 * PI * x[i]);
    }
    double m = (double)n;
    values[0] = -20 * exp(-0.2 * sqrt(squares / m)) - exp(waves / m) + 20 + exp(1.0);
}

static void levy(double *values, const double *x, size_t n)
{
    double last = 1 + (x[n - 1] - 1) / 4;
    values[0] = square(sin(PI * (1 + (x[0] - 1) / 4))) +
                square(last - 1) * (1 + square(sin(2 * PI * last)));
    for (size_t i = 0; i + 1 < n; i++) {
        double w = 1 + (x[i] - 1) / 4;
        values[0] += square(w - 1) * (1 + 10 * square(sin(PI * w + 1)));
    }
}

/* What the three ZDT problems share: 1 on the front, more away from it. */
static double zdt_distance(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 1; i < n; i++)
        sum += x[i];
    return 1 + 9 * sum / (double)(n - 1);
}

static void zdt1(double *values, const double *x, size_t n)
{
    double g = zdt_distance(x, n);
    values[0] = x[0];
    values[1] = g * (1 - sqrt(x[0] / g));
}

static void zdt2(double *values, const double *x, size_t n)
{
    double g = zdt_distance(x, n);
    values[0] = x[0];
    values[1] = g * (1 - square(x[0] / g));
}

static void zdt3(double *values, const double *x, size_t n)
{
    double g = zdt_distance(x, n);
    values[0] = x[0];
    values[1] = g * (1 - sqrt(x[0] / g) - x[0] / g * sin(10 * PI * x[0]));
}

static const struct test_function table[] = {
    {"branin", "x1 in [-5, 10], x2 in [0, 15]: three equal minima", 2, 2, 1,
     0.39788735772973816, branin},
    {"camel", "six-hump camel, x1 in [-3, 3], x2 in [-2, 2]", 2, 2, 1, -1.0316284534898774,
     camel},
    {"hartmann3", "[0, 1] in 3 dimensions: four wells", 3, 3, 1, -3.862782147820756, hartmann3},
    {"hartmann6", "[0, 1] in 6 dimensions: four wells", 6, 6, 1, -3.3223680114155147,
     hartmann6},
    {"rosenbrock", "[-5, 10]: a curved valley", 2, SIZE_MAX, 1, 0, rosenbrock},
    {"sphere", "[-5.12, 5.12]: the sum of squares", 1, SIZE_MAX, 1, 0, sphere},
    {"rastrigin", "[-5.12, 5.12]: a regular grid of local minima", 1, SIZE_MAX, 1, 0,
     rastrigin},
    {"ackley", "[-32.768, 32.768]: a hole in a wavy plain", 1, SIZE_MAX, 1, 0, ackley},
    {"levy", "[-10, 10]: wavy, with one global minimum", 1, SIZE_MAX, 1, 0, levy},
    {"zdt1", "[0, 1], two values: a convex front", 2, SIZE_MAX, 2, 0, zdt1},
    {"zdt2", "[0, 1], two values: a concave front", 2, SIZE_MAX, 2, 0, zdt2},
    {"zdt3", "[0, 1], two values: a front in five pieces", 2, SIZE_MAX, 2, 0, zdt3},
};

enum { TABLE_SIZE = sizeof table / sizeof table[0] };

const struct test_function *functions_table(size_t *n)
{
    *n = TABLE_SIZE;
    return table;
}

const struct test_function *functions_find(const char *name)
{
    for (size_t i = 0; i < TABLE_SIZE; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

const char *functions_closest(const char *name)
{
    const char *names[TABLE_SIZE];
    for (size_t i = 0; i < TABLE_SIZE; i++)
        names[i] = table[i].name;
    return json_closest_name(name, names, TABLE_SIZE);
}
