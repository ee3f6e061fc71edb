#include "cnn/onednn_weighted.h"

struct param *onednn_bias(const struct layer *layer)
{
    return layer->spec->bias ? &layer->params[1] : NULL;
}

/* A weight lives in the format that the forward pass wants. Where that is bf16, it lives in the
 * floats of its gradient's format and is rounded anew in every pass. */
static void take_weight(struct plan *plan, struct layer *layer, struct format *wanted,
                        struct format *gradient)
{
    struct param *weight = &layer->params[0];
    if (format_precision(wanted) == PRECISION_FP32)
        weight->format = wanted;
    else
        weight->format = gradient ? gradient : weight->plain;
    weight->used_format = wanted;
    weight->used =
        format_convert(plan, layer->passes, weight->format, weight->data, weight->used_format);
}

void onednn_emit_weighted(struct plan *plan, const_dnnl_primitive_desc_t pd,
                          const_dnnl_primitive_desc_t by_weights, struct layer *layer)
{
    struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *weight = &layer->params[0], *bias = onednn_bias(layer);
    struct format *src = onednn_chosen(plan, pd, DNNL_ARG_SRC);
    struct format *wanted = onednn_chosen(plan, pd, DNNL_ARG_WEIGHTS);
    struct format *gradient =
        by_weights ? onednn_chosen(plan, by_weights, DNNL_ARG_DIFF_WEIGHTS) : NULL;
    out->format = onednn_chosen(plan, pd, DNNL_ARG_DST);
    if (plan_failed(plan))
        return;
    take_weight(plan, layer, wanted, gradient);
    if (!layer->passes)
        return;
    struct buffer *data = format_convert(plan, layer->passes, in->format, in->data, src);
    out->data = format_buffer(plan, out->format);
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_SRC, src, data},
        {DNNL_ARG_WEIGHTS, weight->used_format, weight->used},
        {DNNL_ARG_BIAS, bias ? bias->format : NULL, bias ? bias->data : NULL},
        {DNNL_ARG_DST, out->format, out->data}};
    onednn_emit(plan, layer->passes, pd, arguments, 4);
}

/* Where a primitive that answers `format` must write, so that the result ends up in `target`,
 * which has the format `wanted`: the target itself, or a buffer to copy from. */
static struct buffer *staging(struct plan *plan, const struct format *format,
                              const struct format *wanted, struct buffer *target)
{
    if (plan_failed(plan) || format_equal(format, wanted))
        return target;
    return format_buffer(plan, format);
}

static void unstage(struct plan *plan, const struct format *format, struct buffer *staged,
                    const struct format *wanted, struct buffer *target)
{
    if (staged != target)
        format_copy_into(plan, PASS_BACKWARD, format, staged, wanted, target);
}

void onednn_emit_weights_gradient(struct plan *plan, const_dnnl_primitive_desc_t pd,
                                  const struct layer *layer)
{
    const struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *weight = &layer->params[0], *bias = onednn_bias(layer);
    struct format *src = onednn_chosen(plan, pd, DNNL_ARG_SRC);
    struct format *diff_dst = onednn_chosen(plan, pd, DNNL_ARG_DIFF_DST);
    struct format *diff_weight = onednn_chosen(plan, pd, DNNL_ARG_DIFF_WEIGHTS);
    if (plan_failed(plan))
        return;
    struct buffer *staged = staging(plan, diff_weight, weight->format, weight->gradient);
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_SRC, src, format_convert(plan, PASS_BACKWARD, in->format, in->data, src)},
        {DNNL_ARG_DIFF_DST, diff_dst,
         format_convert(plan, PASS_BACKWARD, out->format, out->gradients[0], diff_dst)},
        {DNNL_ARG_DIFF_WEIGHTS, diff_weight, staged},
        {DNNL_ARG_DIFF_BIAS, bias ? bias->format : NULL, bias ? bias->gradient : NULL}};
    onednn_emit(plan, PASS_BACKWARD, pd, arguments, 4);
    unstage(plan, diff_weight, staged, weight->format, weight->gradient);
}

void onednn_emit_data_gradient(struct plan *plan, const_dnnl_primitive_desc_t pd,
                               const struct layer *layer)
{
    struct value *in = layer->inputs[0];
    const struct value *out = layer->output;
    const struct param *weight = &layer->params[0];
    struct format *diff_src = onednn_chosen(plan, pd, DNNL_ARG_DIFF_SRC);
    struct format *diff_dst = onednn_chosen(plan, pd, DNNL_ARG_DIFF_DST);
    struct format *weights = onednn_chosen(plan, pd, DNNL_ARG_WEIGHTS);
    if (plan_failed(plan))
        return;
    struct buffer *result = format_buffer(plan, in->format);
    struct buffer *staged = staging(plan, diff_src, in->format, result);
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_DIFF_DST, diff_dst,
         format_convert(plan, PASS_BACKWARD, out->format, out->gradients[0], diff_dst)},
        {DNNL_ARG_WEIGHTS, weights,
         format_convert(plan, PASS_BACKWARD, weight->used_format, weight->used, weights)},
        {DNNL_ARG_DIFF_SRC, diff_src, staged}};
    onednn_emit(plan, PASS_BACKWARD, pd, arguments, 3);
    unstage(plan, diff_src, staged, in->format, result);
    value_add_gradient(in, result);
}
