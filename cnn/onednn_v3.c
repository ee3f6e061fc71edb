#include "cnn/onednn_create.h"

#if DNNL_VERSION_MAJOR >= 3

static const dnnl_dims_t no_dilation = {0};

dnnl_status_t onednn_md_create(struct onednn_md_owner *out, int n, const dnnl_dims_t dims,
                               dnnl_data_type_t type, dnnl_format_tag_t tag)
{
    return dnnl_memory_desc_create_with_tag(&out->md, n, dims, type, tag);
}

dnnl_data_type_t onednn_md_type(onednn_md md)
{
    dnnl_data_type_t type = dnnl_data_type_undef;
    dnnl_memory_desc_query(md, dnnl_query_data_type, &type);
    return type;
}

dnnl_status_t onednn_md_copy(struct onednn_md_owner *out, onednn_md md)
{
    return dnnl_memory_desc_clone(&out->md, md);
}

void onednn_md_destroy(struct onednn_md_owner *owner)
{
    if (owner->md)
        dnnl_memory_desc_destroy(owner->md);
}

onednn_md onednn_md_of(const struct onednn_md_owner *owner)
{
    return owner->md;
}

dnnl_status_t onednn_append_eltwise(dnnl_post_ops_t post_ops, dnnl_alg_kind_t kind, float alpha,
                                    float beta)
{
    return dnnl_post_ops_append_eltwise(post_ops, kind, alpha, beta);
}

dnnl_status_t onednn_convolution_forward(dnnl_primitive_desc_t *out,
                                         const struct onednn_setup *setup, onednn_md src,
                                         onednn_md weights, onednn_md bias, onednn_md dst,
                                         const struct onednn_window *window)
{
    return dnnl_convolution_forward_primitive_desc_create(
        out, setup->engine, dnnl_forward_training, dnnl_convolution_direct, src, weights, bias,
        dst, window->strides, no_dilation, window->padding, window->padding, setup->attributes);
}

dnnl_status_t onednn_convolution_backward_data(dnnl_primitive_desc_t *out,
                                               const struct onednn_setup *setup,
                                               onednn_md diff_src, onednn_md weights,
                                               onednn_md diff_dst,
                                               const struct onednn_window *window,
                                               const_dnnl_primitive_desc_t hint)
{
    return dnnl_convolution_backward_data_primitive_desc_create(
        out, setup->engine, dnnl_convolution_direct, diff_src, weights, diff_dst,
        window->strides, no_dilation, window->padding, window->padding, hint,
        setup->attributes);
}

dnnl_status_t onednn_convolution_backward_weights(dnnl_primitive_desc_t *out,
                                                  const struct onednn_setup *setup,
                                                  onednn_md src, onednn_md diff_weights,
                                                  onednn_md diff_bias, onednn_md diff_dst,
                                                  const struct onednn_window *window,
                                                  const_dnnl_primitive_desc_t hint)
{
    return dnnl_convolution_backward_weights_primitive_desc_create(
        out, setup->engine, dnnl_convolution_direct, src, diff_weights, diff_bias, diff_dst,
        window->strides, no_dilation, window->padding, window->padding, hint,
        setup->attributes);
}

dnnl_status_t onednn_linear_forward(dnnl_primitive_desc_t *out,
                                    const struct onednn_setup *setup, onednn_md src,
                                    onednn_md weights, onednn_md bias, onednn_md dst)
{
    return dnnl_inner_product_forward_primitive_desc_create(
        out, setup->engine, dnnl_forward_training, src, weights, bias, dst, setup->attributes);
}

dnnl_status_t onednn_linear_backward_data(dnnl_primitive_desc_t *out,
                                          const struct onednn_setup *setup, onednn_md diff_src,
                                          onednn_md weights, onednn_md diff_dst,
                                          const_dnnl_primitive_desc_t hint)
{
    return dnnl_inner_product_backward_data_primitive_desc_create(
        out, setup->engine, diff_src, weights, diff_dst, hint, setup->attributes);
}

dnnl_status_t onednn_linear_backward_weights(dnnl_primitive_desc_t *out,
                                             const struct onednn_setup *setup, onednn_md src,
                                             onednn_md diff_weights, onednn_md diff_bias,
                                             onednn_md diff_dst,
                                             const_dnnl_primitive_desc_t hint)
{
    return dnnl_inner_product_backward_weights_primitive_desc_create(
        out, setup->engine, src, diff_weights, diff_bias, diff_dst, hint, setup->attributes);
}

dnnl_status_t onednn_batch_norm_forward(dnnl_primitive_desc_t *out,
                                        const struct onednn_setup *setup, dnnl_prop_kind_t prop,
                                        onednn_md data, float epsilon, unsigned flags)
{
    return dnnl_batch_normalization_forward_primitive_desc_create(
        out, setup->engine, prop, data, data, epsilon, flags, setup->attributes);
}

dnnl_status_t onednn_batch_norm_backward(dnnl_primitive_desc_t *out,
                                         const struct onednn_setup *setup, onednn_md diff,
                                         onednn_md data, float epsilon, unsigned flags,
                                         const_dnnl_primitive_desc_t hint)
{
    return dnnl_batch_normalization_backward_primitive_desc_create(
        out, setup->engine, dnnl_backward, diff, diff, data, epsilon, flags, hint,
        setup->attributes);
}

dnnl_status_t onednn_pooling_forward(dnnl_primitive_desc_t *out,
                                     const struct onednn_setup *setup, dnnl_alg_kind_t kind,
                                     onednn_md src, onednn_md dst,
                                     const struct onednn_window *window)
{
    return dnnl_pooling_forward_primitive_desc_create(
        out, setup->engine, dnnl_forward_training, kind, src, dst, window->strides,
        window->kernel, no_dilation, window->padding, window->padding, setup->attributes);
}

dnnl_status_t onednn_pooling_backward(dnnl_primitive_desc_t *out,
                                      const struct onednn_setup *setup, dnnl_alg_kind_t kind,
                                      onednn_md diff_src, onednn_md diff_dst,
                                      const struct onednn_window *window,
                                      const_dnnl_primitive_desc_t hint)
{
    return dnnl_pooling_backward_primitive_desc_create(
        out, setup->engine, kind, diff_src, diff_dst, window->strides, window->kernel,
        no_dilation, window->padding, window->padding, hint, setup->attributes);
}

#endif
