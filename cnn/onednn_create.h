/* onednn_create.h - one way to make oneDNN's descriptors, for its versions 2 and 3.
 *
 * The calls have the shape of version 3; onednn_v2.c and onednn_v3.c implement them, and
 * nothing else in the tree asks for the version. All answer oneDNN's own status. Threading: no
 * shared state. */
#ifndef CNN_ONEDNN_CREATE_H
#define CNN_ONEDNN_CREATE_H

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>

/* A memory descriptor that is only read. */
#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t onednn_md;
#else
typedef const dnnl_memory_desc_t *onednn_md;
#endif

/* Whether the gradient of batch normalisation takes the shift, which it does not use: version 2
 * refuses to run without it, version 3 with it. */
#define ONEDNN_GRADIENT_TAKES_SHIFT (DNNL_VERSION_MAJOR < 3)

/* A memory descriptor with an owner. */
struct onednn_md_owner {
    dnnl_memory_desc_t md;
};

dnnl_status_t onednn_md_create(struct onednn_md_owner *out, int n, const dnnl_dims_t dims,
                               dnnl_data_type_t type, dnnl_format_tag_t tag);
dnnl_data_type_t onednn_md_type(onednn_md md);
dnnl_status_t onednn_md_copy(struct onednn_md_owner *out, onednn_md md);
void onednn_md_destroy(struct onednn_md_owner *owner);
onednn_md onednn_md_of(const struct onednn_md_owner *owner);

/* Where a window slides: convolution and pooling. */
struct onednn_window {
    dnnl_dims_t kernel, strides, padding;
};

/* What all primitives are made with. */
struct onednn_setup {
    dnnl_engine_t engine;
    dnnl_primitive_attr_t attributes;
    bool direct; /* convolutions by their definition even where another algorithm is faster */
};

/* Apply an elementwise function to what a primitive makes. */
dnnl_status_t onednn_append_eltwise(dnnl_post_ops_t post_ops, dnnl_alg_kind_t kind, float alpha,
                                    float beta);

dnnl_status_t onednn_convolution_forward(dnnl_primitive_desc_t *out,
                                         const struct onednn_setup *setup, onednn_md src,
                                         onednn_md weights, onednn_md bias, onednn_md dst,
                                         const struct onednn_window *window);
dnnl_status_t onednn_convolution_backward_data(dnnl_primitive_desc_t *out,
                                               const struct onednn_setup *setup,
                                               onednn_md diff_src, onednn_md weights,
                                               onednn_md diff_dst,
                                               const struct onednn_window *window,
                                               const_dnnl_primitive_desc_t hint);
dnnl_status_t onednn_convolution_backward_weights(dnnl_primitive_desc_t *out,
                                                  const struct onednn_setup *setup,
                                                  onednn_md src, onednn_md diff_weights,
                                                  onednn_md diff_bias, onednn_md diff_dst,
                                                  const struct onednn_window *window,
                                                  const_dnnl_primitive_desc_t hint);

dnnl_status_t onednn_linear_forward(dnnl_primitive_desc_t *out,
                                    const struct onednn_setup *setup, onednn_md src,
                                    onednn_md weights, onednn_md bias, onednn_md dst);
dnnl_status_t onednn_linear_backward_data(dnnl_primitive_desc_t *out,
                                          const struct onednn_setup *setup, onednn_md diff_src,
                                          onednn_md weights, onednn_md diff_dst,
                                          const_dnnl_primitive_desc_t hint);
dnnl_status_t onednn_linear_backward_weights(dnnl_primitive_desc_t *out,
                                             const struct onednn_setup *setup, onednn_md src,
                                             onednn_md diff_weights, onednn_md diff_bias,
                                             onednn_md diff_dst,
                                             const_dnnl_primitive_desc_t hint);

/* flags are dnnl_normalization_flags_t; source and destination have the same descriptor. */
dnnl_status_t onednn_batch_norm_forward(dnnl_primitive_desc_t *out,
                                        const struct onednn_setup *setup, dnnl_prop_kind_t prop,
                                        onednn_md data, float epsilon, unsigned flags);
dnnl_status_t onednn_batch_norm_backward(dnnl_primitive_desc_t *out,
                                         const struct onednn_setup *setup, onednn_md diff,
                                         onednn_md data, float epsilon, unsigned flags,
                                         const_dnnl_primitive_desc_t hint);

dnnl_status_t onednn_pooling_forward(dnnl_primitive_desc_t *out,
                                     const struct onednn_setup *setup, dnnl_alg_kind_t kind,
                                     onednn_md src, onednn_md dst,
                                     const struct onednn_window *window);
dnnl_status_t onednn_pooling_backward(dnnl_primitive_desc_t *out,
                                      const struct onednn_setup *setup, dnnl_alg_kind_t kind,
                                      onednn_md diff_src, onednn_md diff_dst,
                                      const struct onednn_window *window,
                                      const_dnnl_primitive_desc_t hint);

#endif
