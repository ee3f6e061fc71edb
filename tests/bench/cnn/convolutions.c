/* The convolutions of a network alone: of every one the forward pass, the gradient by the
 * weights and, but for the first, the gradient by the input, each in the formats that oneDNN
 * likes best for it, nothing converted and nothing in between. No training step can be faster,
 * so the share of this speed that a whole step keeps says what the rest of it costs. */
#include "base/clock.h"
#include "cnn/onednn_kernel.h"
#include "cnn/onednn_window.h"
#include "tests/bench/cnn/model_graph.h"
#include "tests/bench/cnn/workload.h"

#include <stdlib.h>
#include <string.h>

/* Runs of a primitive in a row: the first brings its operands into the caches and does not
 * count. */
enum { TIMED_RUNS = 3 };

struct convolutions {
    struct plan **plans; /* [n], one a primitive */
    size_t n;
    int64_t batch;
    enum precision precision;
    bool direct; /* by their definition, never by Winograd's algorithm */
};

static void convolutions_free(void *object)
{
    struct convolutions *all = object;
    if (!all)
        return;
    for (size_t i = 0; i < all->n; i++)
        plan_free(all->plans[i]);
    free(all->plans);
    free(all);
}

/* One convolution and what it needs to be described. */
struct description {
    struct onednn_setup setup;
    struct onednn_window window;
    struct format *src, *weights, *gradient, *bias, *dst;
};

static void describe(struct description *d, struct plan *plan, const struct layer_spec *spec,
                     const struct shape *in, const struct shape *out, enum precision precision)
{
    int64_t groups = spec->groups ? spec->groups : 1, k = spec->kernel;
    struct shape weights = {4, {out->dims[1], in->dims[1], k, k}};
    if (groups > 1)
        weights =
            (struct shape){5, {groups, out->dims[1] / groups, in->dims[1] / groups, k, k}};
    struct shape bias = {1, {out->dims[1]}};
    d->setup = onednn_setup(plan);
    d->window = onednn_window_of(spec);
    d->src = format_any(plan, in, precision);
    d->weights = format_any(plan, &weights, precision);
    d->gradient = format_any(plan, &weights, PRECISION_FP32);
    d->bias = spec->bias ? format_plain(plan, &bias, PRECISION_FP32) : NULL;
    d->dst = format_any(plan, out, precision);
}

enum part { FORWARD, BY_WEIGHTS, BY_INPUT, PARTS };

static dnnl_primitive_desc_t create(struct plan *plan, const struct description *d,
                                    enum part part)
{
    onednn_md src = format_md(d->src), weights = format_md(d->weights), dst = format_md(d->dst);
    onednn_md bias = d->bias ? format_md(d->bias) : NULL;
    dnnl_primitive_desc_t forward = NULL, pd = NULL;
    dnnl_status_t status =
        onednn_convolution_forward(&forward, &d->setup, src, weights, bias, dst, &d->window);
    forward = onednn_keep(plan, status, forward, "convolution");
    if (part == FORWARD || !forward)
        return forward;
    if (part == BY_WEIGHTS)
        status = onednn_convolution_backward_weights(
            &pd, &d->setup, src, format_md(d->gradient), bias, dst, &d->window, forward);
    else
        status = onednn_convolution_backward_data(&pd, &d->setup, src, weights, dst, &d->window,
                                                  forward);
    return onednn_keep(plan, status, pd, "convolution's gradient");
}

/* Ones in bf16 and all but ones in fp32: neither denormal nor all of one untouched page. */
static void fill(void *object)
{
    struct buffer *buffer = object;
    uint16_t *halves = buffer->data;
    for (size_t i = 0; i < buffer->bytes / sizeof *halves; i++)
        halves[i] = 0x3f80;
}

static void emit(struct plan *plan, dnnl_primitive_desc_t pd, enum part part, bool bias)
{
    static const int arguments[PARTS][4] = {
        {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS},
        {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_BIAS},
        {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST, 0}};
    struct onednn_argument list[4];
    int n = bias && part != BY_INPUT ? 4 : 3;
    for (int i = 0; i < n && !plan_failed(plan); i++) {
        struct format *format = onednn_chosen(plan, pd, arguments[part][i]);
        struct buffer *data = format_buffer(plan, format);
        list[i] = (struct onednn_argument){arguments[part][i], format, data};
        plan_bind(plan, fill, data);
    }
    if (!plan_failed(plan))
        onednn_emit(plan, PASS_TRAIN, pd, list, n);
}

static enum status add(struct convolutions *all, const struct layer_spec *spec,
                       const struct shape *in, const struct shape *out, enum part part,
                       struct error *err)
{
    struct plan *plan;
    struct description description;
    if (plan_create(&plan))
        return error_set(err, ST_NOMEM, "out of memory");
    all->plans[all->n++] = plan;
    describe(&description, plan, spec, in, out, all->precision);
    description.setup.direct = all->direct;
    if (!plan_failed(plan))
        emit(plan, create(plan, &description, part), part, spec->bias);
    return plan_finish(plan, err);
}

static enum status add_layer(struct convolutions *all, const struct graph *graph, size_t i,
                             struct error *err)
{
    const struct layer_spec *spec = &graph->layers[i];
    struct shape in = graph->shapes[spec->inputs[0]], out = graph->shapes[i + 1];
    in.dims[0] = out.dims[0] = all->batch;
    int parts = spec->inputs[0] == 0 ? BY_INPUT : PARTS; /* nobody wants that of the images */
    enum status status = ST_OK;
    for (int part = 0; part < parts && !status; part++)
        status = add(all, spec, &in, &out, (enum part)part, err);
    return status;
}

static enum status add_layers(struct convolutions *all, const struct graph *graph,
                              struct error *err)
{
    enum status status = ST_OK;
    all->plans = calloc(graph->n_layers * PARTS + 1, sizeof(struct plan *));
    if (!all->plans)
        return error_set(err, ST_NOMEM, "out of memory");
    for (size_t i = 0; i < graph->n_layers && !status; i++)
        if (graph->layers[i].type == &layer_convolution)
            status = add_layer(all, graph, i, err);
    return status;
}

static enum status open_either(void **out, const struct workload_setup *setup, bool direct,
                               struct error *err)
{
    struct train_settings settings;
    struct graph graph;
    struct convolutions *all = *out = calloc(1, sizeof *all);
    if (!all)
        return error_set(err, ST_NOMEM, "out of memory");
    *all = (struct convolutions){
        .batch = setup->batch, .precision = setup->precision, .direct = direct};
    enum status status = model_graph_build(&graph, &settings, setup, err);
    if (!status)
        status = add_layers(all, &graph, err);
    graph_free(&graph);
    if (status) {
        convolutions_free(all);
        *out = NULL;
    }
    return status;
}

static enum status convolutions_open(void **out, const struct workload_setup *setup,
                                     struct error *err)
{
    return open_either(out, setup, false, err);
}

static enum status direct_open(void **out, const struct workload_setup *setup,
                               struct error *err)
{
    return open_either(out, setup, true, err);
}

/* The time of one run of every primitive. */
static enum status run_all(const struct convolutions *all, struct workload_time *time,
                           struct error *err)
{
    for (size_t i = 0; i < all->n; i++) {
        double cpu_s = 0, wall_s = 0;
        for (int k = 0; k <= TIMED_RUNS; k++) {
            if (k == 1) {
                cpu_s = clock_process_cpu_s();
                wall_s = clock_monotonic_s();
            }
            if (!plan_run(all->plans[i], PASS_TRAIN))
                return error_set(err, ST_FAILED, "oneDNN failed in a convolution");
        }
        time->cpu_s += (clock_process_cpu_s() - cpu_s) / TIMED_RUNS;
        time->wall_s += (clock_monotonic_s() - wall_s) / TIMED_RUNS;
    }
    time->images += (double)all->batch;
    return ST_OK;
}

static enum status convolutions_run(void *object, double cpu_s, struct workload_time *time,
                                    struct error *err)
{
    double start_s = clock_process_cpu_s();
    enum status status;
    *time = (struct workload_time){0};
    do
        status = run_all(object, time, err);
    while (!status && clock_process_cpu_s() - start_s < cpu_s);
    return status;
}

const struct workload_kind workload_convolutions = {"convolutions", convolutions_open,
                                                    convolutions_run, convolutions_free};

const struct workload_kind workload_direct = {"direct", direct_open, convolutions_run,
                                              convolutions_free};
