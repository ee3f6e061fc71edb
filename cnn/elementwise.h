/* elementwise.h - loops over whole buffers, whatever their format and precision: element by
 * element, the padding of a blocked format included (zeros stay zeros).
 *
 * All buffers of a call have the same size and precision; sums and products are formed in
 * 32-bit floats and rounded once. Outputs come first and may be one of the inputs. Every loop
 * is split among the OpenMP threads; the result does not depend on their number. Threading: no
 * shared state. */
#ifndef CNN_ELEMENTWISE_H
#define CNN_ELEMENTWISE_H

#include "cnn/plan.h"

#include <stddef.h>
#include <stdint.h>

/* out = a + b */
void elementwise_add(struct buffer *out, const struct buffer *a, const struct buffer *b);
/* out = max(a + b, 0) */
void elementwise_add_relu(struct buffer *out, const struct buffer *a, const struct buffer *b);
/* out = a where y > 0, or else 0: the gradient through y = max(x, 0). */
void elementwise_mask(struct buffer *out, const struct buffer *a, const struct buffer *y);
/* out = a + b where y > 0, or else 0. */
void elementwise_add_mask(struct buffer *out, const struct buffer *a, const struct buffer *b,
                          const struct buffer *y);
/* out = a * scale where keep is not 0, or else 0; a byte of keep is an element. */
void elementwise_keep(struct buffer *out, const struct buffer *a, const uint8_t *keep,
                      float scale);

#endif
