#include "cnn/precision.h"

#include <stdint.h>

const char *const precision_names[] = {"fp32", "bf16", NULL};

size_t precision_size(enum precision precision)
{
    return precision == PRECISION_BF16 ? sizeof(uint16_t) : sizeof(float);
}
