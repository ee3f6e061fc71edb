/* Dropout (Srivastava et al. 2014), inverted: the kept elements are scaled up while training,
 * so that inference is the identity. Which elements are kept depends on the seed and on how
 * many training passes there were. */
#include "base/rng.h"
#include "cnn/elementwise.h"
#include "cnn/format.h"
#include "cnn/layer.h"

#include <string.h>

/* Beyond this the share that is kept has too few of the 2^16 steps of a draw. */
#define RATE_MAX 0.999

struct state {
    struct rng rng;
    uint32_t threshold; /* of 2^16: draws below it are dropped */
    float scale;
    struct buffer *in, *out, *kept;
    struct buffer *out_gradient, *in_gradient;
};

static enum status dropout_shape(const struct layer_spec *spec, const struct shape *inputs,
                                 struct shape *output, struct error *err)
{
    if (!(spec->rate >= 0 && spec->rate <= RATE_MAX))
        return error_set(err, ST_INVALID, "dropout: a rate of %g is not in [0, %g]", spec->rate,
                         RATE_MAX);
    *output = inputs[0];
    return ST_OK;
}

static bool run_train(void *object)
{
    struct state *s = object;
    size_t n = buffer_count(s->out);
    uint8_t *kept = s->kept->data;
    for (size_t i = 0; i < n; i += 4) {
        uint64_t bits = rng_next(&s->rng);
        for (size_t j = i; j < i + 4 && j < n; j++, bits >>= 16)
            kept[j] = (bits & 0xffff) >= s->threshold;
    }
    elementwise_keep(s->out, s->in, kept, s->scale);
    return true;
}

static bool run_infer(void *object)
{
    const struct state *s = object;
    memcpy(s->out->data, s->in->data, s->out->bytes);
    return true;
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct value *in = layer->inputs[0], *out = layer->output;
    if (!state)
        return;
    layer->state = state;
    rng_seed(&state->rng, layer->seed);
    state->threshold = (uint32_t)(layer->spec->rate * 65536 + 0.5);
    state->scale = 1 / (1 - (float)state->threshold / 65536);
    out->format = in->format;
    if (!(layer->passes & PASS_TRAIN)) {
        out->data = in->data;
        return;
    }
    state->in = in->data;
    state->out = out->data = format_buffer(plan, out->format);
    state->kept = plan_buffer(plan, buffer_count(state->out));
    plan_use(plan, in->data);
    plan_emit(plan, PASS_TRAIN, run_train, state);
    plan_emit(plan, PASS_INFER, run_infer, state);
}

static bool run_backward(void *object)
{
    const struct state *s = object;
    elementwise_keep(s->in_gradient, s->out_gradient, s->kept->data, s->scale);
    return true;
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    struct state *state = layer->state;
    if (!layer->inputs[0]->needs_gradient || plan_failed(plan))
        return;
    state->out_gradient = layer->output->gradients[0];
    state->in_gradient = format_buffer(plan, layer->output->format);
    plan_use(plan, state->kept);
    plan_use(plan, state->out_gradient);
    plan_emit(plan, PASS_BACKWARD, run_backward, state);
    value_add_gradient(layer->inputs[0], state->in_gradient);
}

static struct rng *dropout_stream(const struct layer *layer)
{
    struct state *state = layer->state;
    return &state->rng;
}

const struct layer_type layer_dropout = {
    .name = "dropout",
    .n_inputs = 1,
    .takes = LAYER_RATE,
    .shape = dropout_shape,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
    .stream = dropout_stream,
};
