/* Max pooling, average pooling and the average of the whole image. As in PyTorch padding never
 * is the maximum, and counts as zeros in averages. */
#include "cnn/layer.h"
#include "cnn/onednn_kernel.h"
#include "cnn/onednn_window.h"

struct state {
    struct onednn_window window;
    dnnl_alg_kind_t kind;
    dnnl_primitive_desc_t forward;
    struct buffer *workspace; /* where the maxima were; NULL for averages */
};

static enum status pooling_shape(const struct layer_spec *spec, const struct shape *inputs,
                                 struct shape *output, struct error *err)
{
    const struct shape *in = &inputs[0];
    if (in->n != 4)
        return error_set(err, ST_INVALID, "pooling: needs images, got vectors");
    if (spec->padding > spec->kernel / 2)
        return error_set(err, ST_INVALID,
                         "pooling: a padding of %d is more than half of a window of %d",
                         (int)spec->padding, (int)spec->kernel);
    *output = *in;
    return onednn_window_shape(spec, in, output, "pooling", "window", err);
}

static enum status global_pool_shape(const struct layer_spec *spec, const struct shape *inputs,
                                     struct shape *output, struct error *err)
{
    (void)spec;
    if (inputs[0].n != 4)
        return error_set(err, ST_INVALID, "global_pool: needs images, got vectors");
    *output = (struct shape){4, {inputs[0].dims[0], inputs[0].dims[1], 1, 1}};
    return ST_OK;
}

static void plan_pooling(struct plan *plan, struct layer *layer, dnnl_alg_kind_t kind,
                         const struct onednn_window *window)
{
    struct state *state = plan_alloc(plan, sizeof *state);
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    struct format *any = format_any(plan, &out->shape, format_precision(in->format));
    if (plan_failed(plan))
        return;

    layer->state = state;
    state->window = *window;
    state->kind = kind;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = onednn_pooling_forward(&pd, &setup, kind, format_md(in->format),
                                                  format_md(any), window);
    state->forward = onednn_keep(plan, status, pd, "pooling");
    out->format = onednn_chosen(plan, state->forward, DNNL_ARG_DST);
    struct format *workspace = onednn_chosen(plan, state->forward, DNNL_ARG_WORKSPACE);
    out->data = format_buffer(plan, out->format);
    state->workspace = workspace ? format_buffer(plan, workspace) : NULL;
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_SRC, in->format, in->data},
        {DNNL_ARG_WORKSPACE, workspace, state->workspace},
        {DNNL_ARG_DST, out->format, out->data}};
    onednn_emit(plan, PASS_FORWARD, state->forward, arguments, 3);
}

static void plan_max(struct plan *plan, struct layer *layer)
{
    struct onednn_window window = onednn_window_of(layer->spec);
    plan_pooling(plan, layer, dnnl_pooling_max, &window);
}

static void plan_average(struct plan *plan, struct layer *layer)
{
    struct onednn_window window = onednn_window_of(layer->spec);
    plan_pooling(plan, layer, dnnl_pooling_avg_include_padding, &window);
}

static void plan_global(struct plan *plan, struct layer *layer)
{
    const int64_t *dims = layer->inputs[0]->shape.dims;
    struct onednn_window window = {{dims[2], dims[3]}, {1, 1}, {0, 0}};
    plan_pooling(plan, layer, dnnl_pooling_avg_exclude_padding, &window);
}

static void plan_backward(struct plan *plan, struct layer *layer)
{
    const struct state *state = layer->state;
    struct onednn_setup setup = onednn_setup(plan);
    struct value *in = layer->inputs[0], *out = layer->output;
    if (!in->needs_gradient || plan_failed(plan))
        return;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status =
        onednn_pooling_backward(&pd, &setup, state->kind, format_md(in->format),
                                format_md(out->format), &state->window, state->forward);
    pd = onednn_keep(plan, status, pd, "pooling's gradient");
    struct format *workspace = onednn_chosen(plan, pd, DNNL_ARG_WORKSPACE);
    struct buffer *result = format_buffer(plan, in->format);
    const struct onednn_argument arguments[] = {
        {DNNL_ARG_DIFF_DST, out->format, out->gradients[0]},
        {DNNL_ARG_WORKSPACE, workspace, state->workspace},
        {DNNL_ARG_DIFF_SRC, in->format, result}};
    onednn_emit(plan, PASS_BACKWARD, pd, arguments, 3);
    value_add_gradient(in, result);
}

const struct layer_type layer_max_pool = {
    .name = "max_pool",
    .n_inputs = 1,
    .takes = LAYER_WINDOW,
    .shape = pooling_shape,
    .plan_forward = plan_max,
    .plan_backward = plan_backward,
    .forgets_output = true,
};

const struct layer_type layer_average_pool = {
    .name = "average_pool",
    .n_inputs = 1,
    .takes = LAYER_WINDOW,
    .shape = pooling_shape,
    .plan_forward = plan_average,
    .plan_backward = plan_backward,
    .forgets_output = true,
};

const struct layer_type layer_global_pool = {
    .name = "global_pool",
    .n_inputs = 1,
    .shape = global_pool_shape,
    .plan_forward = plan_global,
    .plan_backward = plan_backward,
    .forgets_output = true,
};
