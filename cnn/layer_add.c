/* The sum of two values, a residual connection, with the ReLU after it where the layer says so.
 * Both inputs have the same gradient, so it is made once; and where the sum itself goes two
 * ways, adding up its gradients and masking them is one loop. */
#include "cnn/elementwise.h"
#include "cnn/format.h"
#include "cnn/layer.h"

struct state {
    bool relu;
    struct buffer *a, *b, *out;
    struct buffer *gradients[VALUE_CONSUMERS]; /* of the output */
    int n_gradients;
    struct buffer *gradient; /* of both inputs */
};

static enum status add_shape(const struct layer_spec *spec, const struct shape *inputs,
                             struct shape *output, struct error *err)
{
    (void)spec;
    if (!shape_equal(&inputs[0], &inputs[1]))
        return error_set(err, ST_INVALID, "add: the two inputs have different sizes");
    *output = inputs[0];
    return ST_OK;
}

static bool run_forward(void *object)
{
    const struct state *s = object;
    if (s->relu)
        elementwise_add_relu(s->out, s->a, s->b);
    else
        elementwise_add(s->out, s->a, s->b);
    return true;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct value *a = layer->inputs[0], *b = layer->inputs[1], *out = layer->output;
    if (!state)
        return;
    layer->state = state;
    out->format = a->format;
    state->relu = layer->spec->relu;
    state->a = a->data;
    state->b = format_convert(plan, PASS_FORWARD, b->format, b->data, a->format);
    state->out = out->data = value_take_data(plan, a);
    plan_use(plan, state->a);
    plan_use(plan, state->b);
    plan_emit(plan, PASS_FORWARD, run_forward, state);
}

static bool run_backward(void *object)
{
    const struct state *s = object;
    const struct buffer *sum = s->gradients[0];
    for (int i = 1; i < s->n_gradients - (s->relu ? 1 : 0); i++) {
        elementwise_add(s->gradient, sum, s->gradients[i]);
        sum = s->gradient;
    }
    if (!s->relu)
        return true;
    if (s->n_gradients > 1)
        elementwise_add_mask(s->gradient, sum, s->gradients[s->n_gradients - 1], s->out);
    else
        elementwise_mask(s->gradient, sum, s->out);
    return true;
}

static void plan_gradient(struct plan *plan, struct layer *layer)
{
    struct state *state = layer->state;
    state->n_gradients = layer->output->n_gradients;
    state->gradient = value_take_gradient(plan, layer->output);
    for (int i = 0; i < state->n_gradients; i++) {
        state->gradients[i] = layer->output->gradients[i];
        plan_use(plan, state->gradients[i]);
    }
    plan_use(plan, state->out);
    plan_emit(plan, PASS_BACKWARD, run_backward, state);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct state *state = layer->state;
    struct value *a = layer->inputs[0], *b = layer->inputs[1];
    if (plan_failed(plan) || !(a->needs_gradient || b->needs_gradient))
        return;
    if (state->relu || layer->output->n_gradients > 1)
        plan_gradient(plan, layer);
    else
        state->gradient = layer->output->gradients[0];
    if (a->needs_gradient)
        value_add_gradient(a, state->gradient);
    if (b->needs_gradient)
        value_add_gradient(
            b, format_convert(plan, PASS_BACKWARD, a->format, state->gradient, b->format));
}

const struct layer_type layer_add = {
    .name = "add",
    .n_inputs = 2,
    .takes = LAYER_RELU,
    .shape = add_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
    .sums_gradients = true,
};
