#include "results/regression.h"

#include "results/stats.h"

#include <math.h>
#include <stdbool.h>

/* A column that the others explain to this share of its length. */
#define DEPENDENT 1e-10

/* The normal equations, and what comes of them. */
struct normal {
    size_t k;
    double a[REGRESSION_MAX][REGRESSION_MAX]; /* x'x, then its Cholesky factor, lower */
    double b[REGRESSION_MAX];                 /* x'y, then the estimates */
};

static void form(struct normal *normal, const double *x, const double *y, size_t n)
{
    size_t k = normal->k;
    for (size_t row = 0; row < n; row++)
        for (size_t i = 0; i < k; i++) {
            normal->b[i] += x[row * k + i] * y[row];
            for (size_t j = 0; j <= i; j++)
                normal->a[i][j] += x[row * k + i] * x[row * k + j];
        }
}

static bool factor(struct normal *normal)
{
    for (size_t i = 0; i < normal->k; i++) {
        double length = normal->a[i][i];
        for (size_t j = 0; j <= i; j++) {
            double sum = normal->a[i][j];
            for (size_t l = 0; l < j; l++)
                sum -= normal->a[i][l] * normal->a[j][l];
            if (j < i)
                normal->a[i][j] = sum / normal->a[j][j];
            else if (!(sum > DEPENDENT * length))
                return false;
            else
                normal->a[i][i] = sqrt(sum);
        }
    }
    return true;
}

/* Solve (L L') out = b in place. */
static void solve(const struct normal *normal, double *b)
{
    for (size_t i = 0; i < normal->k; i++) {
        for (size_t j = 0; j < i; j++)
            b[i] -= normal->a[i][j] * b[j];
        b[i] /= normal->a[i][i];
    }
    for (size_t i = normal->k; i-- > 0;) {
        for (size_t j = i + 1; j < normal->k; j++)
            b[i] -= normal->a[j][i] * b[j];
        b[i] /= normal->a[i][i];
    }
}

/* The squares that are left over, and those about the mean. */
static void sum_squares(const struct normal *normal, const double *x, const double *y, size_t n,
                        double *left, double *all)
{
    double mean = 0;
    *left = *all = 0;
    for (size_t row = 0; row < n; row++)
        mean += y[row] / (double)n;
    for (size_t row = 0; row < n; row++) {
        double fitted = 0;
        for (size_t i = 0; i < normal->k; i++)
            fitted += x[row * normal->k + i] * normal->b[i];
        *left += pow(y[row] - fitted, 2);
        *all += pow(y[row] - mean, 2);
    }
}

enum status regression_fit(struct regression *fit, const double *x, const double *y, size_t n,
                           size_t k)
{
    struct normal normal = {.k = k};
    double left, all;
    *fit = (struct regression){.n = n, .k = k};
    if (n <= k || k > REGRESSION_MAX)
        return ST_INVALID;
    form(&normal, x, y, n);
    if (!factor(&normal))
        return ST_NUMERIC;
    solve(&normal, normal.b);
    sum_squares(&normal, x, y, n, &left, &all);
    fit->r_squared = all > 0 ? 1 - left / all : (double)NAN;
    double t = stats_student((double)(n - k)), variance = left / (double)(n - k);
    for (size_t i = 0; i < k; i++) {
        double unit[REGRESSION_MAX] = {0};
        unit[i] = 1;
        solve(&normal, unit); /* column i of the inverse of x'x */
        double half = t * sqrt(variance * unit[i]);
        fit->coefficients[i] = (struct regression_coefficient){normal.b[i], normal.b[i] - half,
                                                               normal.b[i] + half};
    }
    return ST_OK;
}
