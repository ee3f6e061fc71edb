/* elementwise.h - loops over whole buffers, whatever their format: element by element, the
 * padding of a blocked format included (zeros stay zeros).
 *
 * Outputs come first and may be one of the inputs. Every loop is split among the OpenMP
 * threads; the result does not depend on their number. Threading: no shared state. */
#ifndef CNN_ELEMENTWISE_H
#define CNN_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

/* out = a + b */
void elementwise_add(float *out, const float *a, const float *b, size_t n);
/* out = max(a + b, 0) */
void elementwise_add_relu(float *out, const float *a, const float *b, size_t n);
/* out = a where y > 0, or else 0: the gradient through y = max(x, 0). */
void elementwise_mask(float *out, const float *a, const float *y, size_t n);
/* out = a + b where y > 0, or else 0. */
void elementwise_add_mask(float *out, const float *a, const float *b, const float *y, size_t n);
/* out = a * scale where keep is not 0, or else 0. */
void elementwise_keep(float *out, const float *a, const uint8_t *keep, float scale, size_t n);

#endif
