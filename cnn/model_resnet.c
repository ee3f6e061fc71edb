/* Residual networks for small images (He et al. 2016, section 4.2): three stages of n blocks of
 * two convolutions, 6n + 2 layers with weights. Where a block changes the size, the shortcut is
 * a 1 x 1 convolution with batch normalisation (the paper's option B): ResNet-20 has 272,474
 * parameters for 10 classes; with the paper's option A, which pads with zeros, it would have
 * 269,722. */
#include "cnn/model.h"

#define STEM_WIDTH 16

static int block(struct graph *graph, int in, int64_t channels, int64_t stride, bool project)
{
    int x = graph_convolution(graph, in, channels, 3, stride, 1, false);
    x = graph_batch_norm(graph, x, true);
    x = graph_convolution(graph, x, channels, 3, 1, 1, false);
    x = graph_batch_norm(graph, x, false);
    int shortcut = in;
    if (project) {
        shortcut = graph_convolution(graph, in, channels, 1, stride, 0, false);
        shortcut = graph_batch_norm(graph, shortcut, false);
    }
    return graph_add_values(graph, x, shortcut, true);
}

static enum status resnet(struct graph *graph, const struct train_settings *settings,
                          const struct model_input *input, int blocks)
{
    int64_t width = model_scale(settings, STEM_WIDTH, STEM_WIDTH);
    int x = graph_convolution(graph, 0, width, 3, 1, 1, false);
    x = graph_batch_norm(graph, x, true);
    for (int stage = 0; stage < 3; stage++)
        for (int i = 0; i < blocks; i++) {
            bool shrink = stage > 0 && i == 0;
            x = block(graph, x, width << stage, shrink ? 2 : 1, shrink);
        }
    x = graph_flatten(graph, graph_global_pool(graph, x));
    x = graph_dropout(graph, x, settings->dropout);
    graph_linear(graph, x, input->classes);
    return ST_OK;
}

enum status model_resnet8(struct graph *graph, const struct train_settings *settings,
                          const struct model_input *input, struct error *err)
{
    (void)err;
    return resnet(graph, settings, input, 1);
}

enum status model_resnet20(struct graph *graph, const struct train_settings *settings,
                           const struct model_input *input, struct error *err)
{
    (void)err;
    return resnet(graph, settings, input, 3);
}
