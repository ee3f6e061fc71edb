/* fused_norm_strip.h - the loops of fused_norm.h over some pixels of 16 channels.
 *
 * All arrays of pixels are [pixels][FUSED_LANES] floats; results come first. Threading: no
 * shared state. */
#ifndef CNN_FUSED_NORM_STRIP_H
#define CNN_FUSED_NORM_STRIP_H

#include <stddef.h>

#define FUSED_LANES 16

/* Of one block of channels. */
struct fused_coefficients {
    float mean[FUSED_LANES], inverse[FUSED_LANES]; /* x^ = (x - mean) * inverse */
    float factor[FUSED_LANES], shift[FUSED_LANES]; /* scale x^ + shift = x * factor + shift */
    /* The means over the batch of the gradient by what is normalised, and of it times x^. */
    float mean_gradient[FUSED_LANES], mean_product[FUSED_LANES];
    float ceiling; /* of the activation: y = min(max(t, 0), ceiling) */
};

/* sums += x - origin, squares += its square; for each channel. */
void fused_strip_moments(float *sums, float *squares, const float *x, const float *origin,
                         size_t pixels);

/* t = x * factor + shift; t may be x. */
void fused_strip_normalise(float *t, const float *x, const struct fused_coefficients *c,
                           size_t pixels);

/* sums += dt, products += dt x^; for each channel. */
void fused_strip_products(float *sums, float *products, const float *x, const float *dt,
                          const struct fused_coefficients *c, size_t pixels);

/* dx = factor (dt - mean_gradient - x^ mean_product); dx may be x or dt. */
void fused_strip_gradient(float *dx, const float *x, const float *dt,
                          const struct fused_coefficients *c, size_t pixels);

#endif
