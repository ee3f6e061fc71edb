/* Every channel of an image times a factor of its own, the gate of squeeze-and-excitation (Hu
 * et al. 2018). */
#include "cnn/channel_scale.h"
#include "cnn/format.h"
#include "cnn/layer.h"

struct state {
    struct channel_scale scale; /* of the forward pass */
    struct channel_scale gradient;
    struct format *format, *gate_format; /* that the loops work in */
};

static enum status scale_shape(const struct layer_spec *spec, const struct shape *inputs,
                               struct shape *output, struct error *err)
{
    (void)spec;
    if (inputs[0].n != 4 || inputs[1].n != 4)
        return error_set(err, ST_INVALID, "scale: needs images, got vectors");
    const int64_t *gate = inputs[1].dims;
    if (gate[1] != inputs[0].dims[1] || gate[2] != 1 || gate[3] != 1)
        return error_set(err, ST_INVALID, "scale: %d channels and factors of %d x %d x %d",
                         (int)inputs[0].dims[1], (int)gate[1], (int)gate[2], (int)gate[3]);
    *output = inputs[0];
    return ST_OK;
}

static bool run_forward(void *object)
{
    const struct state *s = object;
    channel_scale_run(&s->scale);
    return true;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct value *in = layer->inputs[0], *gate = layer->inputs[1], *out = layer->output;
    if (!state)
        return;
    layer->state = state;
    state->format = format_alike(plan, in->format, &in->shape, &in->shape);
    state->gate_format = format_plain(plan, &gate->shape, PRECISION_FP32);
    if (plan_failed(plan))
        return;
    out->format = state->format;
    out->data = format_buffer(plan, out->format);
    state->scale = (struct channel_scale){
        .shape = in->shape,
        .block = format_block(plan, state->format, &in->shape),
        .out = out->data,
        .x = format_convert(plan, layer->passes, in->format, in->data, state->format),
        .gate =
            format_convert(plan, layer->passes, gate->format, gate->data, state->gate_format)};
    plan_use(plan, state->scale.x);
    plan_use(plan, state->scale.gate);
    plan_emit(plan, layer->passes, run_forward, state);
}

static bool run_backward(void *object)
{
    const struct state *s = object;
    channel_scale_run(&s->gradient);
    return true;
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct state *state = layer->state;
    struct value *in = layer->inputs[0], *gate = layer->inputs[1];
    if (plan_failed(plan) || !(in->needs_gradient || gate->needs_gradient))
        return;
    state->gradient = state->scale;
    state->gradient.out_gradient = layer->output->gradients[0];
    state->gradient.out = format_buffer(plan, state->format);
    state->gradient.gate_gradient = format_buffer(plan, state->gate_format);
    plan_use(plan, state->gradient.x);
    plan_use(plan, state->gradient.gate);
    plan_use(plan, state->gradient.out_gradient);
    plan_emit(plan, PASS_BACKWARD, run_backward, state);
    if (in->needs_gradient)
        value_add_gradient(in, format_convert(plan, PASS_BACKWARD, state->format,
                                              state->gradient.out, in->format));
    if (gate->needs_gradient)
        value_add_gradient(gate, format_convert(plan, PASS_BACKWARD, state->gate_format,
                                                state->gradient.gate_gradient, gate->format));
}

const struct layer_type layer_scale = {
    .name = "scale",
    .n_inputs = 2,
    .shape = scale_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
};
