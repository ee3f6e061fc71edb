/* Residual networks (He et al. 2016). ResNet-8, 20, 32 and 56 are those of section 4.2 for
 * small images, three stages of n blocks with two convolutions each, 6n + 2 layers with
 * weights; ResNet-18, 34 and 50 those of table 1, where the stride of a bottleneck is that of
 * its 3 x 3 convolution, as everybody builds it. Any of them takes either stem.
 *
 * Where a block changes the size, the shortcut is a 1 x 1 convolution with batch normalisation
 * (the paper's option B): ResNet-20 has 272,474 parameters for 10 classes; with option A, which
 * pads with zeros, it would have 269,722. */
#include "cnn/model.h"

#define STAGES 4

struct resnet {
    int64_t width;          /* channels of the stem, which double from stage to stage */
    int64_t blocks[STAGES]; /* of each stage, as far as it has them */
    bool bottleneck;
};

enum { EXPANSION = 4 }; /* a bottleneck gives so many times the channels that it works with */

static int stem(struct graph *graph, int64_t width, bool large)
{
    int x = large ? graph_convolution(graph, 0, width, 7, 2, 3, false)
                  : graph_convolution(graph, 0, width, 3, 1, 1, false);
    x = graph_batch_norm(graph, x, true);
    return large ? graph_max_pool(graph, x, 3, 2, 1) : x;
}

static int add_shortcut(struct graph *graph, int x, int in, int64_t channels, int64_t stride,
                        bool project)
{
    if (project) {
        in = graph_convolution(graph, in, channels, 1, stride, 0, false);
        in = graph_batch_norm(graph, in, false);
    }
    return graph_add_values(graph, x, in, true);
}

static int basic_block(struct graph *graph, int in, int64_t channels, int64_t stride,
                       bool project)
{
    int x = graph_convolution(graph, in, channels, 3, stride, 1, false);
    x = graph_batch_norm(graph, x, true);
    x = graph_convolution(graph, x, channels, 3, 1, 1, false);
    x = graph_batch_norm(graph, x, false);
    return add_shortcut(graph, x, in, channels, stride, project);
}

static int bottleneck(struct graph *graph, int in, int64_t channels, int64_t stride,
                      bool project)
{
    int x = graph_convolution(graph, in, channels, 1, 1, 0, false);
    x = graph_batch_norm(graph, x, true);
    x = graph_convolution(graph, x, channels, 3, stride, 1, false);
    x = graph_batch_norm(graph, x, true);
    x = graph_convolution(graph, x, EXPANSION * channels, 1, 1, 0, false);
    x = graph_batch_norm(graph, x, false);
    return add_shortcut(graph, x, in, EXPANSION * channels, stride, project);
}

static enum status build(struct graph *graph, const struct train_settings *settings,
                         const struct model_input *input, const struct resnet *resnet,
                         struct error *err)
{
    int n_stages = resnet->blocks[STAGES - 1] ? STAGES : STAGES - 1;
    enum status status = model_check_pixels(settings, input, n_stages - 1, err);
    if (status)
        return status;
    int64_t width = model_scale(settings, resnet->width, resnet->width);
    int x = stem(graph, width, model_stem_is_large(settings, input));
    for (int stage = 0; stage < n_stages; stage++) {
        int64_t blocks = model_depth(settings, resnet->blocks[stage]);
        for (int64_t i = 0; i < blocks; i++) {
            bool first = i == 0, shrink = first && stage > 0;
            x = (resnet->bottleneck ? bottleneck
                                    : basic_block)(graph, x, width << stage, shrink ? 2 : 1,
                                                   shrink || (first && resnet->bottleneck));
        }
    }
    model_classify(graph, x, settings, input);
    return ST_OK;
}

#define RESNET(name, ...)                                                                      \
    enum status model_##name(struct graph *graph, const struct train_settings *settings,       \
                             const struct model_input *input, struct error *err)               \
    {                                                                                          \
        static const struct resnet resnet = {__VA_ARGS__};                                     \
        return build(graph, settings, input, &resnet, err);                                    \
    }
RESNET(resnet8, 16, {1, 1, 1}, false)
RESNET(resnet20, 16, {3, 3, 3}, false)
RESNET(resnet32, 16, {5, 5, 5}, false)
RESNET(resnet56, 16, {9, 9, 9}, false)
RESNET(resnet18, 64, {2, 2, 2, 2}, false)
RESNET(resnet34, 64, {3, 4, 6, 3}, false)
RESNET(resnet50, 64, {3, 4, 6, 3}, true)
#undef RESNET
