/* Some of the channels of a value, from one on. The gradients of all slices of a value are put
 * together once, so that two halves cost no more than one whole. */
#include "cnn/gather.h"
#include "cnn/layer.h"

_Static_assert(VALUE_CONSUMERS <= GATHER_INPUTS, "slices are gathered at once");

static enum status split_shape(const struct layer_spec *spec, const struct shape *inputs,
                               struct shape *output, struct error *err)
{
    if (inputs[0].n != 4)
        return error_set(err, ST_INVALID, "split: needs images, got vectors");
    int64_t channels = inputs[0].dims[1];
    if (spec->from < 0 || spec->channels < 1 || spec->channels > channels - spec->from)
        return error_set(err, ST_INVALID, "split: %d channels from %d on, of %d",
                         (int)spec->channels, (int)spec->from, (int)channels);
    *output = inputs[0];
    output->dims[1] = spec->channels;
    return ST_OK;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct value *in = layer->inputs[0], *out = layer->output;
    int64_t n = layer->spec->channels;
    struct gather_source *sources = plan_alloc(plan, (size_t)n * sizeof *sources);
    if (!sources)
        return;
    for (int64_t c = 0; c < n; c++)
        sources[c] = (struct gather_source){0, layer->spec->from + c};
    out->format = format_alike(plan, in->format, &in->shape, &out->shape);
    const struct gather_input input = {&in->shape, in->format, in->data};
    out->data =
        gather_channels(plan, layer->passes, &out->shape, out->format, &input, 1, sources);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct value *in = layer->inputs[0];
    if (in->needs_gradient && !plan_failed(plan))
        in->slices[in->n_slices++] = (struct value_slice){layer->output, layer->spec->from};
}

/* Take the slice's channels from input `input`; false when some are taken already. */
static bool take(struct gather_source *sources, const struct value_slice *slice, int input)
{
    int64_t n = slice->part->shape.dims[1];
    for (int64_t c = 0; c < n; c++)
        if (sources[slice->from + c].input != GATHER_ZEROS)
            return false;
    for (int64_t c = 0; c < n; c++)
        sources[slice->from + c] = (struct gather_source){input, c};
    return true;
}

/* The gradient from all slices that do not overlap; the others stay. */
static void join_some(struct plan *plan, struct value *value, struct gather_source *sources)
{
    struct gather_input inputs[VALUE_CONSUMERS];
    int n_inputs = 0, n_left = 0;
    for (int64_t c = 0; c < value->shape.dims[1]; c++)
        sources[c] = (struct gather_source){GATHER_ZEROS, 0};
    for (int i = 0; i < value->n_slices; i++) {
        const struct value *part = value->slices[i].part;
        if (take(sources, &value->slices[i], n_inputs))
            inputs[n_inputs++] =
                (struct gather_input){&part->shape, part->format, part->gradients[0]};
        else
            value->slices[n_left++] = value->slices[i];
    }
    value->n_slices = n_left;
    value_add_gradient(value, gather_channels(plan, PASS_BACKWARD, &value->shape, value->format,
                                              inputs, n_inputs, sources));
}

void value_join_slices(struct plan *plan, struct value *value)
{
    if (value->n_slices == 0)
        return;
    struct gather_source *sources =
        plan_alloc(plan, (size_t)value->shape.dims[1] * sizeof *sources);
    while (sources && value->n_slices > 0)
        join_some(plan, value, sources);
}

const struct layer_type layer_split = {
    .name = "split",
    .n_inputs = 1,
    .takes = LAYER_CHANNELS | LAYER_FROM,
    .shape = split_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
};
