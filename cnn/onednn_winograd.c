#include "cnn/onednn_winograd.h"

#if DNNL_VERSION_MAJOR < 3

/* The transformed tiles must be many enough to make up for transforming the weights, and the
 * channels for transforming the tiles. Measured on an AMD EPYC (family 26) over images of 4 x 4
 * to 56 x 56, 16 to 512 channels and batches of 1 to 256: within these limits it took 0.4 to 1
 * times as long, but for a few sizes 1.07. */
enum {
    TILE = 4,
    LEAST_TILES = 64,
    LEAST_CHANNELS = 32,
    LEAST_CHANNELS_BY_WEIGHTS = 64,
};

static dnnl_dim_t least(dnnl_dim_t a, dnnl_dim_t b)
{
    return a < b ? a : b;
}

bool onednn_winograd_pays(const dnnl_convolution_desc_t *desc)
{
    bool by_weights = desc->prop_kind == dnnl_backward_weights;
    bool by_data = desc->prop_kind == dnnl_backward_data;
    const dnnl_memory_desc_t *src = by_data ? &desc->diff_src_desc : &desc->src_desc;
    const dnnl_memory_desc_t *weights =
        by_weights ? &desc->diff_weights_desc : &desc->weights_desc;
    const dnnl_memory_desc_t *dst =
        by_data || by_weights ? &desc->diff_dst_desc : &desc->dst_desc;
    if (src->data_type != dnnl_f32 || weights->ndims != 4 || weights->dims[2] != 3 ||
        weights->dims[3] != 3 || desc->strides[0] != 1 || desc->strides[1] != 1)
        return false;
    dnnl_dim_t tiles =
        dst->dims[0] * ((dst->dims[2] + TILE - 1) / TILE) * ((dst->dims[3] + TILE - 1) / TILE);
    return tiles >= LEAST_TILES &&
           least(src->dims[1], dst->dims[1]) >=
               (by_weights ? LEAST_CHANNELS_BY_WEIGHTS : LEAST_CHANNELS);
}

#endif
