/* Two-dimensional convolution (cross-correlation, as everywhere in the field). Every format is
 * oneDNN's choice; the weights live in the one that the forward pass wants. */
#include "cnn/onednn_weighted.h"
#include "cnn/onednn_window.h"

#include <math.h>

struct state {
    struct onednn_window window;
    dnnl_primitive_desc_t forward; /* the hint of the backward descriptors */
};

static enum status convolution_shape(const struct layer_spec *spec, const struct shape *inputs,
                                     struct shape *output, struct error *err)
{
    const struct shape *in = &inputs[0];
    if (in->n != 4)
        return error_set(err, ST_INVALID, "convolution: needs images, got vectors");
    *output = (struct shape){4, {in->dims[0], spec->channels, 0, 0}};
    return onednn_window_shape(spec, in, output, "convolution", "kernel", err);
}

static int convolution_params(const struct layer_spec *spec, const struct shape *inputs,
                              struct param_spec params[LAYER_PARAMS])
{
    int64_t in = inputs[0].dims[1], k = spec->kernel;
    /* PyTorch's start: Kaiming uniform with a = sqrt(5), which comes to 1/sqrt(fan-in). */
    double bound = 1 / sqrt((double)(in * k * k));
    params[0] = (struct param_spec){
        "weight", {4, {spec->channels, in, k, k}}, START_UNIFORM, bound, true};
    params[1] = (struct param_spec){"bias", {1, {spec->channels}}, START_UNIFORM, bound, true};
    return spec->bias ? 2 : 1;
}

static int64_t convolution_flops(const struct layer_spec *spec, const struct shape *inputs,
                                 const struct shape *output)
{
    return 2 * shape_count(output) * inputs[0].dims[1] * spec->kernel * spec->kernel;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct param *weight = &layer->params[0];
    struct param *bias = onednn_bias(layer);
    struct format *any_src = format_any(plan, &in->shape);
    struct format *any_weight = format_any(plan, &weight->spec.shape);
    struct format *any_dst = format_any(plan, &out->shape);
    if (plan_failed(plan))
        return;

    layer->state = state;
    state->window = onednn_window_of(layer->spec);
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = onednn_convolution_forward(
        &pd, &setup, format_md(any_src), format_md(any_weight),
        bias ? format_md(bias->format) : NULL, format_md(any_dst), &state->window);
    state->forward = onednn_keep(plan, status, pd, "convolution");
    struct format *src = onednn_chosen(plan, state->forward, DNNL_ARG_SRC);
    weight->format = onednn_chosen(plan, state->forward, DNNL_ARG_WEIGHTS);
    out->format = onednn_chosen(plan, state->forward, DNNL_ARG_DST);
    if (plan_failed(plan))
        return;

    onednn_emit_weighted(plan, state->forward, layer, src);
}

static void plan_weights(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct param *weight = &layer->params[0];
    struct param *bias = onednn_bias(layer);
    struct format *any_src = format_any(plan, &in->shape);
    struct format *any_weight = format_any(plan, &weight->spec.shape);
    struct format *any_dst = format_any(plan, &out->shape);
    if (plan_failed(plan))
        return;

    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = onednn_convolution_backward_weights(
        &pd, &setup, format_md(any_src), format_md(any_weight),
        bias ? format_md(bias->format) : NULL, format_md(any_dst), &state->window,
        state->forward);
    pd = onednn_keep(plan, status, pd, "convolution's gradient by its weights");
    onednn_emit_weights_gradient(plan, pd, layer);
}

static void plan_data(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct param *weight = &layer->params[0];
    struct format *any_src = format_any(plan, &in->shape);
    struct format *any_weight = format_any(plan, &weight->spec.shape);
    struct format *any_dst = format_any(plan, &out->shape);
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
    plan_weights(plan, layer);
    if (layer->inputs[0]->needs_gradient)
        plan_data(plan, layer);
}

const struct layer_type layer_convolution = {
    .name = "convolution",
    .n_inputs = 1,
    .shape = convolution_shape,
    .params = convolution_params,
    .flops = convolution_flops,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
};
