#include "cnn/reference.h"

#include <math.h>

#define EPSILON 1e-5

/* The elements of one channel: element j is at first + (j / area) * stride + j % area. */
struct channel {
    int64_t first, stride, area, n;
};

static int64_t at(const struct channel *c, int64_t j)
{
    return c->first + j / c->area * c->stride + j % c->area;
}

static double mean(const struct channel *c, const float *x)
{
    double sum = 0;
    for (int64_t j = 0; j < c->n; j++)
        sum += (double)x[at(c, j)];
    return sum / (double)c->n;
}

static double variance(const struct channel *c, const float *x, double m)
{
    double sum = 0;
    for (int64_t j = 0; j < c->n; j++)
        sum += ((double)x[at(c, j)] - m) * ((double)x[at(c, j)] - m);
    return sum / (double)c->n;
}

/* The gradient that comes through the ReLU, if there is one. */
static double through(const struct reference *r, int64_t i)
{
    return r->spec->relu && r->output[i] <= 0 ? 0 : (double)r->output_gradient[i];
}

static void normalise(const struct reference *r, int64_t index, const struct channel *c)
{
    const float *x = r->inputs[0];
    double scale = (double)r->params[0][index], shift = (double)r->params[1][index];
    double m = mean(c, x), inverse = 1 / sqrt(variance(c, x, m) + EPSILON);
    double sum = 0, product = 0; /* the gradients of shift and scale */
    for (int64_t j = 0; j < c->n; j++) {
        int64_t i = at(c, j);
        double normal = ((double)x[i] - m) * inverse, y = scale * normal + shift;
        r->output[i] = (float)(r->spec->relu && y < 0 ? 0 : y);
        sum += through(r, i);
        product += through(r, i) * normal;
    }
    r->param_gradients[0][index] = (float)product;
    r->param_gradients[1][index] = (float)sum;
    for (int64_t j = 0; j < c->n; j++) {
        int64_t i = at(c, j);
        double normal = ((double)x[i] - m) * inverse;
        double centred = through(r, i) - (sum + normal * product) / (double)c->n;
        r->input_gradients[0][i] = (float)(scale * inverse * centred);
    }
}

void reference_batch_norm(const struct reference *r)
{
    const int64_t *dims = r->input_shape.dims;
    int64_t area = dims[2] * dims[3];
    for (int64_t c = 0; c < dims[1]; c++)
        normalise(r, c, &(struct channel){c * area, dims[1] * area, area, dims[0] * area});
}
