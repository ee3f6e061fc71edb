#include "cnn/batch_norm_fused.h"

#include "cnn/batch_norm.h"
#include "cnn/format.h"
#include "cnn/fused_norm.h"

#include <math.h>

static const struct {
    const struct layer_type *type;
    float ceiling;
} fusible[] = {{&layer_relu, INFINITY}, {&layer_relu6, 6}};
#define FUSIBLE (sizeof fusible / sizeof *fusible)

/* Which of them follows the layer; FUSIBLE: none. */
static size_t follower(const struct layer *layer)
{
    size_t i = 0;
    while (i < FUSIBLE &&
           !(layer->only_user && layer->only_user->spec->type == fusible[i].type))
        i++;
    return i;
}

/* In bf16 oneDNN's own kernel and a loop behind it are faster: they widen and round vectors. */
bool batch_norm_fuses(struct plan *plan, const struct layer *layer)
{
    const struct value *in = layer->inputs[0];
    return layer->passes && !layer->spec->relu && follower(layer) < FUSIBLE &&
           format_precision(in->format) == PRECISION_FP32 &&
           format_block(plan, in->format, &in->shape) == FUSED_LANES;
}

static bool run_train(void *object)
{
    fused_norm_train(object);
    return true;
}

static bool run_infer(void *object)
{
    fused_norm_infer(object);
    return true;
}

static bool run_backward(void *object)
{
    fused_norm_backward(object);
    return true;
}

void batch_norm_fused_forward(struct plan *plan, struct layer *layer)
{
    struct fused_norm *f = plan_alloc(plan, sizeof *f);
    struct value *in = layer->inputs[0], *out = layer->output;
    const struct param *params = layer->params;
    if (!f)
        return;
    layer->state = f;
    out->format = in->format;
    out->data = format_buffer(plan, out->format);
    out->activated = true;
    *f = (struct fused_norm){.ceiling = fusible[follower(layer)].ceiling,
                             .shape = in->shape,
                             .x = in->data,
                             .y = out->data,
                             .scale = params[BATCH_NORM_SCALE].data,
                             .shift = params[BATCH_NORM_SHIFT].data,
                             .running_mean = params[BATCH_NORM_MEAN].data,
                             .running_variance = params[BATCH_NORM_VARIANCE].data,
                             .scale_gradient = params[BATCH_NORM_SCALE].gradient,
                             .shift_gradient = params[BATCH_NORM_SHIFT].gradient};
    f->mean = format_buffer(plan, params[BATCH_NORM_SCALE].format);
    f->variance = format_buffer(plan, params[BATCH_NORM_SCALE].format);
    f->partial = plan_buffer(plan, fused_norm_partials(&in->shape) * sizeof(double));
    plan_use(plan, in->data);
    plan_emit(plan, layer->passes & PASS_TRAIN, run_train, f);
    plan_emit(plan, layer->passes & PASS_INFER, run_infer, f);
}

void batch_norm_fused_backward(struct plan *plan, struct layer *layer)
{
    const struct fused_norm *forward = layer->state;
    struct fused_norm *f = plan_alloc(plan, sizeof *f);
    struct value *in = layer->inputs[0];
    if (!f)
        return;
    *f = *forward;
    f->dy = layer->output->gradients[0];
    f->dx = format_buffer(plan, in->format);
    f->partial = plan_buffer(plan, fused_norm_partials(&in->shape) * sizeof(double));
    plan_use(plan, f->x);
    plan_use(plan, f->dy);
    plan_use(plan, f->mean);
    plan_use(plan, f->variance);
    plan_emit(plan, PASS_BACKWARD, run_backward, f);
    if (in->needs_gradient)
        value_add_gradient(in, f->dx);
}
