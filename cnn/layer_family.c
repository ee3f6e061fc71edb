#include "cnn/layer_family.h"

/* The side of the maps that the linear layers get. */
#define POOLED_SIDE 4

static const struct family_member members[] = {
    {1, 1, 0}, {1, 1, 1}, {2, 1, 1}, {3, 1, 1}, {4, 1, 1}, {5, 1, 1}, {6, 1, 1},
    {1, 2, 1}, {1, 3, 1}, {1, 4, 1}, {1, 5, 1}, {1, 6, 1}, {1, 1, 2}, {1, 1, 3},
    {1, 1, 4}, {1, 1, 5}, {1, 1, 6}, {3, 3, 3}, {6, 6, 6},
};

const struct family_member *family_members(size_t *n)
{
    *n = sizeof members / sizeof members[0];
    return members;
}

static int64_t numbers_of(const struct graph *graph, int value)
{
    return graph->shapes ? shape_count(&graph->shapes[value]) : 0;
}

enum status family_build(struct graph *graph, const struct family_member *member,
                         const struct model_input *input, int64_t channels, struct error *err)
{
    int64_t shorter = input->height < input->width ? input->height : input->width;
    int64_t window = shorter > POOLED_SIDE ? shorter / POOLED_SIDE : 1;
    int value = 0;
    graph_init(graph, input->channels, input->height, input->width);
    for (int i = 0; i < member->convolutions; i++)
        value = graph_convolution(graph, value, channels, 3, 1, 1, true);
    for (int i = 0; i < member->relus; i++)
        value = graph_relu(graph, value);
    value = graph_max_pool(graph, value, window, window, 0);
    value = graph_flatten(graph, value);
    int64_t width = numbers_of(graph, value);
    for (int i = 1; i < member->linears; i++)
        value = graph_linear(graph, value, width);
    graph_linear(graph, value, input->classes);
    return graph_check(graph, err);
}
