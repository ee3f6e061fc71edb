#include "cnn/reference.h"

void reference_relu(const struct reference *r)
{
    int64_t n = shape_count(&r->output_shape);
    for (int64_t i = 0; i < n; i++) {
        bool positive = r->inputs[0][i] > 0;
        r->output[i] = positive ? r->inputs[0][i] : 0;
        r->input_gradients[0][i] = positive ? r->output_gradient[i] : 0;
    }
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
