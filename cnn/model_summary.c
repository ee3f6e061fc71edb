#include "cnn/model_summary.h"

struct model_summary model_summary_layer(const struct graph *graph, size_t layer)
{
    const struct layer_spec *spec = &graph->layers[layer];
    const struct layer_type *type = spec->type;
    const struct shape *output = &graph->shapes[layer + 1];
    struct model_summary sum = {.output_bytes = shape_count(output) * (int64_t)sizeof(float)};
    struct shape inputs[LAYER_INPUTS];
    struct param_spec params[LAYER_PARAMS];
    graph_input_shapes(graph, spec, inputs);
    int n = type->params ? type->params(spec, inputs, params) : 0;
    for (int i = 0; i < n; i++) {
        int64_t count = shape_count(&params[i].shape);
        sum.params += params[i].trained ? count : 0;
        sum.bytes += count * (int64_t)sizeof(float);
    }
    if (type->flops)
        sum.flops = type->flops(spec, inputs, output);
    return sum;
}

struct model_summary model_summary_total(const struct graph *graph)
{
    struct model_summary total = {0};
    for (size_t i = 0; i < graph->n_layers; i++) {
        struct model_summary layer = model_summary_layer(graph, i);
        total.params += layer.params;
        total.flops += layer.flops;
        total.bytes += layer.bytes;
        total.output_bytes += layer.output_bytes;
    }
    return total;
}
