/* Batch normalisation over the channels (Ioffe & Szegedy 2015), with the ReLU that follows it
 * fused where the layer says so. */
#include "cnn/batch_norm.h"
#include "cnn/batch_norm_fused.h"
#include "cnn/layer.h"
#include "cnn/onednn_kernel.h"

struct state {
    dnnl_primitive_desc_t forward;
    unsigned flags;
    struct format *statistics; /* of mean and variance */
    struct buffer *mean, *variance, *workspace;
};

static enum status batch_norm_shape(const struct layer_spec *spec, const struct shape *inputs,
                                    struct shape *output, struct error *err)
{
    (void)spec;
    if (inputs[0].n != 4)
        return error_set(err, ST_INVALID, "batch_norm: needs images, got vectors");
    *output = inputs[0];
    return ST_OK;
}

static int batch_norm_params(const struct layer_spec *spec, const struct shape *inputs,
                             struct param_spec params[LAYER_PARAMS])
{
    (void)spec;
    struct shape channels = {1, {inputs[0].dims[1]}};
    params[BATCH_NORM_SCALE] = (struct param_spec){"weight", channels, START_ONE, 0, true};
    params[BATCH_NORM_SHIFT] = (struct param_spec){"bias", channels, START_ZERO, 0, true};
    params[BATCH_NORM_MEAN] =
        (struct param_spec){"running_mean", channels, START_ZERO, 0, false};
    params[BATCH_NORM_VARIANCE] =
        (struct param_spec){"running_variance", channels, START_ONE, 0, false};
    return 4;
}

struct running {
    struct buffer *mean, *variance; /* of the batch */
    struct buffer *running_mean, *running_variance;
    int64_t channels;
    float unbiased; /* n / (n - 1) */
};

static bool run_running(void *object)
{
    const struct running *r = object;
    const float *mean = r->mean->data, *variance = r->variance->data;
    float *running_mean = r->running_mean->data, *running_variance = r->running_variance->data;
    for (int64_t c = 0; c < r->channels; c++) {
        running_mean[c] += BATCH_NORM_MOMENTUM * (mean[c] - running_mean[c]);
        running_variance[c] +=
            BATCH_NORM_MOMENTUM * (r->unbiased * variance[c] - running_variance[c]);
    }
    return true;
}

static void plan_running(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    struct running *running = plan_alloc(plan, sizeof *running);
    if (!running)
        return;
    const struct shape *shape = &layer->inputs[0]->shape;
    int64_t n = shape_count(shape) / shape->dims[1];
    *running = (struct running){state->mean,
                                state->variance,
                                layer->params[BATCH_NORM_MEAN].data,
                                layer->params[BATCH_NORM_VARIANCE].data,
                                shape->dims[1],
                                n > 1 ? (float)n / (float)(n - 1) : 1};
    plan_use(plan, state->mean);
    plan_use(plan, state->variance);
    plan_emit(plan, PASS_TRAIN, run_running, running);
}

static void plan_train(struct plan *plan, struct layer *layer)
{
    struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct param *params = layer->params;
    if (plan_failed(plan))
        return; /* oneDNN 3 reads the format, which then may be missing, unchecked */
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status =
        onednn_batch_norm_forward(&pd, &setup, dnnl_forward_training, format_md(in->format),
                                  BATCH_NORM_EPSILON, state->flags);
    state->forward = onednn_keep(plan, status, pd, "batch normalisation");
    struct format *workspace = onednn_chosen(plan, state->forward, DNNL_ARG_WORKSPACE);
    if (plan_failed(plan))
        return;

    state->mean = format_buffer(plan, state->statistics);
    state->variance = format_buffer(plan, state->statistics);
    state->workspace = workspace ? format_buffer(plan, workspace) : NULL;
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_SRC, in->format, in->data},
        {DNNL_ARG_SCALE, params[BATCH_NORM_SCALE].format, params[BATCH_NORM_SCALE].data},
        {DNNL_ARG_SHIFT, params[BATCH_NORM_SHIFT].format, params[BATCH_NORM_SHIFT].data},
        {DNNL_ARG_MEAN, state->statistics, state->mean},
        {DNNL_ARG_VARIANCE, state->statistics, state->variance},
        {DNNL_ARG_WORKSPACE, workspace, state->workspace},
        {DNNL_ARG_DST, out->format, out->data}};
    onednn_emit(plan, PASS_TRAIN, state->forward, arguments, 7);
    plan_running(plan, layer);
}

static void plan_infer(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct param *params = layer->params;
    if (plan_failed(plan))
        return;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status =
        onednn_batch_norm_forward(&pd, &setup, dnnl_forward_inference, format_md(in->format),
                                  BATCH_NORM_EPSILON, state->flags | dnnl_use_global_stats);
    pd = onednn_keep(plan, status, pd, "batch normalisation");
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_SRC, in->format, in->data},
        {DNNL_ARG_SCALE, params[BATCH_NORM_SCALE].format, params[BATCH_NORM_SCALE].data},
        {DNNL_ARG_SHIFT, params[BATCH_NORM_SHIFT].format, params[BATCH_NORM_SHIFT].data},
        {DNNL_ARG_MEAN, state->statistics, params[BATCH_NORM_MEAN].data},
        {DNNL_ARG_VARIANCE, state->statistics, params[BATCH_NORM_VARIANCE].data},
        {DNNL_ARG_DST, out->format, out->data}};
    onednn_emit(plan, PASS_INFER, pd, arguments, 6);
}

static void plan_forward(struct plan *plan, struct layer *layer)
{
    if (batch_norm_fuses(plan, layer)) {
        batch_norm_fused_forward(plan, layer);
        return;
    }
    struct state *state = plan_alloc(plan, sizeof *state);
    if (!state)
        return;
    layer->state = state;
    state->flags = dnnl_use_scale | dnnl_use_shift;
    if (layer->spec->relu)
        state->flags |= dnnl_fuse_norm_relu;
    layer->output->format = layer->inputs[0]->format;
    state->statistics =
        format_plain(plan, &layer->params[BATCH_NORM_SCALE].spec.shape, PRECISION_FP32);
    if (!layer->passes)
        return;
    layer->output->data = format_buffer(plan, layer->output->format);
    if (layer->passes & PASS_TRAIN)
        plan_train(plan, layer);
    if (layer->passes & PASS_INFER)
        plan_infer(plan, layer);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    if (layer->output->activated) {
        batch_norm_fused_backward(plan, layer);
        return;
    }
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct param *params = layer->params;
    if (plan_failed(plan))
        return;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status =
        onednn_batch_norm_backward(&pd, &setup, format_md(out->format), format_md(in->format),
                                   BATCH_NORM_EPSILON, state->flags, state->forward);
    pd = onednn_keep(plan, status, pd, "batch normalisation's gradient");
    struct format *workspace = onednn_chosen(plan, pd, DNNL_ARG_WORKSPACE);
    struct buffer *result = value_take_gradient(plan, layer->output);
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_SRC, in->format, in->data},
        {DNNL_ARG_MEAN, state->statistics, state->mean},
        {DNNL_ARG_VARIANCE, state->statistics, state->variance},
        {DNNL_ARG_DIFF_DST, out->format, out->gradients[0]},
        {DNNL_ARG_SCALE, params[BATCH_NORM_SCALE].format, params[BATCH_NORM_SCALE].data},
        {DNNL_ARG_SHIFT, params[BATCH_NORM_SHIFT].format,
         ONEDNN_GRADIENT_TAKES_SHIFT ? params[BATCH_NORM_SHIFT].data : NULL},
        {DNNL_ARG_WORKSPACE, workspace, state->workspace},
        {DNNL_ARG_DIFF_SRC, in->format, result},
        {DNNL_ARG_DIFF_SCALE, params[BATCH_NORM_SCALE].format,
         params[BATCH_NORM_SCALE].gradient},
        {DNNL_ARG_DIFF_SHIFT, params[BATCH_NORM_SHIFT].format,
         params[BATCH_NORM_SHIFT].gradient}};
    onednn_emit(plan, PASS_BACKWARD, pd, arguments, 10);
    if (in->needs_gradient)
        value_add_gradient(in, result);
}

const struct layer_type layer_batch_norm = {
    .name = "batch_norm",
    .n_inputs = 1,
    .takes = LAYER_RELU,
    .shape = batch_norm_shape,
    .params = batch_norm_params,
    .plan_forward = plan_forward,
    .plan_backward = plan_backward,
    .forgets_output = true,
};
