#include "search/chebyshev.h"

#include "search/acquisition.h"

#include <math.h>

/* The weight of the sum beside the maximum: rho. */
#define AUGMENTATION 0.05

/* The integrand is taken down to exp(-REACH) of its value at the end. */
#define REACH 36

/* Gauss-Legendre nodes and weights on [-1, 1]; the other half is symmetric. Abramowitz & Stegun
 * table 25.4, n = 20. */
static const double nodes[][2] = {
    {0.0765265211334973338, 0.1527533871307258507},
    {0.2277858511416450781, 0.1491729864726037467},
    {0.3737060887154195607, 0.1420961093183820513},
    {0.5108670019508270980, 0.1316886384491766269},
    {0.6360536807265150254, 0.1181945319615184174},
    {0.7463319064601507926, 0.1019301198172404351},
    {0.8391169718222188234, 0.0832767415767047487},
    {0.9122344282513259058, 0.0626720483341090636},
    {0.9639719272779137912, 0.0406014298003869413},
    {0.9931285991850949248, 0.0176140071391521183},
};
enum { NODES = sizeof nodes / sizeof nodes[0] };

/* Pieces of the range, so that a step within it is not missed. */
#define PIECES 2

double chebyshev_value(const struct chebyshev *c, const double *values)
{
    double most = -INFINITY, sum = 0;
    for (size_t k = 0; k < c->n; k++) {
        double part = c->weights[k] * (values[k] - c->ideal[k]);
        most = fmax(most, part);
        sum += part;
    }
    return most + AUGMENTATION * sum;
}

/* The maximum is below t when objective k is below this. */
static double limit(const struct chebyshev *c, size_t k, double t)
{
    return t / c->weights[k] + c->ideal[k];
}

/* ln P(the maximum is below t), and its derivative by t when that is wanted. */
static double log_below(const struct chebyshev *c, const struct belief *beliefs, double t,
                        double *by_t)
{
    double sum = 0, slope;
    if (by_t)
        *by_t = 0;
    for (size_t k = 0; k < c->n; k++) {
        double deviation = sqrt(beliefs[k].variance);
        sum += log_probability((limit(c, k, t) - beliefs[k].mean) / deviation, &slope);
        if (by_t)
            *by_t += slope / (deviation * c->weights[k]);
    }
    return sum;
}

/* How far below `end` the integrand matters. It is log-concave: it falls at least as fast as at
 * the end. Where that is slowly, the end is well above some mean, and twelve deviations below
 * that there is next to nothing. */
static double reach_below(const struct chebyshev *c, const struct belief *beliefs, double end)
{
    double by_t, at_end = log_below(c, beliefs, end, &by_t), reach = HUGE_VAL;
    for (size_t k = 0; k < c->n; k++) {
        double deviation = sqrt(beliefs[k].variance);
        double above = limit(c, k, end) - beliefs[k].mean;
        if (above > -6 * deviation)
            reach = fmin(reach, c->weights[k] * (above + 12 * deviation));
    }
    if (by_t * reach > REACH)
        reach = REACH / by_t;
    while (log_below(c, beliefs, end - reach / 2, NULL) < at_end - REACH)
        reach /= 2;
    return reach;
}

/* Add the integrand at t, relative to exp(reference), to the integral and its derivatives. */
static void add_node(const struct chebyshev *c, const struct belief *beliefs, double t,
                     double weight, double reference, double *integral, struct belief *slopes)
{
    double part = weight * exp(log_below(c, beliefs, t, NULL) - reference), slope;
    *integral += part;
    for (size_t k = 0; k < c->n; k++) {
        double deviation = sqrt(beliefs[k].variance);
        double z = (limit(c, k, t) - beliefs[k].mean) / deviation;
        log_probability(z, &slope);
        slopes[k].mean -= part * slope / deviation;
        slopes[k].variance -= part * slope * z / (2 * beliefs[k].variance);
    }
}

static double expected_augmentation(const struct chebyshev *c, const struct belief *beliefs)
{
    double sum = 0;
    for (size_t k = 0; k < c->n; k++)
        sum += c->weights[k] * (beliefs[k].mean - c->ideal[k]);
    return AUGMENTATION * sum;
}

double log_chebyshev(const struct chebyshev *c, const struct belief *beliefs,
                     struct belief *slopes)
{
    double end = c->best - expected_augmentation(c, beliefs), integral = 0;
    double reference = log_below(c, beliefs, end, NULL);
    double half = reach_below(c, beliefs, end) / (2 * PIECES);
    for (size_t k = 0; k < c->n; k++)
        slopes[k] = (struct belief){0, 0};
    for (size_t i = 0; i < 2 * PIECES * NODES; i++) {
        const double *node = nodes[i / 2 % NODES];
        size_t piece = i / (2 * NODES);
        double middle = end - half * (double)(2 * piece + 1);
        double t = middle + (i % 2 ? half : -half) * node[0];
        add_node(c, beliefs, t, half * node[1], reference, &integral, slopes);
    }
    for (size_t k = 0; k < c->n; k++) {
        slopes[k].mean = (slopes[k].mean - AUGMENTATION * c->weights[k]) / integral;
        slopes[k].variance /= integral;
    }
    return reference + log(integral);
}
