#include "search/acquisition.h"

#include <math.h>

#define LN_SQRT_2PI 0.91893853320467274178
#define SQRT_2PI 2.50662827463100050242

/* Below this the continued fraction converges fast: the farther out, the fewer terms. */
#define TAIL (-3.0)
static int fraction_terms(double x)
{
    return 8 + (int)(450 / (x * x));
}

/* For z = -x in the tail, Mills' ratio R = Phi(-x) / phi(x) is 1 / (x + 1/c) with the continued
 * fraction c = x + 2/(x + 3/(x + ...)) (Abramowitz & Stegun 26.2.14). */
static double fraction(double x)
{
    double c = x;
    for (int k = fraction_terms(x); k > 1; k--)
        c = x + k / c;
    return c;
}

/* phi + z Phi = phi (1 - x R) = phi / (1 + x c), without a difference, and the slope
 * Phi / (phi + z Phi) is c. */
static double tail(double x, double *slope)
{
    double c = fraction(x);
    *slope = c;
    return -x * x / 2 - LN_SQRT_2PI - log1p(x * c);
}

double log_probability(double z, double *slope)
{
    if (z < TAIL) {
        *slope = -z + 1 / fraction(-z);
        return -z * z / 2 - LN_SQRT_2PI - log(*slope);
    }
    double probability = erfc(-z * M_SQRT1_2) / 2;
    *slope = exp(-z * z / 2) / SQRT_2PI / probability;
    return z > 0 ? log1p(-erfc(z * M_SQRT1_2) / 2) : log(probability);
}

double log_positive_part(double z, double *slope)
{
    if (z < TAIL)
        return tail(-z, slope);
    double density = exp(-z * z / 2) / SQRT_2PI;
    double probability = erfc(-z * M_SQRT1_2) / 2;
    double part = density + z * probability;
    *slope = probability / part;
    return log(part);
}

double log_expected_improvement(double best, double mean, double variance, double *by_mean,
                                double *by_variance)
{
    double deviation = sqrt(variance), slope;
    double z = (best - mean) / deviation;
    double value = log_positive_part(z, &slope);
    *by_mean = -slope / deviation;
    *by_variance = (1 - z * slope) / (2 * variance);
    return value + log(variance) / 2;
}

/* 1 - q = (1 - q^2) / (1 + q) has no difference in it. */
double log_learned_share(double variance, double noise, double *by_variance)
{
    double sum = variance + noise, q = sqrt(noise / sum);
    double share = variance / (sum * (1 + q));
    *by_variance = q / (2 * sum * share);
    return log(share);
}
