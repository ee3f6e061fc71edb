#include "cnn/reference.h"

#include <math.h>

/* A function of one number and its slope. */
struct tangent {
    double value, slope;
};

static void pointwise(const struct reference *r, struct tangent (*f)(double x))
{
    int64_t n = shape_count(&r->output_shape);
    for (int64_t i = 0; i < n; i++) {
        struct tangent t = f((double)r->inputs[0][i]);
        r->output[i] = (float)t.value;
        r->input_gradients[0][i] = (float)((double)r->output_gradient[i] * t.slope);
    }
}

static struct tangent relu(double x)
{
    return (struct tangent){fmax(x, 0), x > 0};
}

static struct tangent relu6(double x)
{
    return (struct tangent){fmin(fmax(x, 0), 6), x > 0 && x < 6};
}

static struct tangent sigmoid(double x)
{
    double s = 1 / (1 + exp(-x));
    return (struct tangent){s, s * (1 - s)};
}

static struct tangent silu(double x)
{
    double s = 1 / (1 + exp(-x));
    return (struct tangent){x * s, s + x * s * (1 - s)};
}

void reference_relu(const struct reference *r)
{
    pointwise(r, relu);
}

void reference_relu6(const struct reference *r)
{
    pointwise(r, relu6);
}

void reference_silu(const struct reference *r)
{
    pointwise(r, silu);
}

void reference_sigmoid(const struct reference *r)
{
    pointwise(r, sigmoid);
}

void reference_flatten(const struct reference *r)
{
    int64_t n = shape_count(&r->output_shape);
    for (int64_t i = 0; i < n; i++) {
        r->output[i] = r->inputs[0][i];
        r->input_gradients[0][i] = r->output_gradient[i];
    }
}

void reference_add(const struct reference *r)
{
    int64_t n = shape_count(&r->output_shape);
    for (int64_t i = 0; i < n; i++) {
        float sum = r->inputs[0][i] + r->inputs[1][i];
        bool passes = !r->spec->relu || sum > 0;
        r->output[i] = passes ? sum : 0;
        r->input_gradients[0][i] = r->input_gradients[1][i] =
            passes ? r->output_gradient[i] : 0;
    }
}
