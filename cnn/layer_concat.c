/* The channels of one value behind those of another. */
#include "cnn/gather.h"
#include "cnn/layer.h"

static enum status concat_shape(const struct layer_spec *spec, const struct shape *inputs,
                                struct shape *output, struct error *err)
{
    (void)spec;
    const struct shape *a = &inputs[0], *b = &inputs[1];
    if (a->n != 4 || b->n != 4)
        return error_set(err, ST_INVALID, "concat: needs images, got vectors");
    if (a->dims[2] != b->dims[2] || a->dims[3] != b->dims[3])
        return error_set(err, ST_INVALID, "concat: images of %d x %d and of %d x %d",
                         (int)a->dims[2], (int)a->dims[3], (int)b->dims[2], (int)b->dims[3]);
    *output = *a;
    output->dims[1] += b->dims[1];
    return ST_OK;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct value *a = layer->inputs[0], *b = layer->inputs[1], *out = layer->output;
    int64_t n = out->shape.dims[1], n_a = a->shape.dims[1];
    struct gather_source *sources = plan_alloc(plan, (size_t)n * sizeof *sources);
    if (!sources)
        return;
    for (int64_t c = 0; c < n; c++)
        sources[c] = (struct gather_source){c >= n_a, c < n_a ? c : c - n_a};
    out->format = format_alike(plan, a->format, &a->shape, &out->shape);
    const struct gather_input inputs[] = {{&a->shape, a->format, a->data},
                                          {&b->shape, b->format, b->data}};
    out->data =
        gather_channels(plan, layer->passes, &out->shape, out->format, inputs, 2, sources);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    const struct value *out = layer->output;
    const struct gather_input gradient = {&out->shape, out->format, out->gradients[0]};
    struct gather_source *sources =
        plan_alloc(plan, (size_t)out->shape.dims[1] * sizeof *sources);
    if (!sources)
        return;
    int64_t first = 0;
    for (int i = 0; i < 2; i++) {
        struct value *in = layer->inputs[i];
        int64_t n = in->shape.dims[1];
        for (int64_t c = 0; c < n; c++)
            sources[c] = (struct gather_source){0, first + c};
        first += n;
        if (in->needs_gradient)
            value_add_gradient(in, gather_channels(plan, PASS_BACKWARD, &in->shape, in->format,
                                                   &gradient, 1, sources));
    }
}

const struct layer_type layer_concat = {
    .name = "concat",
    .n_inputs = 2,
    .shape = concat_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
};
