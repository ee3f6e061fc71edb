/* LeNet-5 (LeCun et al. 1998) as it is built today: ReLU and max pooling. Images smaller than
 * 32 pixels are padded by two, so that 28 x 28 gives the published 61,706 parameters. */
#include "cnn/model.h"

static int stage(struct graph *graph, int x, int64_t channels, int64_t padding)
{
    x = graph_convolution(graph, x, channels, 5, 1, padding, true);
    /* The rectifier and the maximum may change places; after it, a quarter is left to rectify.
     */
    return graph_relu(graph, graph_max_pool(graph, x, 2, 2, 0));
}

enum status model_lenet5(struct graph *graph, const struct train_settings *settings,
                         const struct model_input *input, struct error *err)
{
    (void)err;
    int64_t padding = input->height < 32 || input->width < 32 ? 2 : 0;
    int x = stage(graph, 0, model_scale(settings, 6, 6), padding);
    x = stage(graph, x, model_scale(settings, 16, 6), 0);
    x = graph_flatten(graph, x);
    x = graph_relu(graph, graph_linear(graph, x, model_scale(settings, 120, 6)));
    x = graph_relu(graph, graph_linear(graph, x, model_scale(settings, 84, 6)));
    x = graph_dropout(graph, x, settings->dropout);
    graph_linear(graph, x, input->classes);
    return ST_OK;
}
