/* regression.h - least squares: how much of a figure each of several counts brings.
 * Source: Hastie, Tibshirani & Friedman 2009, section 3.2. Threading: no shared state. */
#ifndef RESULTS_REGRESSION_H
#define RESULTS_REGRESSION_H

#include "base/status.h"

#include <stddef.h>

#define REGRESSION_MAX 8

struct regression_coefficient {
    double estimate;
    double low, high; /* 95 % confidence interval, by Student's distribution */
};

struct regression {
    size_t n, k;
    double r_squared;                                           /* NaN when all y are equal */
    struct regression_coefficient coefficients[REGRESSION_MAX]; /* [k] */
};

/* Fit y = x b: x is [n x k] row-major, with a column of ones for a constant; n > k, k at most
 * REGRESSION_MAX. Errors: ST_INVALID for too few rows; ST_NUMERIC when the columns depend on
 * one another. */
enum status regression_fit(struct regression *fit, const double *x, const double *y, size_t n,
                           size_t k);

#endif
