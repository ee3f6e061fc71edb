/* precision.h - the numbers that values and their gradients are stored in.
 *
 * Only the data that flow between layers follow the precision: parameters, their gradients,
 * statistics, the loss and what users read are 32-bit floats always. Threading: no shared
 * state. */
#ifndef CNN_PRECISION_H
#define CNN_PRECISION_H

#include "base/status.h"

#include <stddef.h>

enum precision {
    PRECISION_FP32, /* IEEE 754 binary32 */
    PRECISION_BF16  /* its upper half: 8 bits of exponent, 8 of significand */
};

/* In the order of the enum, ended by NULL. */
extern const char *const precision_names[];

/* Bytes of a number. */
size_t precision_size(enum precision precision);

/* Can this processor train with it? Errors: ST_INVALID, with what to do. */
enum status precision_check(enum precision precision, struct error *err);

#endif
