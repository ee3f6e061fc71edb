#include "cnn/onednn_depthwise.h"

#include "cnn/depthwise.h"
#include "cnn/onednn_convolution.h"
#include "cnn/onednn_weighted.h"

struct state {
    struct depthwise sizes;
    int64_t channels;
    struct buffer *in, *gradient;        /* of the output */
    struct buffer *by_weights, *by_bias; /* by_bias is NULL without a bias */
};

bool onednn_is_depthwise(const struct layer *layer)
{
    const struct layer_spec *spec = layer->spec;
    return spec->groups > 1 && spec->groups == spec->channels &&
           layer->inputs[0]->shape.dims[1] == spec->channels;
}

static bool run(void *object)
{
    const struct state *s = object;
    depthwise_by_weights(s->by_weights->data, s->in->data, s->gradient->data, &s->sizes);
    if (s->by_bias)
        depthwise_by_bias(s->by_bias->data, s->channels, s->gradient->data, &s->sizes);
    return true;
}

static struct depthwise sizes_of(const struct layer *layer)
{
    const struct layer_spec *spec = layer->spec;
    const int64_t *in = layer->inputs[0]->shape.dims, *out = layer->output->shape.dims;
    int64_t blocks = (spec->channels + DEPTHWISE_BLOCK - 1) / DEPTHWISE_BLOCK;
    return (struct depthwise){in[0],  blocks,       in[2],        in[3],        out[2],
                              out[3], spec->kernel, spec->stride, spec->padding};
}

/* A value or its gradient in the loops' format. */
static struct buffer *blocked(struct plan *plan, const struct value *value, struct buffer *data)
{
    struct format *format = format_tagged(plan, &value->shape, PRECISION_FP32, dnnl_nChw16c);
    return format_convert(plan, PASS_BACKWARD, value->format, data, format);
}

void onednn_emit_depthwise_gradient(struct plan *plan, const struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    const struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *weight = &layer->params[0], *bias = onednn_bias(layer);
    struct shape shape = onednn_convolution_weights(layer);
    struct format *format = format_tagged(plan, &shape, PRECISION_FP32, dnnl_Goihw16g);
    if (plan_failed(plan))
        return;
    state->sizes = sizes_of(layer);
    state->channels = layer->spec->channels;
    state->in = blocked(plan, in, in->data);
    state->gradient = blocked(plan, out, out->gradients[0]);
    state->by_weights = format_buffer(plan, format);
    state->by_bias = bias ? bias->gradient : NULL;
    plan_use(plan, state->in);
    plan_use(plan, state->gradient);
    plan_emit(plan, PASS_BACKWARD, run, state);
    format_copy_into(plan, PASS_BACKWARD, format, state->by_weights, weight->format,
                     weight->gradient);
}
