/* box_bfgs.h - BFGS descent within a box, one evaluation at a time.
 *
 * Minimises a smooth function of n variables with bounds. The caller owns the loop: it
 * evaluates box_bfgs_point() and tells the value and the gradient, so several descents can run
 * side by side and be evaluated as one batch.
 *
 *     while ((x = box_bfgs_point(b)))
 *         box_bfgs_tell(b, function(x, gradient), gradient);
 *
 * Method: projected quasi-Newton steps with the inverse Hessian of BFGS restricted to the
 * variables that are not held at a bound (Bertsekas 1982; Nocedal & Wright 2006, ch. 6 and
 * 16.7), and backtracking to Armijo's condition. Threading: one descent per thread. */
#ifndef SEARCH_BOX_BFGS_H
#define SEARCH_BOX_BFGS_H

#include "base/status.h"

#include <stddef.h>

struct box_bfgs;

struct box_bfgs_limits {
    size_t evaluations;  /* at most so many calls of tell */
    double first_step;   /* length of the very first step, before the curvature is known */
    double largest_step; /* no variable moves farther in one step */
    double gradient;     /* stop when no free component of the gradient is larger */
    double decrease;     /* stop when a step gains less than this */
};

/* A descent of n variables. Errors: ST_NOMEM. */
enum status box_bfgs_create(struct box_bfgs **out, size_t n);
void box_bfgs_free(struct box_bfgs *b);

/* Start (again) at x[n], moved into the box low[n] .. high[n]; a variable with low == high
 * stays where it is. The arrays are copied. */
void box_bfgs_start(struct box_bfgs *b, const double *x, const double *low, const double *high,
                    const struct box_bfgs_limits *limits);

/* The point to evaluate next, or NULL when the descent has ended. */
const double *box_bfgs_point(const struct box_bfgs *b);

/* The value and the gradient[n] at that point. A value that is not finite is taken as a step
 * too far. */
void box_bfgs_tell(struct box_bfgs *b, double value, const double *gradient);

/* The best point so far and its value (INFINITY while there was no finite one). */
const double *box_bfgs_best(const struct box_bfgs *b);
double box_bfgs_value(const struct box_bfgs *b);

#endif
