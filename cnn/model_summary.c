#include "cnn/model_summary.h"

#include <inttypes.h>
#include <stdio.h>

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

/* "64 x 32 x 32" for images, "10" for vectors; the batch is left out. */
static void size_text(const struct shape *shape, char *text, size_t room)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 1; i < shape->n && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%" PRId64, i > 1 ? " x " : "",
                                 shape->dims[i]);
}

static void print_row(struct strbuf *out, const char *number, const char *type,
                      const char *size, const struct model_summary *sum)
{
    strbuf_printf(out, "%5s  %-12s  %18s  %12" PRId64 "  %15" PRId64 "  %12" PRId64 "\n",
                  number, type, size, sum->params, sum->flops, sum->bytes);
}

enum status model_summary_print(const struct graph *graph, struct strbuf *out)
{
    char number[24], size[96];
    strbuf_printf(out, "%5s  %-12s  %18s  %12s  %15s  %12s\n", "layer", "type", "output",
                  "parameters", "FLOP an image", "bytes");
    for (size_t i = 0; i < graph->n_layers; i++) {
        struct model_summary layer = model_summary_layer(graph, i);
        snprintf(number, sizeof number, "%zu", i);
        size_text(&graph->shapes[i + 1], size, sizeof size);
        print_row(out, number, graph->layers[i].type->name, size, &layer);
    }
    struct model_summary total = model_summary_total(graph);
    print_row(out, "", "all", "", &total);
    return strbuf_ok(out) ? ST_OK : ST_NOMEM;
}
