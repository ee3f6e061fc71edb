#include "search/gp_map.h"

#include "search/aligned.h"
#include "search/box_bfgs.h"
#include "search/gp_kernel.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_linalg.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct gp_map {
    struct gp_data data;
    struct box_bfgs *descent;
    double *memory;
    double *matrix;         /* [n x n]: covariance, its factor, its inverse (lower) */
    double *slope;          /* [n x n]: see kernel_row() */
    double *z, *dz;         /* [n]: warped targets, by ln tau */
    double *alpha;          /* [n]: K^-1 (z - mean) */
    double *ones;           /* [n] */
    double *inverse_square; /* [dims] */
    double *low, *high;     /* [count] bounds of theta */
    double *gradient;       /* [count] */
};

/* Normal priors of the logarithms, and bounds. */
struct prior {
    double mean, deviation, low, high;
};

static struct prior length_prior(size_t dims)
{
    return (struct prior){log((double)dims) / 2, 1, log(0.025), log(1e3)};
}

static const struct prior amplitude_prior = {0, 2, -5, 5};
static const struct prior noise_prior = {-8, 3, -13.815510557964274, 0}; /* from 1e-6 */
static const struct prior tau_prior = {1, 2, -9, 7};

static struct prior prior_of(size_t dims, size_t i)
{
    if (i < dims)
        return length_prior(dims);
    return i == dims ? amplitude_prior : i == dims + 1 ? noise_prior : tau_prior;
}

size_t gp_map_count(size_t dims, bool warped)
{
    return dims + 2 + warped;
}

enum status gp_map_create(struct gp_map **out, const struct gp_data *data)
{
    size_t n = data->n, count = gp_map_count(data->dims, data->warped);
    size_t line = aligned_round(n), square = aligned_round(n * n);
    struct gp_map *map = calloc(1, sizeof *map);
    double *memory = aligned_zeros(2 * square + 4 * line + data->dims + 3 * count);
    if (!map || !memory || box_bfgs_create(&map->descent, count)) {
        free(memory);
        free(map);
        return ST_NOMEM;
    }
    map->data = *data;
    map->memory = memory;
    map->matrix = memory;
    map->slope = map->matrix + square;
    map->z = map->slope + square;
    map->dz = map->z + line;
    map->alpha = map->dz + line;
    map->ones = map->alpha + line;
    map->inverse_square = map->ones + line;
    map->low = map->inverse_square + data->dims;
    map->high = map->low + count;
    map->gradient = map->high + count;
    for (size_t i = 0; i < count; i++) {
        struct prior prior = prior_of(data->dims, i);
        map->low[i] = i == data->dims + 2 ? fmax(prior.low, log(data->least_tau)) : prior.low;
        map->high[i] = prior.high;
    }
    *out = map;
    return ST_OK;
}

void gp_map_free(struct gp_map *map)
{
    if (!map)
        return;
    box_bfgs_free(map->descent);
    free(map->memory);
    free(map);
}

double gp_map_mean(const double *factor, size_t stride, const double *z, size_t n, double *a,
                   double *b)
{
    memcpy(a, z, n * sizeof *z);
    for (size_t i = 0; i < n; i++)
        b[i] = 1;
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)n, factor,
                (int)stride, a, 1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)n, factor,
                (int)stride, b, 1);
    return cblas_ddot((int)n, a, 1, b, 1) / (cblas_ddot((int)n, b, 1, b, 1) + 1);
}

/* Factor the covariance of theta into map->matrix. False when it is not positive definite. */
static bool factor(struct gp_map *map, const double *theta)
{
    const struct gp_data *data = &map->data;
    size_t n = data->n, dims = data->dims;
    for (size_t j = 0; j < dims; j++)
        map->inverse_square[j] = exp(-2 * theta[j]);
    struct kernel kernel = {dims, data->categorical, map->inverse_square, exp(theta[dims])};
    kernel_matrix(&kernel, data->points, n, n, exp(theta[dims + 1]), map->matrix, map->slope);
    gsl_matrix_view view = gsl_matrix_view_array(map->matrix, n, n);
    return gsl_linalg_cholesky_decomp1(&view.matrix) == 0;
}

/* -ln p(z | theta) with the best mean, and alpha. */
static double misfit(struct gp_map *map)
{
    int n = (int)map->data.n;
    double mean =
        gp_map_mean(map->matrix, map->data.n, map->z, map->data.n, map->alpha, map->ones);
    double value = mean * mean / 2;
    for (int i = 0; i < n; i++) {
        map->alpha[i] -= mean * map->ones[i];
        value += log(map->matrix[i * n + i]);
    }
    value += cblas_ddot(n, map->alpha, 1, map->alpha, 1) / 2;
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, n, map->matrix, n,
                map->alpha, 1);
    return value;
}

/* d misfit / d ln l_j = 1/2 sum_ik (K^-1 - alpha alpha')_ik dK_ik/d ln l_j over all pairs, once
 * for each pair below the diagonal of map->matrix, which is the inverse. */
static void length_gradient(struct gp_map *map, double *gradient)
{
    const struct gp_data *data = &map->data;
    size_t n = data->n;
    memset(gradient, 0, data->dims * sizeof *gradient);
    for (size_t i = 1; i < n; i++) {
        double *weight = map->slope + i * n;
        const double *inverse = map->matrix + i * n;
        for (size_t k = 0; k < i; k++)
            weight[k] *= inverse[k] - map->alpha[i] * map->alpha[k];
        for (size_t j = 0; j < data->dims; j++) {
            const double *x = data->points + j * n;
            double sum = 0;
            if (data->categorical[j])
                for (size_t k = 0; k < i; k++)
                    sum += x[k] != x[i] ? weight[k] : 0;
            else
                for (size_t k = 0; k < i; k++)
                    sum += weight[k] * (x[k] - x[i]) * (x[k] - x[i]);
            gradient[j] += sum * map->inverse_square[j];
        }
    }
}

/* The gradient of misfit() by the ln length scales, ln amplitude and ln noise. The covariance
 * is noise on the diagonal plus a multiple of the amplitude, so both of their traces follow
 * from K^-1 K = 1. */
static void misfit_gradient(struct gp_map *map, const double *theta, double *gradient)
{
    size_t n = map->data.n, dims = map->data.dims;
    gsl_matrix_view view = gsl_matrix_view_array(map->matrix, n, n);
    gsl_linalg_tri_invert(CblasLower, CblasNonUnit, &view.matrix);
    gsl_linalg_tri_LTL(&view.matrix);
    double trace = 0, squares = 0, fit = 0, noise = exp(theta[dims + 1]);
    double mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += map->alpha[i]; /* at the best mean, 1' alpha = mean / prior variance */
    for (size_t i = 0; i < n; i++) {
        trace += map->matrix[i * n + i];
        squares += map->alpha[i] * map->alpha[i];
        fit += map->alpha[i] * (map->z[i] - mean);
    }
    length_gradient(map, gradient);
    gradient[dims] = ((double)n - fit - noise * (trace - squares)) / 2;
    gradient[dims + 1] = noise * (trace - squares) / 2;
}

/* Add the priors' -ln p. */
static double add_priors(const struct gp_map *map, const double *theta, double *gradient)
{
    size_t dims = map->data.dims;
    double value = 0;
    for (size_t i = 0; i < gp_map_count(dims, map->data.warped); i++) {
        struct prior prior = prior_of(dims, i);
        double d = (theta[i] - prior.mean) / prior.deviation;
        value += d * d / 2;
        if (gradient)
            gradient[i] += d / prior.deviation;
    }
    return value;
}

double gp_map_value(struct gp_map *map, const double *theta, double *gradient)
{
    const struct gp_data *data = &map->data;
    size_t n = data->n, tau = data->dims + 2;
    struct warp warp;
    struct warp_slope slope = {map->dz, 0};
    warp_prepare(&warp, data->y, n, map->ones);
    double jacobian =
        warp_apply(&warp, data->warped ? theta[tau] : HUGE_VAL, data->y, n, map->z, &slope);
    if (!factor(map, theta))
        return INFINITY;
    double value = misfit(map);
    if (data->warped)
        value -= jacobian;
    if (gradient) {
        misfit_gradient(map, theta, gradient);
        if (data->warped)
            gradient[tau] = cblas_ddot((int)n, map->alpha, 1, map->dz, 1) - slope.jacobian;
    }
    return value + add_priors(map, theta, gradient);
}

double gp_map_descend(struct gp_map *map, double *theta, size_t evaluations)
{
    struct box_bfgs_limits limits = {evaluations, 0.5, 2, 1e-3, 1e-4};
    size_t count = gp_map_count(map->data.dims, map->data.warped);
    const double *point;
    box_bfgs_start(map->descent, theta, map->low, map->high, &limits);
    while ((point = box_bfgs_point(map->descent))) {
        double value = gp_map_value(map, point, map->gradient);
        box_bfgs_tell(map->descent, value, map->gradient);
    }
    double best = box_bfgs_value(map->descent);
    if (isfinite(best))
        memcpy(theta, box_bfgs_best(map->descent), count * sizeof *theta);
    return best;
}

void gp_map_start(double *theta, size_t dims, bool warped, size_t number)
{
    for (size_t j = 0; j < dims; j++)
        theta[j] = log(number == 0 ? 1.0 : 0.3) + log((double)dims) / 2;
    theta[dims] = 0;
    theta[dims + 1] = number == 0 ? -6 : -4;
    if (warped)
        theta[dims + 2] = number == 0 ? 2 : 0;
}
