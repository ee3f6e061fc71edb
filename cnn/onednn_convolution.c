/* Two-dimensional convolution (cross-correlation, as everywhere in the field), in groups of
 * channels where the layer says so: as many groups as channels make it depthwise. Every format
 * is oneDNN's choice; the weights live in the one that the forward pass wants. */
#include "cnn/onednn_convolution.h"

#include "cnn/onednn_depthwise.h"
#include "cnn/onednn_weighted.h"
#include "cnn/onednn_window.h"

#include <math.h>

struct state {
    struct onednn_window window;
    dnnl_primitive_desc_t forward;    /* the hint of the backward descriptors */
    dnnl_primitive_desc_t by_weights; /* NULL unless the network trains */
};

static int64_t groups_of(const struct layer_spec *spec)
{
    return spec->groups ? spec->groups : 1;
}

static enum status convolution_shape(const struct layer_spec *spec, const struct shape *inputs,
                                     struct shape *output, struct error *err)
{
    const struct shape *in = &inputs[0];
    if (in->n != 4)
        return error_set(err, ST_INVALID, "convolution: needs images, got vectors");
    int64_t groups = groups_of(spec);
    if (spec->channels < 1)
        return error_set(err, ST_INVALID, "convolution: %d channels", (int)spec->channels);
    if (groups < 1 || in->dims[1] % groups || spec->channels % groups)
        return error_set(err, ST_INVALID,
                         "convolution: %d groups do not divide its %d and %d channels",
                         (int)groups, (int)in->dims[1], (int)spec->channels);
    *output = (struct shape){4, {in->dims[0], spec->channels, 0, 0}};
    return onednn_window_shape(spec, in, output, "convolution", "kernel", err);
}

static int convolution_params(const struct layer_spec *spec, const struct shape *inputs,
                              struct param_spec params[LAYER_PARAMS])
{
    int64_t in = inputs[0].dims[1] / groups_of(spec), k = spec->kernel;
    /* PyTorch's start: Kaiming uniform with a = sqrt(5), which comes to 1/sqrt(fan-in). */
    double bound = 1 / sqrt((double)in * (double)k * (double)k);
    params[0] = (struct param_spec){
        "weight", {4, {spec->channels, in, k, k}}, START_UNIFORM, bound, true};
    params[1] = (struct param_spec){"bias", {1, {spec->channels}}, START_UNIFORM, bound, true};
    return spec->bias ? 2 : 1;
}

static int64_t convolution_flops(const struct layer_spec *spec, const struct shape *inputs,
                                 const struct shape *output)
{
    int64_t seen = inputs[0].dims[1] / groups_of(spec);
    return 2 * shape_count(output) * seen * spec->kernel * spec->kernel;
}

struct shape onednn_convolution_weights(const struct layer *layer)
{
    int64_t groups = groups_of(layer->spec);
    const struct shape *plain = &layer->params[0].spec.shape;
    const int64_t *dims = plain->dims;
    if (groups == 1)
        return *plain;
    return (struct shape){5, {groups, dims[0] / groups, dims[1], dims[2], dims[3]}};
}

static dnnl_primitive_desc_t describe_forward(struct plan *plan, const struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    const struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *bias = onednn_bias(layer);
    enum precision precision = format_precision(in->format);
    struct format *any_src = format_any(plan, &in->shape, precision);
    struct shape weights = onednn_convolution_weights(layer);
    struct format *any_weight = format_any(plan, &weights, precision);
    struct format *any_dst = format_any(plan, &out->shape, precision);
    if (plan_failed(plan))
        return NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = onednn_convolution_forward(
        &pd, &setup, format_md(any_src), format_md(any_weight),
        bias ? format_md(bias->format) : NULL, format_md(any_dst), &state->window);
    return onednn_keep(plan, status, pd, "convolution");
}

/* The gradient by the weights, of input and output gradient in this precision. */
static dnnl_primitive_desc_t describe_by_weights(struct plan *plan, const struct layer *layer,
                                                 enum precision precision)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    const struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *bias = onednn_bias(layer);
    struct format *any_src = format_any(plan, &in->shape, precision);
    struct shape weights = onednn_convolution_weights(layer);
    struct format *any_weight = format_any(plan, &weights, PRECISION_FP32);
    struct format *any_dst = format_any(plan, &out->shape, precision);
    if (plan_failed(plan))
        return NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = onednn_convolution_backward_weights(
        &pd, &setup, format_md(any_src), format_md(any_weight),
        bias ? format_md(bias->format) : NULL, format_md(any_dst), &state->window,
        state->forward);
    return onednn_keep(plan, status, pd, "convolution's gradient by its weights");
}

/* Not every bf16 is worth it: for some numbers of channels and large depthwise kernels oneDNN
 * has general matrix products alone, which in fp32 take half the time. And where the rows of
 * the images are no longer than the stride, the kernel of oneDNN 2.6 reads memory that nobody
 * wrote. */
static dnnl_primitive_desc_t choose_by_weights(struct plan *plan, const struct layer *layer)
{
    const struct value *in = layer->inputs[0];
    enum precision precision = format_precision(in->format);
    int64_t stride = layer->spec->stride;
    dnnl_primitive_desc_t pd = describe_by_weights(plan, layer, precision);
    if (plan_failed(plan) || precision == PRECISION_FP32 ||
        (onednn_is_tailored(pd) && (stride == 1 || in->shape.dims[3] > stride)))
        return pd;
    return describe_by_weights(plan, layer, PRECISION_FP32);
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct param *weight = &layer->params[0];
    struct shape weights = onednn_convolution_weights(layer);
    if (!state)
        return;
    layer->state = state;
    state->window = onednn_window_of(layer->spec);
    state->forward = describe_forward(plan, layer);
    if (layer->passes & PASS_TRAIN)
        state->by_weights = choose_by_weights(plan, layer);
    weight->plain = format_plain(plan, &weights, PRECISION_FP32);
    onednn_emit_weighted(plan, state->forward, state->by_weights, layer);
}

static void plan_data(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    enum precision precision = format_precision(in->format);
    struct format *any_src = format_any(plan, &in->shape, precision);
    struct shape weights = onednn_convolution_weights(layer);
    struct format *any_weight = format_any(plan, &weights, precision);
    struct format *any_dst = format_any(plan, &out->shape, precision);
    if (plan_failed(plan))
        return;

    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status =
        onednn_convolution_backward_data(&pd, &setup, format_md(any_src), format_md(any_weight),
                                         format_md(any_dst), &state->window, state->forward);
    pd = onednn_keep(plan, status, pd, "convolution's gradient by its input");
    onednn_emit_data_gradient(plan, pd, layer);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    if (onednn_is_depthwise(layer) && !onednn_is_tailored(state->by_weights))
        onednn_emit_depthwise_gradient(plan, layer);
    else
        onednn_emit_weights_gradient(plan, state->by_weights, layer);
    if (layer->inputs[0]->needs_gradient)
        plan_data(plan, layer);
}

const struct layer_type layer_convolution = {
    .name = "convolution",
    .n_inputs = 1,
    .takes = LAYER_CHANNELS | LAYER_WINDOW | LAYER_GROUPS | LAYER_BIAS,
    .shape = convolution_shape,
    .params = convolution_params,
    .flops = convolution_flops,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
    .forgets_output = true,
};
