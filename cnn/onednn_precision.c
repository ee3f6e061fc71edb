#include "cnn/precision.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>

/* oneDNN's sets are bits: one that holds the instructions of another holds its bits. */
static bool has(dnnl_cpu_isa_t wanted)
{
    return (dnnl_get_effective_cpu_isa() & wanted) == wanted;
}

enum status precision_check(enum precision precision, struct error *err)
{
    if (precision != PRECISION_BF16 || has(dnnl_cpu_isa_avx512_core_bf16))
        return ST_OK;
    error_set(err, ST_INVALID,
              "precision bf16: this processor has no instructions for it (AVX512_BF16, AMX)");
    error_remedy(err, "train with precision fp32, or on a machine that has them");
    return ST_INVALID;
}
