#include "search/ehvi.h"

#include "search/acquisition.h"

#include <math.h>

/* A logarithm and its derivatives by one belief. */
struct term {
    double value;
    struct belief by;
};

static struct term improvement(double below, const struct belief *belief)
{
    struct term term;
    term.value = log_expected_improvement(below, belief->mean, belief->variance, &term.by.mean,
                                          &term.by.variance);
    return term;
}

/* Steps of the expected improvement that are smaller than this, in deviations, are taken from
 * the derivative in their middle, which is off by a relative step^2 / 24; the difference of the
 * logarithms would lose digits. */
#define SMALL_STEP 1e-4

/* ln(E(high) - E(low)), where E' = Phi; `lower` and `upper` are ln E of both. */
static struct term difference(double low, double high, const struct term *lower,
                              const struct term *upper, const struct belief *belief)
{
    if (isinf(low))
        return *upper;
    double deviation = sqrt(belief->variance), slope;
    double z = ((low + high) / 2 - belief->mean) / deviation;
    if ((high - low) / deviation * (1 + fabs(z)) < SMALL_STEP) {
        double value = log(high - low) + log_probability(z, &slope);
        return (struct term){value, {-slope / deviation, -slope * z / (2 * belief->variance)}};
    }
    double rest = -expm1(lower->value - upper->value), ratio = 1 - rest;
    return (struct term){upper->value + log(rest),
                         {(upper->by.mean - ratio * lower->by.mean) / rest,
                          (upper->by.variance - ratio * lower->by.variance) / rest}};
}

static void blend(struct belief *sum, double weight, const struct belief *by)
{
    sum->mean += weight * (by->mean - sum->mean);
    sum->variance += weight * (by->variance - sum->variance);
}

double log_ehvi(const struct corner *front, size_t n, struct corner reference,
                const struct belief beliefs[2], struct belief slopes[2])
{
    double sum = -INFINITY, low = -INFINITY;
    struct term lower = {0, {0, 0}};
    slopes[0] = slopes[1] = (struct belief){0, 0};
    for (size_t i = 0; i <= n; i++) {
        double high = i < n ? front[i].a : reference.a;
        struct term upper = improvement(high, &beliefs[0]);
        struct term width = difference(low, high, &lower, &upper, &beliefs[0]);
        struct term height = improvement(i > 0 ? front[i - 1].b : reference.b, &beliefs[1]);
        double value = width.value + height.value;
        low = high;
        lower = upper;
        if (!isfinite(value))
            continue; /* a strip without width */
        double larger = fmax(sum, value);
        sum = larger + log1p(exp(fmin(sum, value) - larger));
        double weight = exp(value - sum); /* of the newest term in the sum */
        blend(&slopes[0], weight, &width.by);
        blend(&slopes[1], weight, &height.by);
    }
    return sum;
}
