/* Tables of learning curves by formula: the last parameter of a point is the epochs. */
#include "tests/bench/search/problem.h"
#include "tests/bench/search/problem_impl.h"

#include <math.h>

static double square(double x)
{
    return x * x;
}

/* lr, decay and width by their index, epochs. A larger learning rate learns faster and ends at
 * a higher error, so that curves cross. */
void problem_curves(double *values, const double *point, size_t n)
{
    double lr = (point[0] - 6.5) / 3, decay = point[1] - 2, width = point[2] - 3,
           epochs = point[3];
    double end = 0.04 + 0.012 * square(lr) + 0.004 * square(decay) + 0.004 * square(width) +
                 0.002 * decay * width;
    double rate = fmax(0.25, 1.1 + 0.45 * lr);
    if (lr > 1.4)
        end += 0.4; /* it diverges */
    values[0] = problem_roughened(end, 0.03, point, n - 1) + 0.5 * pow(epochs, -rate) +
                0.001 * problem_cell_chance(point, n) / sqrt(epochs);
}

double problem_curves_energy_j(const double *point)
{
    return (4 + 2 * pow(1.6, point[2])) * point[3];
}

/* The table `cnn` without dropout, approached from guessing: small batches need fewer epochs.
 */
void problem_cnn_epochs(double *values, const double *point, size_t n)
{
    const double trained[] = {point[0], point[1], point[2], point[3], point[4], 1};
    double epochs = point[n - 1], rate = 1.6 - 0.15 * point[1];
    problem_cnn(values, trained, n);
    values[0] += (0.9 - values[0]) * exp(-rate * sqrt(epochs));
}

double problem_cnn_epochs_energy_j(const double *point)
{
    return problem_cnn_energy_j(point) * point[5] / 16;
}
