/* Tables of tuning results by formula: the error and the joules of training at each cell. */
#include "base/rng.h"
#include "tests/bench/search/problem.h"
#include "tests/bench/search/problem_impl.h"

#include <math.h>

static double square(double x)
{
    return x * x;
}

double problem_cell_chance(const double *point, size_t n)
{
    uint64_t cell = 0;
    struct rng rng;
    for (size_t i = 0; i < n; i++)
        cell = rng_derive(cell, "cell", isnan(point[i]) ? 1000 : (uint64_t)point[i], i);
    rng_seed(&rng, cell);
    return rng_normal(&rng);
}

double problem_roughened(double error, double roughness, const double *point, size_t n)
{
    return fmin(0.9, error * exp(roughness * problem_cell_chance(point, n)));
}

/* lr, batch, width, depth, optimizer, dropout: all but depth by their index. */
void problem_cnn(double *values, const double *point, size_t n)
{
    static const double best_lr[] = {4.6, 2.2, 2.8}, lost[] = {0, 0.006, 0.012};
    size_t optimizer = (size_t)point[4];
    double width = point[2], depth = point[3];
    /* The larger the batch, the larger the best learning rate; the deeper, the smaller. */
    double lr = point[0] - best_lr[optimizer] - 0.4 * (point[1] - 2) + 0.3 * (depth - 3);
    double capacity = width + 0.8 * depth;
    double overfit = fmax(0, capacity - 5) * (1 - 0.22 * point[5]);
    double error = 0.06 + lost[optimizer] + 0.012 * square(lr) + 0.09 * exp(-0.5 * capacity) +
                   0.012 * overfit + 0.006 * point[5] + 0.003 * square(point[1] - 2);
    if (lr > 2.2)
        error = 0.9; /* it diverges */
    values[0] = problem_roughened(error, 0.03, point, n);
}

double problem_cnn_energy_j(const double *point)
{
    double width = pow(2, point[2]), batch = pow(2, point[1]);
    return 60 + 25 * point[3] * pow(width, 1.4) * (1 + 1.5 / batch);
}

void problem_cnn_front(double *values, const double *point, size_t n)
{
    problem_cnn(values, point, n);
    values[1] = problem_cnn_energy_j(point) / 1000;
}

/* lr, batch, units, layers, decay, activation: all but layers by their index. */
void problem_mlp(double *values, const double *point, size_t n)
{
    double lr = point[0] - 5 - 0.5 * (point[1] - 2) + 0.4 * (point[3] - 2);
    double units = point[2] - 4.5, layers = point[3] - 2;
    double decay = point[4] - 2 + 0.3 * units;
    double error = 0.016 + 0.0022 * square(lr) +
                   0.003 * square(units) * (units < 0 ? 1 : 0.25) + 0.0025 * square(layers) +
                   0.0012 * square(decay) + (point[5] == 0 ? 0 : 0.004 + 0.002 * layers);
    if (lr > 3)
        error = 0.2 + 0.15 * (lr - 3);
    values[0] = problem_roughened(error, 0.05, point, n);
}

double problem_mlp_energy_j(const double *point)
{
    double units = 16 * pow(2, point[2]), batch = 32 * pow(2, point[1]);
    return 20 + 0.0004 * units * (784 + (point[3] - 1) * units) * (1 + 48 / batch);
}

/* booster; depth and rate of trees; drop of dart; l2; rounds. */
void problem_boost(double *values, const double *point, size_t n)
{
    double rounds = point[5];
    double error = 0.21 + 0.01 * square(point[4] - 2) - 0.004 * rounds;
    if (point[0] < 2) {
        double rate = point[2] - 4.5 + 0.7 * (rounds - 2), depth = point[1] - 6;
        error = 0.115 + 0.006 * square(rate) + 0.003 * square(depth) + 0.002 * rate * depth +
                0.003 * square(point[4] - 2);
    }
    if (point[0] == 1)
        error += 0.012 * fabs(point[3] - 1) - 0.01;
    values[0] = problem_roughened(error, 0.02, point, n);
}

double problem_boost_energy_j(const double *point)
{
    double rounds = 50 * pow(2, point[5]);
    if (point[0] == 2)
        return 5 + 0.02 * rounds;
    return 10 + (point[0] == 1 ? 2.5 : 1) * 0.02 * rounds * pow(1.35, point[1]);
}
