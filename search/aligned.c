#include "search/aligned.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t aligned_round(size_t n)
{
    return (n + ALIGNED_LINE - 1) / ALIGNED_LINE * ALIGNED_LINE;
}

double *aligned_zeros(size_t n)
{
    if (n > SIZE_MAX / sizeof(double) - ALIGNED_LINE)
        return NULL;
    size_t size = aligned_round(n + 1) * sizeof(double);
    double *memory = aligned_alloc(ALIGNED_LINE * sizeof(double), size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}
