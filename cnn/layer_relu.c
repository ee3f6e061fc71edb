/* The rectifier on its own. After a batch normalisation or an addition it is cheaper fused. */
#include "cnn/elementwise.h"
#include "cnn/format.h"
#include "cnn/layer.h"

struct state {
    struct buffer *in, *out, *out_gradient, *in_gradient;
};

static enum status relu_shape(const struct layer_spec *spec, const struct shape *inputs,
                              struct shape *output, struct error *err)
{
    (void)spec, (void)err;
    *output = inputs[0];
    return ST_OK;
}

static bool run_forward(void *object)
{
    const struct state *s = object;
    elementwise_relu(s->out->data, s->in->data, s->out->bytes / sizeof(float));
    return true;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct value *in = layer->inputs[0], *out = layer->output;
    if (!state)
        return;
    layer->state = state;
    out->format = in->format;
    if (!layer->passes)
        return;
    out->data = plan_buffer(plan, format_bytes(out->format));
    state->in = in->data;
    state->out = out->data;
    plan_use(plan, in->data);
    plan_emit(plan, layer->passes, run_forward, state);
}

static bool run_backward(void *object)
{
    const struct state *s = object;
    elementwise_mask(s->in_gradient->data, s->out_gradient->data, s->out->data,
                     s->out->bytes / sizeof(float));
    return true;
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct state *state = layer->state;
    if (!layer->inputs[0]->needs_gradient || plan_failed(plan))
        return;
    state->out_gradient = layer->output->gradients[0];
    state->in_gradient = plan_buffer(plan, state->out->bytes);
    plan_use(plan, state->out);
    plan_use(plan, state->out_gradient);
    plan_emit(plan, PASS_BACKWARD, run_backward, state);
    value_add_gradient(layer->inputs[0], state->in_gradient);
}

const struct layer_type layer_relu = {
    .name = "relu",
    .n_inputs = 1,
    .shape = relu_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
};
