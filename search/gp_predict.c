/* The posterior of a Gaussian process, in blocks of candidates. */
#include "search/gp_impl.h"

#include <gsl/gsl_cblas.h>

#include <math.h>
#include <string.h>

/* Add the derivatives of m candidates: `solved` is K^-1 k and `slope` is from kernel_row(),
 * both [n x BLOCK]. */
static void add_slopes(const struct gp *gp, const double *solved, size_t m, double *mean_slope,
                       double *variance_slope)
{
    const struct fit *fit = &gp->fit;
    for (size_t j = 0; j < gp->dims; j++) {
        const double *u = gp->block + j * BLOCK;
        double mean[BLOCK] = {0}, variance[BLOCK] = {0};
        for (size_t i = 0; !gp->categorical[j] && i < fit->n_all; i++) {
            double x = fit->points[j * fit->capacity + i], alpha = fit->alpha[i];
            const double *slope = fit->slope + i * BLOCK, *a = solved + i * BLOCK;
            for (size_t c = 0; c < m; c++) {
                double part = slope[c] * (u[c] - x);
                mean[c] -= part * alpha;
                variance[c] += part * a[c];
            }
        }
        for (size_t c = 0; c < m; c++) {
            mean_slope[c * gp->dims + j] = mean[c] * fit->inverse_square[j];
            variance_slope[c * gp->dims + j] = 2 * variance[c] * fit->inverse_square[j];
        }
    }
}

/* One block of m <= BLOCK candidates. */
static void predict_block(struct gp *gp, const double *u, size_t m, double *mean,
                          double *variance, double *mean_slope, double *variance_slope)
{
    struct fit *fit = &gp->fit;
    struct kernel kernel = gp_kernel_of(gp, fit);
    int n = (int)fit->n_all;
    for (size_t j = 0; j < gp->dims; j++)
        for (size_t c = 0; c < m; c++)
            gp->block[j * BLOCK + c] = u[c * gp->dims + j];
    for (size_t i = 0; i < fit->n_all; i++)
        kernel_row(&kernel, fit->points + i, fit->capacity, gp->block, BLOCK, m,
                   fit->cross + i * BLOCK, mean_slope ? fit->slope + i * BLOCK : NULL);
    for (size_t c = 0; c < m; c++) {
        fit->scratch[c] = fit->mean;
        variance[c] = kernel.amplitude;
    }
    cblas_dgemv(CblasRowMajor, CblasTrans, n, (int)m, 1, fit->cross, BLOCK, fit->alpha, 1, 1,
                fit->scratch, 1);
    memcpy(mean, fit->scratch, m * sizeof *mean);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, (int)m, 1,
                fit->factor, (int)fit->capacity, fit->cross, BLOCK);
    for (size_t i = 0; i < fit->n_all; i++)
        for (size_t c = 0; c < m; c++)
            variance[c] -= fit->cross[i * BLOCK + c] * fit->cross[i * BLOCK + c];
    for (size_t c = 0; c < m; c++)
        variance[c] = fmax(variance[c], 1e-12 * kernel.amplitude);
    if (!mean_slope)
        return;
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, (int)m, 1,
                fit->factor, (int)fit->capacity, fit->cross, BLOCK);
    add_slopes(gp, fit->cross, m, mean_slope, variance_slope);
}

void gp_predict(struct gp *gp, const double *u, size_t m, double *mean, double *variance,
                double *mean_slope, double *variance_slope)
{
    for (size_t c = 0; c < m; c += BLOCK) {
        size_t count = m - c < BLOCK ? m - c : BLOCK, at = c * gp->dims;
        predict_block(gp, u + at, count, mean + c, variance + c,
                      mean_slope ? mean_slope + at : NULL,
                      variance_slope ? variance_slope + at : NULL);
    }
}
