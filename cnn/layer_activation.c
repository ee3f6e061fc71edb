/* Functions of every element on its own. After a batch normalisation or an addition they are
 * cheaper fused: where the layer before has applied the function, nothing is left to do. */
#include "cnn/activation.h"
#include "cnn/format.h"
#include "cnn/layer.h"

struct state {
    const struct activation *activation;
    struct buffer *in, *out, *out_gradient, *in_gradient;
};

static const struct activation *activation_of(const struct layer *layer)
{
    static const struct {
        const struct layer_type *type;
        const struct activation *activation;
    } table[] = {{&layer_relu, &activation_relu},
                 {&layer_relu6, &activation_relu6},
                 {&layer_silu, &activation_silu},
                 {&layer_sigmoid, &activation_sigmoid}};
    size_t i = 0;
    while (table[i].type != layer->spec->type)
        i++;
    return table[i].activation;
}

static enum status activation_shape(const struct layer_spec *spec, const struct shape *inputs,
                                    struct shape *output, struct error *err)
{
    (void)spec, (void)err;
    *output = inputs[0];
    return ST_OK;
}

static bool run_forward(void *object)
{
    const struct state *s = object;
    activation_forward(s->activation, s->out, s->in);
    return true;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct value *in = layer->inputs[0], *out = layer->output;
    if (!state)
        return;
    layer->state = state;
    state->activation = activation_of(layer);
    /* Everybody relies on padding that is zero. */
    out->format = state->activation->moves_zero && format_is_padded(in->format, &in->shape)
                      ? format_plain(plan, &in->shape, format_precision(in->format))
                      : in->format;
    if (in->activated)
        out->data = in->data;
    if (in->activated || !layer->passes)
        return;
    state->in = format_convert(plan, layer->passes, in->format, in->data, out->format);
    bool in_place = state->in == in->data && !state->activation->keeps_input;
    state->out = out->data =
        in_place ? value_take_data(plan, in) : format_buffer(plan, out->format);
    plan_use(plan, state->in);
    plan_emit(plan, layer->passes, run_forward, state);
}

static bool run_backward(void *object)
{
    const struct state *s = object;
    activation_backward(s->activation, s->in_gradient, s->out_gradient,
                        s->activation->keeps_input ? s->in : s->out);
    return true;
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct state *state = layer->state;
    struct value *in = layer->inputs[0], *out = layer->output;
    if (!in->needs_gradient || plan_failed(plan))
        return;
    if (in->activated) {
        value_add_gradient(in, out->gradients[0]);
        return;
    }
    state->in_gradient = value_take_gradient(plan, out);
    state->out_gradient = out->gradients[0];
    plan_use(plan, state->activation->keeps_input ? state->in : state->out);
    plan_use(plan, state->out_gradient);
    plan_emit(plan, PASS_BACKWARD, run_backward, state);
    value_add_gradient(
        in, format_convert(plan, PASS_BACKWARD, out->format, state->in_gradient, in->format));
}

#define ACTIVATION_LAYER(activation)                                                           \
    const struct layer_type layer_##activation = {                                             \
        .name = #activation,                                                                   \
        .n_inputs = 1,                                                                         \
        .shape = activation_shape,                                                             \
        .plan_forward = plan_forward,                                                          \
        .plan_backward = plan_backward,                                                        \
    }

ACTIVATION_LAYER(relu);
ACTIVATION_LAYER(relu6);
ACTIVATION_LAYER(silu);
ACTIVATION_LAYER(sigmoid);
