/* The fully connected layer: output = input * weight^T + bias, on vectors. */
#include "cnn/onednn_weighted.h"

#include <math.h>

struct state {
    dnnl_primitive_desc_t forward;    /* the hint of the backward descriptors */
    dnnl_primitive_desc_t by_weights; /* NULL unless the network trains */
};

static enum status linear_shape(const struct layer_spec *spec, const struct shape *inputs,
                                struct shape *output, struct error *err)
{
    if (inputs[0].n != 2)
        return error_set(err, ST_INVALID, "linear: needs vectors: flatten the images before");
    *output = (struct shape){2, {inputs[0].dims[0], spec->channels}};
    return ST_OK;
}

static int linear_params(const struct layer_spec *spec, const struct shape *inputs,
                         struct param_spec params[LAYER_PARAMS])
{
    int64_t in = inputs[0].dims[1];
    double bound = 1 / sqrt((double)in); /* as the convolution's */
    params[0] =
        (struct param_spec){"weight", {2, {spec->channels, in}}, START_UNIFORM, bound, true};
    params[1] = (struct param_spec){"bias", {1, {spec->channels}}, START_UNIFORM, bound, true};
    return spec->bias ? 2 : 1;
}

static int64_t linear_flops(const struct layer_spec *spec, const struct shape *inputs,
                            const struct shape *output)
{
    (void)spec;
    return 2 * shape_count(output) * inputs[0].dims[1];
}

static dnnl_primitive_desc_t describe_forward(struct plan *plan, const struct layer *layer)
{
    struct onednn_setup setup = onednn_setup(plan);
    const struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *bias = onednn_bias(layer);
    enum precision precision = format_precision(in->format);
    struct format *src = format_plain(plan, &in->shape, precision);
    struct format *any_weight = format_any(plan, &layer->params[0].spec.shape, precision);
    if (plan_failed(plan))
        return NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status =
        onednn_linear_forward(&pd, &setup, format_md(src), format_md(any_weight),
                              bias ? format_md(bias->format) : NULL, format_md(out->format));
    return onednn_keep(plan, status, pd, "linear layer");
}

static dnnl_primitive_desc_t describe_by_weights(struct plan *plan, const struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    const struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *bias = onednn_bias(layer);
    struct format *src = format_plain(plan, &in->shape, format_precision(in->format));
    struct format *any_weight = format_any(plan, &layer->params[0].spec.shape, PRECISION_FP32);
    if (plan_failed(plan))
        return NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = onednn_linear_backward_weights(
        &pd, &setup, format_md(src), format_md(any_weight),
        bias ? format_md(bias->format) : NULL, format_md(out->format), state->forward);
    return onednn_keep(plan, status, pd, "linear layer's gradient by its weights");
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    const struct value *in = layer->inputs[0];
    if (!state)
        return;
    layer->state = state;
    layer->output->format =
        format_plain(plan, &layer->output->shape, format_precision(in->format));
    state->forward = describe_forward(plan, layer);
    if (layer->passes & PASS_TRAIN)
        state->by_weights = describe_by_weights(plan, layer);
    onednn_emit_weighted(plan, state->forward, state->by_weights, layer);
}

static void plan_data(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct param *weight = &layer->params[0];
    enum precision precision = format_precision(in->format);
    struct format *src = format_plain(plan, &in->shape, precision);
    struct format *any_weight = format_any(plan, &weight->spec.shape, precision);
    if (plan_failed(plan))
        return;

    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status =
        onednn_linear_backward_data(&pd, &setup, format_md(src), format_md(any_weight),
                                    format_md(out->format), state->forward);
    pd = onednn_keep(plan, status, pd, "linear layer's gradient by its input");
    onednn_emit_data_gradient(plan, pd, layer);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    onednn_emit_weights_gradient(plan, state->by_weights, layer);
    if (layer->inputs[0]->needs_gradient)
        plan_data(plan, layer);
}

const struct layer_type layer_linear = {
    .name = "linear",
    .n_inputs = 1,
    .takes = LAYER_CHANNELS | LAYER_BIAS,
    .shape = linear_shape,
    .params = linear_params,
    .flops = linear_flops,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
    .forgets_output = true,
};
