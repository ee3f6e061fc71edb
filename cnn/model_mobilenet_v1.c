/* MobileNet (Howard et al. 2017, table 1): every block is a depthwise 3 x 3 convolution and a
 * pointwise one. The small stem leaves out the first two strides. */
#include "cnn/model.h"

#define STEM_WIDTH 32

static const struct {
    int64_t channels, blocks, stride;
} stages[] = {{64, 1, 1}, {128, 2, 2}, {256, 2, 2}, {512, 6, 2}, {1024, 2, 2}};

enum { STAGES = sizeof stages / sizeof *stages, HALVINGS = 3 };

static int block(struct graph *graph, int x, int64_t in, int64_t out, int64_t stride)
{
    x = graph_grouped_convolution(graph, x, in, 3, stride, 1, in, false);
    x = graph_batch_norm(graph, x, true);
    x = graph_convolution(graph, x, out, 1, 1, 0, false);
    return graph_batch_norm(graph, x, true);
}

enum status model_mobilenet_v1(struct graph *graph, const struct train_settings *settings,
                               const struct model_input *input, struct error *err)
{
    enum status status = model_check_pixels(settings, input, HALVINGS, err);
    if (status)
        return status;
    int skip = model_stem_skips(settings, input);
    int64_t channels = model_scale(settings, STEM_WIDTH, STEM_WIDTH);
    int x = graph_convolution(graph, 0, channels, 3, model_stride(&skip, 2), 1, false);
    x = graph_batch_norm(graph, x, true);
    for (int stage = 0; stage < STAGES; stage++) {
        int64_t blocks = model_depth(settings, stages[stage].blocks);
        int64_t out = model_scale(settings, stages[stage].channels, STEM_WIDTH);
        int64_t stride = model_stride(&skip, stages[stage].stride);
        for (int64_t i = 0; i < blocks; i++) {
            x = block(graph, x, channels, out, i == 0 ? stride : 1);
            channels = out;
        }
    }
    model_classify(graph, x, settings, input);
    return ST_OK;
}
