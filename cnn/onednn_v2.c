#include "cnn/onednn_create.h"

#include "cnn/onednn_winograd.h"

#if DNNL_VERSION_MAJOR < 3

dnnl_status_t onednn_md_create(struct onednn_md_owner *out, int n, const dnnl_dims_t dims,
                               dnnl_data_type_t type, dnnl_format_tag_t tag)
{
    return dnnl_memory_desc_init_by_tag(&out->md, n, dims, type, tag);
}

dnnl_data_type_t onednn_md_type(onednn_md md)
{
    return md->data_type;
}

dnnl_status_t onednn_md_copy(struct onednn_md_owner *out, onednn_md md)
{
    out->md = *md;
    return dnnl_success;
}

void onednn_md_destroy(struct onednn_md_owner *owner)
{
    (void)owner; /* plain data in this version */
}

onednn_md onednn_md_of(const struct onednn_md_owner *owner)
{
    return &owner->md;
}

/* Version 2 goes through a descriptor of the operation. */
static dnnl_status_t create(dnnl_primitive_desc_t *out, const struct onednn_setup *setup,
                            dnnl_status_t status, const_dnnl_op_desc_t operation,
                            const_dnnl_primitive_desc_t hint)
{
    if (status != dnnl_success)
        return status;
    return dnnl_primitive_desc_create(out, operation, setup->attributes, setup->engine, hint);
}

dnnl_status_t onednn_append_eltwise(dnnl_post_ops_t post_ops, dnnl_alg_kind_t kind, float alpha,
                                    float beta)
{
    return dnnl_post_ops_append_eltwise(post_ops, 1, kind, alpha, beta);
}

/* What Winograd's algorithm may take as work space, which all primitives share. Bytes. */
#define WINOGRAD_SCRATCHPAD ((size_t)128 << 20)

static bool is_lean(const_dnnl_primitive_desc_t pd)
{
    const dnnl_memory_desc_t *scratchpad =
        dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
    return !scratchpad || dnnl_memory_desc_get_size(scratchpad) <= WINOGRAD_SCRATCHPAD;
}

/* By the algorithm that is faster, as far as this processor has kernels for it. */
static dnnl_status_t create_convolution(dnnl_primitive_desc_t *out,
                                        const struct onednn_setup *setup, dnnl_status_t status,
                                        const dnnl_convolution_desc_t *direct,
                                        const_dnnl_primitive_desc_t hint)
{
    if (status == dnnl_success && !setup->direct && onednn_winograd_pays(direct)) {
        dnnl_convolution_desc_t winograd = *direct;
        winograd.alg_kind = dnnl_convolution_winograd;
        if (create(out, setup, status, &winograd, hint) == dnnl_success) {
            if (is_lean(*out))
                return dnnl_success;
            dnnl_primitive_desc_destroy(*out);
        }
    }
    return create(out, setup, status, direct, hint);
}

dnnl_status_t onednn_convolution_forward(dnnl_primitive_desc_t *out,
                                         const struct onednn_setup *setup, onednn_md src,
                                         onednn_md weights, onednn_md bias, onednn_md dst,
                                         const struct onednn_window *window)
{
    dnnl_convolution_desc_t desc;
    dnnl_status_t status = dnnl_convolution_forward_desc_init(
        &desc, dnnl_forward_training, dnnl_convolution_direct, src, weights, bias, dst,
        window->strides, window->padding, window->padding);
    return create_convolution(out, setup, status, &desc, NULL);
}

dnnl_status_t onednn_convolution_backward_data(dnnl_primitive_desc_t *out,
                                               const struct onednn_setup *setup,
                                               onednn_md diff_src, onednn_md weights,
                                               onednn_md diff_dst,
                                               const struct onednn_window *window,
                                               const_dnnl_primitive_desc_t hint)
{
    dnnl_convolution_desc_t desc;
    dnnl_status_t status = dnnl_convolution_backward_data_desc_init(
        &desc, dnnl_convolution_direct, diff_src, weights, diff_dst, window->strides,
        window->padding, window->padding);
    return create_convolution(out, setup, status, &desc, hint);
}

dnnl_status_t onednn_convolution_backward_weights(dnnl_primitive_desc_t *out,
                                                  const struct onednn_setup *setup,
                                                  onednn_md src, onednn_md diff_weights,
                                                  onednn_md diff_bias, onednn_md diff_dst,
                                                  const struct onednn_window *window,
                                                  const_dnnl_primitive_desc_t hint)
{
    dnnl_convolution_desc_t desc;
    dnnl_status_t status = dnnl_convolution_backward_weights_desc_init(
        &desc, dnnl_convolution_direct, src, diff_weights, diff_bias, diff_dst, window->strides,
        window->padding, window->padding);
    return create_convolution(out, setup, status, &desc, hint);
}

dnnl_status_t onednn_linear_forward(dnnl_primitive_desc_t *out,
                                    const struct onednn_setup *setup, onednn_md src,
                                    onednn_md weights, onednn_md bias, onednn_md dst)
{
    dnnl_inner_product_desc_t desc;
    dnnl_status_t status = dnnl_inner_product_forward_desc_init(&desc, dnnl_forward_training,
                                                                src, weights, bias, dst);
    return create(out, setup, status, &desc, NULL);
}

dnnl_status_t onednn_linear_backward_data(dnnl_primitive_desc_t *out,
                                          const struct onednn_setup *setup, onednn_md diff_src,
                                          onednn_md weights, onednn_md diff_dst,
                                          const_dnnl_primitive_desc_t hint)
{
    dnnl_inner_product_desc_t desc;
    dnnl_status_t status =
        dnnl_inner_product_backward_data_desc_init(&desc, diff_src, weights, diff_dst);
    return create(out, setup, status, &desc, hint);
}

dnnl_status_t onednn_linear_backward_weights(dnnl_primitive_desc_t *out,
                                             const struct onednn_setup *setup, onednn_md src,
                                             onednn_md diff_weights, onednn_md diff_bias,
                                             onednn_md diff_dst,
                                             const_dnnl_primitive_desc_t hint)
{
    dnnl_inner_product_desc_t desc;
    dnnl_status_t status = dnnl_inner_product_backward_weights_desc_init(
        &desc, src, diff_weights, diff_bias, diff_dst);
    return create(out, setup, status, &desc, hint);
}

dnnl_status_t onednn_batch_norm_forward(dnnl_primitive_desc_t *out,
                                        const struct onednn_setup *setup, dnnl_prop_kind_t prop,
                                        onednn_md data, float epsilon, unsigned flags)
{
    dnnl_batch_normalization_desc_t desc;
    dnnl_status_t status =
        dnnl_batch_normalization_forward_desc_init(&desc, prop, data, epsilon, flags);
    return create(out, setup, status, &desc, NULL);
}

dnnl_status_t onednn_batch_norm_backward(dnnl_primitive_desc_t *out,
                                         const struct onednn_setup *setup, onednn_md diff,
                                         onednn_md data, float epsilon, unsigned flags,
                                         const_dnnl_primitive_desc_t hint)
{
    dnnl_batch_normalization_desc_t desc;
    dnnl_status_t status = dnnl_batch_normalization_backward_desc_init(
        &desc, dnnl_backward, diff, data, epsilon, flags);
    return create(out, setup, status, &desc, hint);
}

dnnl_status_t onednn_pooling_forward(dnnl_primitive_desc_t *out,
                                     const struct onednn_setup *setup, dnnl_alg_kind_t kind,
                                     onednn_md src, onednn_md dst,
                                     const struct onednn_window *window)
{
    dnnl_pooling_desc_t desc;
    dnnl_status_t status = dnnl_pooling_forward_desc_init(
        &desc, dnnl_forward_training, kind, src, dst, window->strides, window->kernel,
        window->padding, window->padding);
    return create(out, setup, status, &desc, NULL);
}

dnnl_status_t onednn_pooling_backward(dnnl_primitive_desc_t *out,
                                      const struct onednn_setup *setup, dnnl_alg_kind_t kind,
                                      onednn_md diff_src, onednn_md diff_dst,
                                      const struct onednn_window *window,
                                      const_dnnl_primitive_desc_t hint)
{
    dnnl_pooling_desc_t desc;
    dnnl_status_t status =
        dnnl_pooling_backward_desc_init(&desc, kind, diff_src, diff_dst, window->strides,
                                        window->kernel, window->padding, window->padding);
    return create(out, setup, status, &desc, hint);
}

#endif
