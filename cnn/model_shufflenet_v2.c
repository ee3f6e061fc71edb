/* ShuffleNetV2 (Ma et al. 2018, table 5, 1 x): a unit works on half of the channels, and a
 * shuffle mixes the halves. The last convolution never becomes narrower, as published. */
#include "cnn/model.h"

#define STEM_WIDTH 24
#define LAST_WIDTH 1024

static const struct {
    int64_t channels, units;
} stages[] = {{116, 4}, {232, 8}, {464, 4}};

enum { STAGES = sizeof stages / sizeof *stages, HALVINGS = 3 };

static int stem(struct graph *graph, int64_t width, bool large)
{
    int x = graph_convolution(graph, 0, width, 3, large ? 2 : 1, 1, false);
    x = graph_batch_norm(graph, x, true);
    return large ? graph_max_pool(graph, x, 3, 2, 1) : x;
}

static int pointwise(struct graph *graph, int x, int64_t channels)
{
    x = graph_convolution(graph, x, channels, 1, 1, 0, false);
    return graph_batch_norm(graph, x, true);
}

static int depthwise(struct graph *graph, int x, int64_t channels, int64_t stride)
{
    x = graph_grouped_convolution(graph, x, channels, 3, stride, 1, channels, false);
    return graph_batch_norm(graph, x, false);
}

static int branch(struct graph *graph, int x, int64_t channels, int64_t stride)
{
    x = pointwise(graph, x, channels);
    x = depthwise(graph, x, channels, stride);
    return pointwise(graph, x, channels);
}

static int unit(struct graph *graph, int in, int64_t half)
{
    int kept = graph_split(graph, in, 0, half);
    int x = branch(graph, graph_split(graph, in, half, half), half, 1);
    return graph_shuffle(graph, graph_concat(graph, kept, x), 2);
}

/* The first unit of a stage: both branches see all channels, and halve the image. */
static int shrinking_unit(struct graph *graph, int in, int64_t from, int64_t half)
{
    int kept = pointwise(graph, depthwise(graph, in, from, 2), half);
    int x = branch(graph, in, half, 2);
    return graph_shuffle(graph, graph_concat(graph, kept, x), 2);
}

enum status model_shufflenet_v2(struct graph *graph, const struct train_settings *settings,
                                const struct model_input *input, struct error *err)
{
    enum status status = model_check_pixels(settings, input, HALVINGS, err);
    if (status)
        return status;
    int64_t channels = model_scale(settings, STEM_WIDTH, STEM_WIDTH);
    int x = stem(graph, channels, model_stem_is_large(settings, input));
    for (int stage = 0; stage < STAGES; stage++) {
        int64_t units = model_depth(settings, stages[stage].units);
        int64_t half = model_scale(settings, stages[stage].channels / 2, STEM_WIDTH);
        x = shrinking_unit(graph, x, channels, half);
        channels = 2 * half;
        for (int64_t i = 1; i < units; i++)
            x = unit(graph, x, half);
    }
    int64_t last = model_scale(settings, LAST_WIDTH, STEM_WIDTH);
    x = pointwise(graph, x, last > LAST_WIDTH ? last : LAST_WIDTH);
    model_classify(graph, x, settings, input);
    return ST_OK;
}
