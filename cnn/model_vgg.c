/* A plain stack of 3 x 3 convolutions in the manner of VGG (Simonyan & Zisserman 2015), written
 * as a list: a number is a convolution with that many channels, M halves the image. */
#include "cnn/model.h"

#include <stdlib.h>

static int convolution(struct graph *graph, int x, int64_t channels, bool batch_norm)
{
    x = graph_convolution(graph, x, channels, 3, 1, 1, !batch_norm);
    return batch_norm ? graph_batch_norm(graph, x, true) : graph_relu(graph, x);
}

static enum status bad_list(const struct train_settings *settings, const char *at,
                            struct error *err)
{
    return error_set(err, ST_INVALID,
                     "vgg_layers: expected a number of channels or M at character %d of \"%s\"",
                     (int)(at - settings->vgg_layers) + 1, settings->vgg_layers);
}

enum status model_vgg(struct graph *graph, const struct train_settings *settings,
                      const struct model_input *input, struct error *err)
{
    int x = 0;
    int64_t first = 0;
    for (const char *at = settings->vgg_layers;; at++) {
        char *end;
        long channels = strtol(at, &end, 10);
        if (*at == 'M') {
            end++;
            x = graph_max_pool(graph, x, 2, 2, 0);
        } else if (end > at && channels >= 1 && channels <= 65536) {
            first = first ? first : channels;
            x = convolution(graph, x, model_scale(settings, channels, first),
                            settings->batch_norm);
        } else {
            return bad_list(settings, at, err);
        }
        at = end;
        if (!*at)
            break;
        if (*at != ',')
            return bad_list(settings, at, err);
    }
    x = graph_dropout(graph, graph_flatten(graph, x), settings->dropout);
    graph_linear(graph, x, input->classes);
    return ST_OK;
}
