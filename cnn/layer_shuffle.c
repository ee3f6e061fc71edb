/* Channels of all groups by turns (ShuffleNet, Zhang et al. 2018): with two groups of three,
 * 0 1 2 3 4 5 becomes 0 3 1 4 2 5. */
#include "cnn/gather.h"
#include "cnn/layer.h"

static enum status shuffle_shape(const struct layer_spec *spec, const struct shape *inputs,
                                 struct shape *output, struct error *err)
{
    if (inputs[0].n != 4)
        return error_set(err, ST_INVALID, "shuffle: needs images, got vectors");
    if (spec->groups < 1 || inputs[0].dims[1] % spec->groups)
        return error_set(err, ST_INVALID, "shuffle: %d groups do not divide %d channels",
                         (int)spec->groups, (int)inputs[0].dims[1]);
    *output = inputs[0];
    return ST_OK;
}

/* Channel c of the result is channel c % groups * (channels / groups) + c / groups: a shuffle
 * of channels / groups groups undoes one of `groups`. */
static struct buffer *shuffle(struct plan *plan, unsigned passes, const struct value *value,
                              struct buffer *data, int64_t groups)
{
    int64_t channels = value->shape.dims[1];
    struct gather_source *sources = plan_alloc(plan, (size_t)channels * sizeof *sources);
    if (!sources)
        return NULL;
    for (int64_t c = 0; c < channels; c++)
        sources[c] = (struct gather_source){0, c % groups * (channels / groups) + c / groups};
    const struct gather_input input = {&value->shape, value->format, data};
    return gather_channels(plan, passes, &value->shape, value->format, &input, 1, sources);
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct value *in = layer->inputs[0], *out = layer->output;
    out->format = in->format;
    out->data = shuffle(plan, layer->passes, in, in->data, layer->spec->groups);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct value *in = layer->inputs[0];
    if (!in->needs_gradient || plan_failed(plan))
        return;
    int64_t inverse = in->shape.dims[1] / layer->spec->groups;
    value_add_gradient(in,
                       shuffle(plan, PASS_BACKWARD, in, layer->output->gradients[0], inverse));
}

const struct layer_type layer_shuffle = {
    .name = "shuffle",
    .n_inputs = 1,
    .takes = LAYER_GROUPS,
    .shape = shuffle_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
};
