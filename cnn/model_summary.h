/* model_summary.h - what the layers of a network have and cost, from their sizes alone.
 *
 * Nothing is planned or allocated. Figures are for one image; memory is counted in float32
 * without the padding of blocked formats, so it does not depend on the machine. Threading: no
 * shared state. */
#ifndef CNN_MODEL_SUMMARY_H
#define CNN_MODEL_SUMMARY_H

#include "cnn/graph.h"

#include <stddef.h>
#include <stdint.h>

struct model_summary {
    int64_t params;       /* trained numbers */
    int64_t flops;        /* of a forward pass; a multiply-add counts as two */
    int64_t bytes;        /* what a saved model keeps: trained numbers and running statistics */
    int64_t output_bytes; /* of the values that the layers make */
};

/* One layer of a sound graph; its type and its output's shape are in graph->layers[layer] and
 * graph->shapes[layer + 1]. */
struct model_summary model_summary_layer(const struct graph *graph, size_t layer);

/* The sum over all layers. */
struct model_summary model_summary_total(const struct graph *graph);

#endif
