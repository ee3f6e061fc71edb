#include "cnn/reference.h"

#include <string.h>

/* The part of the image that one output sees, and the size of its window: what lies in the
 * padding counts too. */
struct region {
    int64_t y0, y1, x0, x1;
    int64_t window;
};

static int64_t clamp(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

static struct region region_of(const struct reference *r, int64_t y, int64_t x)
{
    const int64_t *in = r->input_shape.dims;
    const struct layer_spec *s = r->spec;
    if (s->type == &layer_global_pool)
        return (struct region){0, in[2], 0, in[3], in[2] * in[3]};
    int64_t top = y * s->stride - s->padding, left = x * s->stride - s->padding;
    return (struct region){clamp(top, 0, in[2]), clamp(top + s->kernel, 0, in[2]),
                           clamp(left, 0, in[3]), clamp(left + s->kernel, 0, in[3]),
                           s->kernel * s->kernel};
}

/* The largest of the region; its gradient goes to the first that is as large. */
static void pool_max(const struct reference *r, int64_t plane, struct region g, int64_t o)
{
    int64_t width = r->input_shape.dims[3], best = -1;
    for (int64_t y = g.y0; y < g.y1; y++)
        for (int64_t x = g.x0; x < g.x1; x++) {
            int64_t i = plane + y * width + x;
            if (best < 0 || r->inputs[0][i] > r->inputs[0][best])
                best = i;
        }
    r->output[o] = r->inputs[0][best];
    r->input_gradients[0][best] += r->output_gradient[o];
}

static void pool_average(const struct reference *r, int64_t plane, struct region g, int64_t o)
{
    int64_t width = r->input_shape.dims[3];
    double sum = 0, n = (double)g.window;
    for (int64_t y = g.y0; y < g.y1; y++)
        for (int64_t x = g.x0; x < g.x1; x++) {
            int64_t i = plane + y * width + x;
            sum += (double)r->inputs[0][i];
            r->input_gradients[0][i] += (float)((double)r->output_gradient[o] / n);
        }
    r->output[o] = (float)(sum / n);
}

static void pool(const struct reference *r,
                 void (*one)(const struct reference *, int64_t, struct region, int64_t))
{
    const int64_t *in = r->input_shape.dims, *out = r->output_shape.dims;
    memset(r->input_gradients[0], 0, (size_t)shape_count(&r->input_shape) * sizeof(float));
    for (int64_t p = 0; p < out[0] * out[1]; p++)
        for (int64_t y = 0; y < out[2]; y++)
            for (int64_t x = 0; x < out[3]; x++)
                one(r, p * in[2] * in[3], region_of(r, y, x), (p * out[2] + y) * out[3] + x);
}

void reference_max_pool(const struct reference *r)
{
    pool(r, pool_max);
}

void reference_average_pool(const struct reference *r)
{
    pool(r, pool_average);
}

void reference_global_pool(const struct reference *r)
{
    pool(r, pool_average);
}
