/* A convolution with what follows it folded into its weights, its bias and, for the activation,
 * into what oneDNN calls a post-operation. */
#include "cnn/batch_norm.h"
#include "cnn/fold.h"
#include "cnn/onednn_convolution.h"
#include "cnn/onednn_weighted.h"
#include "cnn/onednn_window.h"

#include <math.h>

/* An activation in oneDNN's words. */
struct eltwise {
    const struct layer_type *type;
    dnnl_alg_kind_t kind;
    float alpha, beta;
    bool exponential;
};

static const struct eltwise eltwises[] = {
    {&layer_relu, dnnl_eltwise_relu, 0, 0, false},
    {&layer_relu6, dnnl_eltwise_clip, 0, 6, false},
    {&layer_silu, dnnl_eltwise_swish, 1, 0, true},
    {&layer_sigmoid, dnnl_eltwise_logistic, 0, 0, true},
};

static const struct eltwise *eltwise_find(const struct layer_type *type)
{
    for (size_t i = 0; i < sizeof eltwises / sizeof *eltwises; i++)
        if (eltwises[i].type == type)
            return &eltwises[i];
    return NULL;
}

/* In groups of more than one channel, in bf16, oneDNN 2.6 fails to make some of the kernels
 * with an exponential behind them, though it has promised them. */
bool fold_takes(const struct layer *convolution, const struct layer_type *activation)
{
    const struct eltwise *eltwise = eltwise_find(activation);
    const struct layer_spec *spec = convolution->spec;
    int64_t in = convolution->inputs[0]->shape.dims[1];
    bool in_groups = spec->groups > 1 && !(spec->groups == in && spec->channels == in);
    return eltwise && !(eltwise->exponential && in_groups);
}

static const struct eltwise *eltwise_of(const struct fold *fold)
{
    if (fold->activation)
        return eltwise_find(fold->activation->spec->type);
    return fold->batch_norm->spec->relu ? eltwise_find(&layer_relu) : NULL;
}

/* What makes the folded weights and bias. Weights are row-major, a row for each channel. */
struct state {
    int64_t channels, row;
    struct buffer *weight, *folded_weight;
    struct buffer *bias; /* NULL: none */
    struct buffer *folded_bias;
    struct buffer *norm[4]; /* by enum batch_norm_param; NULL: no batch normalisation */
};

static bool run_fold(void *object)
{
    const struct state *s = object;
    const float *weight = s->weight->data, *bias = s->bias ? s->bias->data : NULL;
    const float *norm[4] = {NULL};
    float *folded = s->folded_weight->data, *folded_bias = s->folded_bias->data;
    for (int i = 0; s->norm[0] && i < 4; i++)
        norm[i] = s->norm[i]->data;
#pragma omp parallel for schedule(static)
    for (int64_t c = 0; c < s->channels; c++) {
        float factor = 1, shift = 0, before = bias ? bias[c] : 0;
        if (norm[0]) {
            factor = norm[BATCH_NORM_SCALE][c] /
                     sqrtf(norm[BATCH_NORM_VARIANCE][c] + BATCH_NORM_EPSILON);
            shift = norm[BATCH_NORM_SHIFT][c];
            before -= norm[BATCH_NORM_MEAN][c];
        }
        folded_bias[c] = before * factor + shift;
        for (int64_t i = c * s->row; i < (c + 1) * s->row; i++)
            folded[i] = weight[i] * factor;
    }
    return true;
}

/* Append what makes the folded weight, in `format`, and the folded bias. */
static void plan_weights(struct plan *plan, const struct fold *fold, struct buffer *folded,
                         const struct format *format, struct buffer *folded_bias)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    const struct param *weight = &fold->convolution->params[0];
    const struct param *bias = onednn_bias(fold->convolution);
    const struct format *plain = weight->plain;
    if (!state)
        return;
    bool staged = !format_equal(format, plain);
    state->channels = weight->spec.shape.dims[0];
    state->row = shape_count(&weight->spec.shape) / state->channels;
    state->weight = format_convert(plan, PASS_FOLD, weight->format, weight->data, plain);
    state->folded_weight = staged ? format_buffer(plan, plain) : folded;
    state->bias = bias ? bias->data : NULL;
    state->folded_bias = folded_bias;
    for (int i = 0; fold->batch_norm && i < 4; i++)
        state->norm[i] = fold->batch_norm->params[i].data;
    plan_emit(plan, PASS_FOLD, run_fold, state);
    if (staged)
        format_copy_into(plan, PASS_FOLD, plain, state->folded_weight, format, folded);
}

/* The convolution with the activation behind it. Its output has the format of the last layer's.
 */
static dnnl_primitive_desc_t describe(struct plan *plan, const struct fold *fold,
                                      const struct format *bias)
{
    const struct layer *layer = fold->convolution;
    const struct eltwise *eltwise = eltwise_of(fold);
    struct onednn_setup setup =
        onednn_setup_eltwise(plan, eltwise ? eltwise->kind : dnnl_alg_kind_undef,
                             eltwise ? eltwise->alpha : 0, eltwise ? eltwise->beta : 0);
    struct onednn_window window = onednn_window_of(layer->spec);
    struct shape weights = onednn_convolution_weights(layer);
    enum precision precision = format_precision(layer->inputs[0]->format);
    struct format *any_src = format_any(plan, &layer->inputs[0]->shape, precision);
    struct format *any_weight = format_any(plan, &weights, precision);
    if (plan_failed(plan))
        return NULL;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = onednn_convolution_forward(
        &pd, &setup, format_md(any_src), format_md(any_weight), format_md(bias),
        format_md(fold->last->output->format), &window);
    return onednn_keep(plan, status, pd, "convolution for inference");
}

void fold_plan(struct plan *plan, const struct fold *fold)
{
    struct value *in = fold->convolution->inputs[0], *out = fold->last->output;
    const struct format *bias = format_plain(
        plan, &(struct shape){1, {fold->convolution->spec->channels}}, PRECISION_FP32);
    dnnl_primitive_desc_t pd = describe(plan, fold, bias);
    struct format *src = onednn_chosen(plan, pd, DNNL_ARG_SRC);
    struct format *weight = onednn_chosen(plan, pd, DNNL_ARG_WEIGHTS);
    if (plan_failed(plan))
        return;
    struct buffer *folded_weight = plan_lasting_buffer(plan, format_bytes(weight));
    struct buffer *folded_bias = plan_lasting_buffer(plan, format_bytes(bias));
    plan_weights(plan, fold, folded_weight, weight, folded_bias);
    if (!out->data)
        out->data = format_buffer(plan, out->format);
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_SRC, src, format_convert(plan, PASS_INFER, in->format, in->data, src)},
        {DNNL_ARG_WEIGHTS, weight, folded_weight},
        {DNNL_ARG_BIAS, bias, folded_bias},
        {DNNL_ARG_DST, out->format, out->data}};
    onednn_emit(plan, PASS_INFER, pd, arguments, 4);
}
