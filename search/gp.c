#include "search/gp.h"

#include "search/aligned.h"
#include "search/gp_impl.h"
#include "search/gp_map.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fantasies count as if they told the function without noise: what is pending must not be asked
 * for again to average noise that is not there yet. Relative to the amplitude. */
#define FANTASY_NOISE 1e-8

/* OpenBLAS's own call (its header cannot stand beside GSL's): threads cost more than they bring
 * at these sizes, and every rank has its own core. */
void openblas_set_num_threads(int threads);

enum status gp_create(struct gp **out, size_t dims, const bool *categorical, bool warped)
{
    struct gp *gp = calloc(1, sizeof *gp);
    if (!gp)
        return ST_NOMEM;
    gp->categorical = calloc(dims + 1, sizeof *gp->categorical);
    gp->block = aligned_zeros(dims * BLOCK);
    if (!gp->categorical || !gp->block) {
        gp_free(gp);
        return ST_NOMEM;
    }
    if (dims > 0)
        memcpy(gp->categorical, categorical, dims * sizeof *categorical);
    gp->dims = dims;
    gp->warped = warped;
    gsl_set_error_handler_off();
    openblas_set_num_threads(1);
    *out = gp;
    return ST_OK;
}

void gp_free(struct gp *gp)
{
    if (!gp)
        return;
    free(gp->fit.memory);
    free(gp->categorical);
    free(gp->block);
    free(gp);
}

void gp_limit_warp(struct gp *gp, double least_tau)
{
    gp->least_tau = least_tau;
}

size_t gp_count(const struct gp *gp)
{
    return gp->fit.n;
}

const double *gp_theta(const struct gp *gp)
{
    return gp->fit.theta;
}

double gp_mean(const struct gp *gp)
{
    return gp->fit.mean;
}

double gp_noise(const struct gp *gp)
{
    return exp(gp->fit.theta[gp->dims + 1]);
}

double gp_target(const struct gp *gp, double y)
{
    return warp_target(&gp->fit.warp, y);
}

double gp_value(const struct gp *gp, double z)
{
    return warp_inverse(&gp->fit.warp, z);
}

double gp_fitted(const struct gp *gp, size_t i)
{
    return gp->fit.z[i] - gp->fit.noise * gp->fit.alpha[i];
}

static enum status fit_allocate(struct fit *fit, size_t dims, size_t capacity)
{
    size_t c = aligned_round(capacity > BLOCK ? capacity : BLOCK), lines = aligned_round(dims);
    double *memory = aligned_zeros(c * (c + dims + 4 + 2 * BLOCK) + lines + dims + 3);
    if (!memory)
        return ST_NOMEM;
    *fit = (struct fit){.capacity = c, .memory = memory};
    fit->points = memory;
    fit->factor = fit->points + c * dims;
    fit->z = fit->factor + c * c;
    fit->alpha = fit->z + c;
    fit->scratch = fit->alpha + c;
    fit->cross = fit->scratch + 2 * c;
    fit->slope = fit->cross + c * BLOCK;
    fit->inverse_square = fit->slope + c * BLOCK;
    fit->theta = fit->inverse_square + lines;
    return ST_OK;
}

struct kernel gp_kernel_of(const struct gp *gp, const struct fit *fit)
{
    return (struct kernel){gp->dims, gp->categorical, fit->inverse_square,
                           exp(fit->theta[gp->dims])};
}

static void put_point(struct fit *fit, size_t dims, size_t i, const double *x)
{
    for (size_t j = 0; j < dims; j++)
        fit->points[j * fit->capacity + i] = x[j];
}

static bool all_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

/* x := L^-1 x or, transposed, L^-T x over the first n rows. */
static void solve(const struct fit *fit, size_t n, CBLAS_TRANSPOSE_t transpose, double *x)
{
    cblas_dtrsv(CblasRowMajor, CblasLower, transpose, CblasNonUnit, (int)n, fit->factor,
                (int)fit->capacity, x, 1);
}

static void update_alpha(struct fit *fit)
{
    for (size_t i = 0; i < fit->n; i++)
        fit->alpha[i] = fit->z[i] - fit->mean;
    for (size_t i = fit->n; i < fit->capacity; i++)
        fit->alpha[i] = 0;
    solve(fit, fit->n, CblasNoTrans, fit->alpha);
    solve(fit, fit->n, CblasTrans, fit->alpha);
}

/* Added to the diagonal, relative to the amplitude. */
static const double jitters[] = {0, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3};

/* Factor the covariance of the observations, with more jitter as long as it fails. */
static enum status factor(const struct gp *gp, struct fit *fit)
{
    struct kernel kernel = gp_kernel_of(gp, fit);
    double noise = exp(fit->theta[gp->dims + 1]);
    gsl_matrix_view view =
        gsl_matrix_view_array_with_tda(fit->factor, fit->n, fit->n, fit->capacity);
    for (size_t i = 0; i < sizeof jitters / sizeof jitters[0]; i++) {
        fit->noise = noise + jitters[i] * kernel.amplitude;
        kernel_matrix(&kernel, fit->points, fit->capacity, fit->n, fit->noise, fit->factor,
                      NULL);
        if (gsl_linalg_cholesky_decomp1(&view.matrix) == 0 &&
            isfinite(fit->factor[(fit->n - 1) * (fit->capacity + 1)]))
            return ST_OK;
    }
    return ST_NUMERIC;
}

/* Everything that follows from points, targets y and theta. */
static enum status condition(const struct gp *gp, struct fit *fit, const double *y)
{
    size_t dims = gp->dims;
    for (size_t j = 0; j < dims; j++)
        fit->inverse_square[j] = exp(-2 * fit->theta[j]);
    warp_prepare(&fit->warp, y, fit->n, fit->scratch);
    warp_apply(&fit->warp, gp->warped ? fit->theta[dims + 2] : HUGE_VAL, y, fit->n, fit->z,
               NULL);
    if (factor(gp, fit))
        return ST_NUMERIC;
    fit->mean = gp_map_mean(fit->factor, fit->capacity, fit->z, fit->n, fit->scratch,
                            fit->scratch + fit->capacity);
    update_alpha(fit);
    return all_finite(fit->alpha, fit->n) ? ST_OK : ST_NUMERIC;
}

/* Make a new fit beside the old one and put it in its place when it stands. */
static enum status refit(struct gp *gp, const double *x, const double *y, size_t n,
                         const struct gp_effort *effort, const double *theta)
{
    struct fit fit;
    if (n == 0 || !all_finite(x, n * gp->dims) || !all_finite(y, n))
        return ST_NUMERIC;
    if (fit_allocate(&fit, gp->dims, n + n / 4 + 16))
        return ST_NOMEM;
    fit.n = fit.n_all = n;
    for (size_t i = 0; i < n; i++)
        put_point(&fit, gp->dims, i, x + i * gp->dims);
    enum status status = ST_OK;
    if (theta)
        memcpy(fit.theta, theta, gp_map_count(gp->dims, gp->warped) * sizeof *theta);
    else
        status = gp_choose(gp, &fit, y, effort);
    if (!status)
        status = condition(gp, &fit, y);
    if (status) {
        free(fit.memory);
        return status;
    }
    free(gp->fit.memory);
    gp->fit = fit;
    return ST_OK;
}

enum status gp_fit(struct gp *gp, const double *x, const double *y, size_t n,
                   const struct gp_effort *effort)
{
    return refit(gp, x, y, n, effort, NULL);
}

enum status gp_fit_fixed(struct gp *gp, const double *x, const double *y, size_t n,
                         const double *theta)
{
    return refit(gp, x, y, n, NULL, theta);
}

/* Room for `n` points and fantasies. */
static enum status reserve(struct gp *gp, size_t n)
{
    struct fit *old = &gp->fit, fit;
    if (n <= old->capacity)
        return ST_OK;
    if (fit_allocate(&fit, gp->dims, n + n / 4 + 16))
        return ST_NOMEM;
    for (size_t i = 0; i < old->n; i++)
        memcpy(fit.factor + i * fit.capacity, old->factor + i * old->capacity,
               old->n * sizeof *fit.factor);
    for (size_t j = 0; j < gp->dims; j++)
        memcpy(fit.points + j * fit.capacity, old->points + j * old->capacity,
               old->n * sizeof *fit.points);
    memcpy(fit.z, old->z, old->n * sizeof *fit.z);
    memcpy(fit.alpha, old->alpha, old->n * sizeof *fit.alpha);
    memcpy(fit.inverse_square, old->inverse_square, gp->dims * sizeof *fit.inverse_square);
    memcpy(fit.theta, old->theta, (gp->dims + 3) * sizeof *fit.theta);
    fit.n = fit.n_all = old->n;
    fit.noise = old->noise;
    fit.mean = old->mean;
    fit.warp = old->warp;
    free(old->memory);
    *old = fit;
    return ST_OK;
}

/* Extend the factor by the point at row `i`, which is in place: L_i = L^-1 k, and a diagonal
 * that rounding must not make imaginary. */
static void extend(const struct gp *gp, struct fit *fit, size_t i, double noise)
{
    struct kernel kernel = gp_kernel_of(gp, fit);
    double *row = fit->factor + i * fit->capacity;
    kernel_row(&kernel, fit->points + i, fit->capacity, fit->points, fit->capacity, i, row,
               NULL);
    solve(fit, i, CblasNoTrans, row);
    double rest = kernel.amplitude + noise - cblas_ddot((int)i, row, 1, row, 1);
    row[i] = sqrt(fmax(rest, noise / 2));
}

enum status gp_append(struct gp *gp, const double *x, double y)
{
    if (gp->fit.n == 0 || !all_finite(x, gp->dims) || !isfinite(y))
        return ST_NUMERIC;
    if (reserve(gp, gp->fit.n + 1))
        return ST_NOMEM;
    struct fit *fit = &gp->fit;
    put_point(fit, gp->dims, fit->n, x);
    extend(gp, fit, fit->n, fit->noise);
    fit->z[fit->n] = gp_target(gp, y);
    fit->n_all = ++fit->n;
    update_alpha(fit);
    return ST_OK;
}

void gp_truncate(struct gp *gp, size_t n)
{
    gp->fit.n = gp->fit.n_all = n;
    update_alpha(&gp->fit);
}

enum status gp_fantasize(struct gp *gp, const double *x, size_t p)
{
    if (gp->fit.n == 0 || !all_finite(x, p * gp->dims))
        return ST_NUMERIC;
    if (reserve(gp, gp->fit.n + p))
        return ST_NOMEM;
    struct fit *fit = &gp->fit;
    for (size_t i = 0; i < p; i++) {
        put_point(fit, gp->dims, fit->n + i, x + i * gp->dims);
        extend(gp, fit, fit->n + i, FANTASY_NOISE * exp(fit->theta[gp->dims]));
    }
    fit->n_all = fit->n + p;
    return ST_OK;
}
