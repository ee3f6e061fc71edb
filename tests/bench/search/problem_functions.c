/* Functions with one value that worker/functions.h does not have. */
#include "tests/bench/search/problem.h"

#include <math.h>

static double square(double x)
{
    return x * x;
}

/* Ten wells; the deepest is near (4, 4, 4, 4). */
void problem_shekel(double *values, const double *point, size_t n)
{
    static const double widths[] = {1, 2, 2, 4, 4, 6, 3, 7, 5, 5};
    static const double centres[10][4] = {
        {4, 4, 4, 4}, {1, 1, 1, 1}, {8, 8, 8, 8}, {6, 6, 6, 6}, {3, 7, 3, 7},
        {2, 9, 2, 9}, {5, 5, 3, 3}, {8, 1, 8, 1}, {6, 2, 6, 2}, {7, 3.6, 7, 3.6}};
    values[0] = 0;
    for (int i = 0; i < 10; i++) {
        double distance = widths[i] / 10;
        for (size_t d = 0; d < n; d++)
            distance += square(point[d] - centres[i][d]);
        values[0] -= 1 / distance;
    }
}

/* Axes from 1 to 100 in length, mirrored at the hyperplane across the diagonal so that none
 * lies along a parameter. Zero at 0.7, 0.7, ... */
void problem_ellipsoid(double *values, const double *point, size_t n)
{
    double mean = 0;
    for (size_t d = 0; d < n; d++)
        mean += (point[d] - 0.7) / (double)n;
    values[0] = 0;
    for (size_t d = 0; d < n; d++) {
        double axis = point[d] - 0.7 - 2 * mean;
        values[0] += pow(10, 4 * (double)d / (double)(n - 1)) * square(axis);
    }
}

/* Training as a small model: a learning rate and a weight decay whose best values depend on the
 * optimiser, a batch size, a depth. Zero at adam, lr 0.003, decay 1e-4, batch 64, depth 5. */
void problem_tuning(double *values, const double *point, size_t n)
{
    (void)n;
    static const double offset[] = {0.25, 0, 0.15, 0.6},
                        best_lr[] = {-1, -2.5228787452803374, -2, -0.5};
    size_t optimizer = (size_t)point[0];
    double lr = log10(point[1]) - best_lr[optimizer], decay = log10(point[2]) + 4;
    double batch = point[3] - 2, depth = point[4] - 5; /* the index of 64 is 2 */
    values[0] = offset[optimizer] + 0.5 * square(lr) + 0.05 * square(decay) +
                0.04 * square(batch) + 0.03 * square(depth) + 0.02 * lr * depth +
                0.03 * decay * batch;
}

/* Each of two branches has parameters of its own. Zero at b, y = 0.7, k = 3. */
void problem_branches(double *values, const double *point, size_t n)
{
    (void)n;
    if (point[0] == 0)
        values[0] = 0.2 + square(point[1] - 0.3) + 0.5 * square(point[2] - 0.6);
    else
        values[0] = 2 * square(point[3] - 0.7) + 0.1 * square(point[4] - 3) +
                    0.3 * fabs(point[3] - 0.7) * fabs(point[4] - 3);
}

/* 5^5 points; each factor interacts with the next. Zero at 1, 3, 0, 2, 4. */
void problem_levels(double *values, const double *point, size_t n)
{
    static const double best[] = {1, 3, 0, 2, 4};
    values[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t next = (i + 1) % n;
        double here = fabs(point[i] - best[i]);
        values[0] += here + 0.5 * here * fabs(point[next] - best[next]);
    }
}

/* Thirty wells, one for each pair of categories, with their bottoms in different places and at
 * different depths. Zero at the third and the second category, x = 0.4, y = 0.3. */
void problem_wells(double *values, const double *point, size_t n)
{
    (void)n;
    static const double centres[] = {0.9, 0.3, 0.6, 0.1, 0.75};
    int a = (int)point[0], b = (int)point[1];
    double bottom = a == 2 && b == 1 ? 0 : 0.05 * (1 + (2 * a + 3 * b) % 7);
    values[0] = bottom + square(point[2] - 0.2 - 0.1 * a) + 0.7 * square(point[3] - centres[b]);
}

/* A choice of three models, each with settings of its own. Zero at the third, lr 0.002, 2
 * layers, the second of which has 48 units, and scaling on. */
void problem_pipeline(double *values, const double *point, size_t n)
{
    (void)n;
    const double *p = point + 1; /* scale; c, gamma; trees, depth; lr, layers, units2 */
    values[0] = p[0] == 0 ? 0.05 : 0;
    if (point[0] == 0) {
        double c = log10(p[1]) - 1, gamma = log10(p[2]) + 2;
        values[0] += 0.12 + 0.06 * square(c) + 0.08 * square(gamma) + 0.05 * c * gamma;
    } else if (point[0] == 1) {
        values[0] += 0.1 + 0.2 * exp(-p[3] / 60) + 0.01 * square((p[4] - 9) / 2);
    } else {
        double lr = log10(p[5] / 0.002), layers = p[6] - 2;
        double units = isnan(p[7]) ? 2 : log2(p[7] / 48);
        values[0] += 0.15 * square(lr) + 0.06 * square(layers) + 0.03 * square(units) +
                     0.03 * fabs(lr * layers);
    }
}

/* From the middle of the space, for spaces where only the time counts. */
void problem_distance(double *values, const double *point, size_t n)
{
    values[0] = 0;
    for (size_t d = 0; d < n; d++)
        values[0] += isnan(point[d]) ? 0 : fabs(point[d] - 0.3 * (double)(d + 1));
}
