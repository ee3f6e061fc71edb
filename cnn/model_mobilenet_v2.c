/* MobileNetV2 (Sandler et al. 2018, table 2): inverted residuals, in which a depthwise
 * convolution works on channels that a pointwise one has multiplied, and a linear one takes
 * them back. The small stem leaves out the first two strides. Channels are multiples of eight
 * but in the stem, and the last convolution never becomes narrower, as in the authors' code. */
#include "cnn/model.h"

#define STEM_WIDTH 32
#define LAST_WIDTH 1280

static const struct {
    int64_t expansion, channels, blocks, stride;
} stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
              {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

enum { STAGES = sizeof stages / sizeof *stages, HALVINGS = 3 };

static int convolution(struct graph *graph, int x, int64_t channels, int64_t kernel,
                       int64_t stride, int64_t groups)
{
    x = graph_grouped_convolution(graph, x, channels, kernel, stride, kernel / 2, groups,
                                  false);
    return graph_relu6(graph, graph_batch_norm(graph, x, false));
}

static int block(struct graph *graph, int in, int64_t from, int64_t to, int64_t expansion,
                 int64_t stride)
{
    int x = in;
    int64_t inner = from * expansion;
    if (expansion > 1)
        x = convolution(graph, x, inner, 1, 1, 1);
    x = convolution(graph, x, inner, 3, stride, inner);
    x = graph_convolution(graph, x, to, 1, 1, 0, false);
    x = graph_batch_norm(graph, x, false);
    return stride == 1 && from == to ? graph_add_values(graph, x, in, false) : x;
}

static int64_t last_width(const struct train_settings *settings)
{
    int64_t width = model_scale8(settings, LAST_WIDTH, STEM_WIDTH);
    return width > LAST_WIDTH ? width : LAST_WIDTH;
}

enum status model_mobilenet_v2(struct graph *graph, const struct train_settings *settings,
                               const struct model_input *input, struct error *err)
{
    enum status status = model_check_pixels(settings, input, HALVINGS, err);
    if (status)
        return status;
    int skip = model_stem_skips(settings, input);
    int64_t channels = model_scale(settings, STEM_WIDTH, STEM_WIDTH);
    int x = convolution(graph, 0, channels, 3, model_stride(&skip, 2), 1);
    for (int stage = 0; stage < STAGES; stage++) {
        int64_t blocks = model_depth(settings, stages[stage].blocks);
        int64_t out = model_scale8(settings, stages[stage].channels, STEM_WIDTH);
        int64_t stride = model_stride(&skip, stages[stage].stride);
        for (int64_t i = 0; i < blocks; i++) {
            x = block(graph, x, channels, out, stages[stage].expansion, i == 0 ? stride : 1);
            channels = out;
        }
    }
    x = convolution(graph, x, last_width(settings), 1, 1, 1);
    model_classify(graph, x, settings, input);
    return ST_OK;
}
