/* What the settings width, depth and stem make of a model. */
#include "cnn/model.h"

#include <math.h>

const char *const model_stem_names[] = {"auto", "small", "large", NULL};

#define LARGE_PIXELS 64

int64_t model_scale(const struct train_settings *settings, int64_t channels, int64_t first)
{
    if (settings->width == 0)
        return channels;
    int64_t scaled = (channels * settings->width + first / 2) / first;
    return scaled > 0 ? scaled : 1;
}

int64_t model_round8(double channels)
{
    int64_t rounded = (int64_t)floor((channels + 4) / 8) * 8;
    return (double)rounded < 0.9 * channels ? rounded + 8 : rounded;
}

int64_t model_scale8(const struct train_settings *settings, int64_t channels, int64_t first)
{
    if (settings->width == 0)
        return channels;
    return model_round8((double)channels * (double)settings->width / (double)first);
}

int64_t model_depth(const struct train_settings *settings, int64_t blocks)
{
    return settings->depth > 0 ? settings->depth : blocks;
}

static int64_t shorter_side(const struct model_input *input)
{
    return input->height < input->width ? input->height : input->width;
}

bool model_stem_is_large(const struct train_settings *settings, const struct model_input *input)
{
    if (settings->stem == STEM_AUTO)
        return shorter_side(input) >= LARGE_PIXELS;
    return settings->stem == STEM_LARGE;
}

int model_stem_skips(const struct train_settings *settings, const struct model_input *input)
{
    return model_stem_is_large(settings, input) ? 0 : 2;
}

int64_t model_stride(int *skip, int64_t stride)
{
    if (stride == 1 || *skip == 0)
        return stride;
    --*skip;
    return 1;
}

enum status model_check_pixels(const struct train_settings *settings,
                               const struct model_input *input, int halvings, struct error *err)
{
    bool large = model_stem_is_large(settings, input);
    int64_t pixels = INT64_C(1) << (large ? halvings + 2 : halvings);
    if (shorter_side(input) >= pixels)
        return ST_OK;
    error_set(err, ST_INVALID, "at least %d x %d pixels are needed, which end in one",
              (int)pixels, (int)pixels);
    error_remedy(err, "take larger images%s", large ? ", or set stem to small" : "");
    return ST_INVALID;
}

void model_classify(struct graph *graph, int x, const struct train_settings *settings,
                    const struct model_input *input)
{
    x = graph_flatten(graph, graph_global_pool(graph, x));
    x = graph_dropout(graph, x, settings->dropout);
    graph_linear(graph, x, input->classes);
}
