#include "tests/bench/learning_curves.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

static double square(double x)
{
    return x * x;
}

/* How bad the parameters are in the end, from 0 up to about 1: a narrow valley in the first
 * two, a bowl in the third, little in the fourth; the second category has its best elsewhere.
 */
static double badness(const double *x, int category)
{
    double valley = x[0] - 0.55 - 0.5 * (x[1] - 0.5) - 0.15 * category;
    return 2.5 * square(valley) + 0.5 * square(x[1] - 0.35) + 0.6 * square(x[2] - 0.6) +
           0.1 * square(x[3] - 0.5) + 0.06 * category;
}

/* A power law with an exponent that differs little. */
static double power(const double *x, int category, double t)
{
    return 0.1 + badness(x, category) + pow(1 + t, -0.5 - 0.3 * x[2]);
}

/* Slow learners end lower: by 0.3 from the fastest to the slowest. */
static double crossing(const double *x, int category, double t)
{
    double time = pow(50, x[3]) / 2, floor = 0.1 + badness(x, category) + 0.3 * (1 - x[3]);
    return floor + (2 - floor) * exp(-t / time);
}

/* Beyond some rate it learns nothing at all, and a little below that it falls apart after a
 * while. */
static double diverging(const double *x, int category, double t)
{
    double excess = x[0] - 0.7 + 0.2 * x[2];
    if (excess > 0.08)
        return 2.3;
    double lost = excess > 0 && t > 4 + 100 * (0.08 - excess) ? 2 : 0;
    return 0.1 + badness(x, category) + 1.5 * pow(1 + t, -0.7) + lost;
}

/* Whoever has not started to learn yet is as good as chance. */
static double plateau(const double *x, int category, double t)
{
    double begins = 12 * x[1] * (1 - x[0]), floor = 0.1 + badness(x, category);
    return floor + (2.3 - floor) / (1 + exp((t - begins) / 2) * square(1 + t / 10));
}

const struct curve_family curve_families[CURVE_FAMILIES] = {
    {"power", "power laws of similar exponents", 0, power},
    {"noisy", "the same with noise", 0.05, power},
    {"crossing", "slow learners end lower", 0.005, crossing},
    {"diverging", "a part never learns or falls apart", 0.01, diverging},
    {"plateau", "learning begins late for some", 0.01, plateau},
};

double curve_noise(uint64_t seed, const double *x, double epochs)
{
    struct rng rng;
    for (int i = 0; i < CURVE_PARAMS; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        seed = rng_derive(seed, "noise", bits, 0);
    }
    rng_seed(&rng, rng_derive(seed, "epochs", (uint64_t)epochs, 0));
    return rng_normal(&rng);
}
