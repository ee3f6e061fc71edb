/* Images to vectors, in the plain order (channel, row, column). */
#include "cnn/format.h"
#include "cnn/layer.h"

static enum status flatten_shape(const struct layer_spec *spec, const struct shape *inputs,
                                 struct shape *output, struct error *err)
{
    (void)spec;
    if (inputs[0].n != 4)
        return error_set(err, ST_INVALID, "flatten: needs images, got vectors");
    *output = (struct shape){2, {inputs[0].dims[0], 0}};
    output->dims[1] = shape_count(&inputs[0]) / inputs[0].dims[0];
    return ST_OK;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct value *in = layer->inputs[0], *out = layer->output;
    enum precision precision = format_precision(in->format);
    struct format *plain = format_plain(plan, &in->shape, precision);
    out->format = format_plain(plan, &out->shape, precision);
    out->data = format_convert(plan, PASS_FORWARD, in->format, in->data, plain);
    plan_use(plan, out->data);
    layer->state = plain;
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct value *in = layer->inputs[0];
    if (!in->needs_gradient)
        return;
    struct buffer *gradient = format_convert(plan, PASS_BACKWARD, layer->state,
                                             layer->output->gradients[0], in->format);
    value_add_gradient(in, gradient);
}

const struct layer_type layer_flatten = {
    .name = "flatten",
    .n_inputs = 1,
    .shape = flatten_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
};
