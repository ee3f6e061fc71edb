#include "cnn/fused_norm_strip.h"

#include "cnn/clones.h"

/* Loops over the channels of a pixel have a constant length, so that compilers make vectors of
 * them. Where they do not keep the sums in registers, these are vectors from the start, of
 * which nothing but sums and products are taken: GCC cuts comparisons up before it knows the
 * instruction set. */
typedef float lanes
    __attribute__((vector_size(FUSED_LANES * sizeof(float)), aligned(4), may_alias));

#define AT(pixels, i) (*(const lanes *)((pixels) + (i)*FUSED_LANES))

/* Four pixels at a time, so that additions need not wait for one another. */
CLONES void fused_strip_moments(float *sums, float *squares, const float *x,
                                const float *origin, size_t pixels)
{
    lanes sum[4] = {{0}}, square[4] = {{0}}, from = AT(origin, 0);
    size_t i = 0;
    for (; i + 4 <= pixels; i += 4)
        for (size_t j = 0; j < 4; j++) {
            lanes d = AT(x, i + j) - from;
            sum[j] += d;
            square[j] += d * d;
        }
    for (; i < pixels; i++) {
        lanes d = AT(x, i) - from;
        sum[0] += d;
        square[0] += d * d;
    }
    *(lanes *)sums += (sum[0] + sum[1]) + (sum[2] + sum[3]);
    *(lanes *)squares += (square[0] + square[1]) + (square[2] + square[3]);
}

CLONES void fused_strip_normalise(float *restrict y, const float *restrict x,
                                  const struct fused_coefficients *restrict c, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++)
        for (size_t l = 0; l < FUSED_LANES; l++) {
            float t = x[i * FUSED_LANES + l] * c->factor[l] + c->shift[l];
            float positive = t < 0 ? 0 : t;
            y[i * FUSED_LANES + l] = positive > c->ceiling ? c->ceiling : positive;
        }
}

/* dy where 0 < t < ceiling, and else zero. */
static inline float pass(float dy, float t, float ceiling)
{
    float above = t <= 0 ? 0 : dy;
    return t >= ceiling ? 0 : above;
}

CLONES void fused_strip_products(float *restrict sums, float *restrict products,
                                 const float *restrict x, const float *restrict dy,
                                 const struct fused_coefficients *restrict c, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++)
        for (size_t l = 0; l < FUSED_LANES; l++) {
            float a = x[i * FUSED_LANES + l];
            float g = pass(dy[i * FUSED_LANES + l], a * c->factor[l] + c->shift[l], c->ceiling);
            sums[l] += g;
            products[l] += g * (a - c->mean[l]) * c->inverse[l];
        }
}

CLONES void fused_strip_gradient(float *restrict dx, const float *restrict x,
                                 const float *restrict dy,
                                 const struct fused_coefficients *restrict c, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++)
        for (size_t l = 0; l < FUSED_LANES; l++) {
            float a = x[i * FUSED_LANES + l], xhat = (a - c->mean[l]) * c->inverse[l];
            float g = pass(dy[i * FUSED_LANES + l], a * c->factor[l] + c->shift[l], c->ceiling);
            dx[i * FUSED_LANES + l] =
                c->factor[l] * (g - c->mean_gradient[l] - xhat * c->mean_product[l]);
        }
}
