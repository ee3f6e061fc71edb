/* EfficientNet (Tan & Le 2019): inverted residuals with squeeze-and-excitation and SiLU. B1 and
 * B2 are B0 (table 1) scaled up in depth and width; their larger images are the data set's
 * affair. Stochastic depth, which the authors train with, is not part of it. */
#include "cnn/model.h"

#include <math.h>

#define STEM_WIDTH 32

static const struct stage {
    int64_t expansion, kernel, channels, blocks, stride;
} stages[] = {{1, 3, 16, 1, 1},  {6, 3, 24, 2, 2},  {6, 5, 40, 2, 2}, {6, 3, 80, 3, 2},
              {6, 5, 112, 3, 1}, {6, 5, 192, 4, 2}, {6, 3, 320, 1, 1}};

enum { STAGES = sizeof stages / sizeof *stages, HALVINGS = 3, LAST_EXPANSION = 4, SQUEEZE = 4 };

static int convolution(struct graph *graph, int x, int64_t channels, int64_t kernel,
                       int64_t stride, int64_t groups)
{
    x = graph_grouped_convolution(graph, x, channels, kernel, stride, kernel / 2, groups,
                                  false);
    return graph_silu(graph, graph_batch_norm(graph, x, false));
}

static int block(struct graph *graph, int in, int64_t from, int64_t to,
                 const struct stage *stage, int64_t stride)
{
    int x = in;
    int64_t inner = from * stage->expansion, squeezed = from / SQUEEZE;
    if (stage->expansion > 1)
        x = convolution(graph, x, inner, 1, 1, 1);
    x = convolution(graph, x, inner, stage->kernel, stride, inner);
    x = graph_squeeze_excite(graph, x, squeezed > 0 ? squeezed : 1);
    x = graph_convolution(graph, x, to, 1, 1, 0, false);
    x = graph_batch_norm(graph, x, false);
    return stride == 1 && from == to ? graph_add_values(graph, x, in, false) : x;
}

/* The factors of compound scaling are those of B0's channels and blocks. */
static enum status build(struct graph *graph, const struct train_settings *settings,
                         const struct model_input *input, double width, double depth,
                         struct error *err)
{
    enum status status = model_check_pixels(settings, input, HALVINGS, err);
    if (status)
        return status;
    int skip = model_stem_skips(settings, input);
    int64_t stem = model_round8(STEM_WIDTH * width),
            channels = model_scale(settings, stem, stem);
    int x = convolution(graph, 0, channels, 3, model_stride(&skip, 2), 1);
    for (const struct stage *stage = stages; stage < stages + STAGES; stage++) {
        int64_t blocks = model_depth(settings, (int64_t)ceil((double)stage->blocks * depth));
        int64_t own = model_round8((double)stage->channels * width);
        int64_t to = model_scale8(settings, own, stem);
        int64_t stride = model_stride(&skip, stage->stride);
        for (int64_t i = 0; i < blocks; i++) {
            x = block(graph, x, channels, to, stage, i == 0 ? stride : 1);
            channels = to;
        }
    }
    x = convolution(graph, x, LAST_EXPANSION * channels, 1, 1, 1);
    model_classify(graph, x, settings, input);
    return ST_OK;
}

enum status model_efficientnet_b0(struct graph *graph, const struct train_settings *settings,
                                  const struct model_input *input, struct error *err)
{
    return build(graph, settings, input, 1, 1, err);
}

enum status model_efficientnet_b1(struct graph *graph, const struct train_settings *settings,
                                  const struct model_input *input, struct error *err)
{
    return build(graph, settings, input, 1, 1.1, err);
}

enum status model_efficientnet_b2(struct graph *graph, const struct train_settings *settings,
                                  const struct model_input *input, struct error *err)
{
    return build(graph, settings, input, 1.1, 1.2, err);
}
