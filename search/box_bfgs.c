#include "search/box_bfgs.h"

#include "search/aligned.h"

#include <gsl/gsl_cblas.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ARMIJO 1e-4
#define MOST_BACKTRACKS 12

struct box_bfgs {
    size_t n;
    struct box_bfgs_limits limits;
    size_t told;
    bool ended;
    bool scaled; /* the inverse Hessian has taken the scale of the first pair */
    int backtracks;
    double value, step;
    double *memory;
    double *low, *high;
    double *x, *gradient; /* the best point */
    double *trial;        /* the point to evaluate */
    double *direction;
    double *s, *y, *hy; /* the last step, the change of gradient, inverse Hessian times y */
    double *inverse;    /* n x n: the inverse Hessian */
};

enum status box_bfgs_create(struct box_bfgs **out, size_t n)
{
    struct box_bfgs *b = calloc(1, sizeof *b);
    size_t line = aligned_round(n);
    double *memory = aligned_zeros(9 * line + n * n);
    if (!b || !memory) {
        free(b);
        free(memory);
        return ST_NOMEM;
    }
    double **arrays[] = {&b->low,       &b->high, &b->x, &b->gradient, &b->trial,
                         &b->direction, &b->s,    &b->y, &b->hy,       &b->inverse};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        *arrays[i] = memory + i * line;
    b->memory = memory;
    b->n = n;
    b->ended = true;
    *out = b;
    return ST_OK;
}

void box_bfgs_free(struct box_bfgs *b)
{
    if (!b)
        return;
    free(b->memory);
    free(b);
}

static void reset_inverse(struct box_bfgs *b)
{
    memset(b->inverse, 0, b->n * b->n * sizeof *b->inverse);
    for (size_t i = 0; i < b->n; i++)
        b->inverse[i * b->n + i] = 1;
    b->scaled = false;
}

void box_bfgs_start(struct box_bfgs *b, const double *x, const double *low, const double *high,
                    const struct box_bfgs_limits *limits)
{
    b->limits = *limits;
    b->told = 0;
    b->ended = limits->evaluations == 0;
    b->backtracks = 0;
    b->value = INFINITY;
    for (size_t i = 0; i < b->n; i++) {
        b->low[i] = low[i];
        b->high[i] = high[i];
        b->x[i] = b->trial[i] = fmin(fmax(x[i], low[i]), high[i]);
    }
    reset_inverse(b);
}

const double *box_bfgs_point(const struct box_bfgs *b)
{
    return b->ended ? NULL : b->trial;
}

const double *box_bfgs_best(const struct box_bfgs *b)
{
    return b->x;
}

double box_bfgs_value(const struct box_bfgs *b)
{
    return b->value;
}

/* Held: at a bound with the gradient pointing out of the box, or fixed. */
static bool held(const struct box_bfgs *b, size_t i)
{
    return b->low[i] == b->high[i] || (b->x[i] <= b->low[i] && b->gradient[i] > 0) ||
           (b->x[i] >= b->high[i] && b->gradient[i] < 0);
}

/* The trial point a step along the direction, cut at the box. False when it is where we are. */
static bool place_trial(struct box_bfgs *b)
{
    bool moved = false;
    for (size_t i = 0; i < b->n; i++) {
        double t = b->x[i] + b->step * b->direction[i];
        b->trial[i] = fmin(fmax(t, b->low[i]), b->high[i]);
        moved = moved || b->trial[i] != b->x[i];
    }
    return moved;
}

/* The quasi-Newton direction over the free variables; answers their largest gradient. */
static double aim(struct box_bfgs *b)
{
    double largest = 0;
    for (size_t i = 0; i < b->n; i++) {
        b->s[i] = held(b, i) ? 0 : b->gradient[i];
        largest = fmax(largest, fabs(b->s[i]));
    }
    for (size_t i = 0; i < b->n; i++) {
        b->direction[i] = 0;
        if (!held(b, i))
            b->direction[i] = -cblas_ddot((int)b->n, b->inverse + i * b->n, 1, b->s, 1);
    }
    return largest;
}

/* Choose the direction and the first step from a point that was just accepted. */
static void next_line(struct box_bfgs *b)
{
    if (aim(b) <= b->limits.gradient) {
        b->ended = true;
        return;
    }
    double widest = 0, length = cblas_dnrm2((int)b->n, b->direction, 1);
    for (size_t i = 0; i < b->n; i++)
        widest = fmax(widest, fabs(b->direction[i]));
    b->step = b->scaled ? 1 : b->limits.first_step / length;
    b->step = fmin(b->step, b->limits.largest_step / widest);
    b->backtracks = 0;
    b->ended = !place_trial(b);
}

/* The BFGS update of the inverse Hessian, where the curvature along the step is positive. */
static void update(struct box_bfgs *b)
{
    int n = (int)b->n;
    double sy = cblas_ddot(n, b->s, 1, b->y, 1), yy = cblas_ddot(n, b->y, 1, b->y, 1);
    if (sy <= 1e-10 * sqrt(yy) * cblas_dnrm2(n, b->s, 1))
        return;
    if (!b->scaled)
        cblas_dscal(n * n, sy / yy, b->inverse, 1);
    b->scaled = true;
    cblas_dsymv(CblasRowMajor, CblasUpper, n, 1, b->inverse, n, b->y, 1, 0, b->hy, 1);
    double scale = (1 + cblas_ddot(n, b->y, 1, b->hy, 1) / sy) / sy;
    cblas_dger(CblasRowMajor, n, n, scale, b->s, 1, b->s, 1, b->inverse, n);
    cblas_dger(CblasRowMajor, n, n, -1 / sy, b->hy, 1, b->s, 1, b->inverse, n);
    cblas_dger(CblasRowMajor, n, n, -1 / sy, b->s, 1, b->hy, 1, b->inverse, n);
}

static void accept(struct box_bfgs *b, double value, const double *gradient)
{
    bool first = !isfinite(b->value);
    double gain = b->value - value;
    for (size_t i = 0; i < b->n; i++) {
        b->s[i] = b->trial[i] - b->x[i];
        b->y[i] = gradient[i] - b->gradient[i];
        b->x[i] = b->trial[i];
        b->gradient[i] = gradient[i];
    }
    b->value = value;
    if (!first) {
        update(b);
        b->ended = gain < b->limits.decrease;
    }
    if (!b->ended)
        next_line(b);
}

/* A shorter step: the minimum of the parabola through the two values and the slope. */
static void backtrack(struct box_bfgs *b, double value, double slope)
{
    double factor = 0.25;
    if (isfinite(value))
        factor = fmin(fmax(-slope / (2 * (value - b->value - slope)), 0.1), 0.5);
    b->step *= factor;
    b->ended = ++b->backtracks > MOST_BACKTRACKS || !place_trial(b);
}

void box_bfgs_tell(struct box_bfgs *b, double value, const double *gradient)
{
    if (b->ended)
        return;
    b->told++;
    if (!isfinite(b->value)) {
        if (isfinite(value))
            accept(b, value, gradient);
        else
            b->ended = true; /* nowhere to step back to */
    } else {
        double slope = 0;
        for (size_t i = 0; i < b->n; i++)
            slope += b->gradient[i] * (b->trial[i] - b->x[i]);
        if (isfinite(value) && value <= b->value + ARMIJO * slope)
            accept(b, value, gradient);
        else
            backtrack(b, value, slope);
    }
    b->ended = b->ended || b->told >= b->limits.evaluations;
}
