#include "cnn/reference.h"

#include <string.h>

/* Where a plane, an image of one channel, begins in images of `channels` channels. */
static int64_t plane_at(const struct reference *r, int64_t channels, int64_t n, int64_t c)
{
    return (n * channels + c) * r->output_shape.dims[2] * r->output_shape.dims[3];
}

/* Channel `to` of the output is channel `from` of an input that has `channels`. */
static void move_channel(const struct reference *r, int input, int64_t channels, int64_t from,
                         int64_t to)
{
    const int64_t *out = r->output_shape.dims;
    size_t bytes = (size_t)(out[2] * out[3]) * sizeof(float);
    for (int64_t n = 0; n < out[0]; n++) {
        int64_t i = plane_at(r, channels, n, from), o = plane_at(r, out[1], n, to);
        memcpy(&r->output[o], &r->inputs[input][i], bytes);
        memcpy(&r->input_gradients[input][i], &r->output_gradient[o], bytes);
    }
}

void reference_concat(const struct reference *r)
{
    int64_t a = r->input_shape.dims[1], b = r->output_shape.dims[1] - a;
    for (int64_t c = 0; c < a; c++)
        move_channel(r, 0, a, c, c);
    for (int64_t c = 0; c < b; c++)
        move_channel(r, 1, b, c, a + c);
}

void reference_split(const struct reference *r)
{
    int64_t channels = r->input_shape.dims[1];
    memset(r->input_gradients[0], 0, (size_t)shape_count(&r->input_shape) * sizeof(float));
    for (int64_t c = 0; c < r->spec->channels; c++)
        move_channel(r, 0, channels, r->spec->from + c, c);
}

/* Of a table of groups by rows, the columns. */
void reference_shuffle(const struct reference *r)
{
    int64_t channels = r->input_shape.dims[1], groups = r->spec->groups;
    for (int64_t group = 0; group < groups; group++)
        for (int64_t i = 0; i < channels / groups; i++)
            move_channel(r, 0, channels, group * (channels / groups) + i, i * groups + group);
}

void reference_scale(const struct reference *r)
{
    const int64_t *dims = r->output_shape.dims;
    for (int64_t plane = 0; plane < dims[0] * dims[1]; plane++) {
        double factor = (double)r->inputs[1][plane], sum = 0;
        for (int64_t p = 0; p < dims[2] * dims[3]; p++) {
            int64_t i = plane * dims[2] * dims[3] + p;
            double gradient = (double)r->output_gradient[i];
            r->output[i] = (float)((double)r->inputs[0][i] * factor);
            r->input_gradients[0][i] = (float)(gradient * factor);
            sum += gradient * (double)r->inputs[0][i];
        }
        r->input_gradients[1][plane] = (float)sum;
    }
}
