#include "cnn/reference.h"

static void forward(const struct reference *r, int64_t batch, int64_t in, int64_t out)
{
    for (int64_t n = 0; n < batch; n++)
        for (int64_t o = 0; o < out; o++) {
            double sum = r->params[1] ? (double)r->params[1][o] : 0;
            for (int64_t i = 0; i < in; i++)
                sum += (double)r->inputs[0][n * in + i] * (double)r->params[0][o * in + i];
            r->output[n * out + o] = (float)sum;
        }
}

static void backward_input(const struct reference *r, int64_t batch, int64_t in, int64_t out)
{
    for (int64_t n = 0; n < batch; n++)
        for (int64_t i = 0; i < in; i++) {
            double sum = 0;
            for (int64_t o = 0; o < out; o++)
                sum +=
                    (double)r->output_gradient[n * out + o] * (double)r->params[0][o * in + i];
            r->input_gradients[0][n * in + i] = (float)sum;
        }
}

static void backward_params(const struct reference *r, int64_t batch, int64_t in, int64_t out)
{
    for (int64_t o = 0; o < out; o++) {
        for (int64_t i = 0; i < in; i++) {
            double sum = 0;
            for (int64_t n = 0; n < batch; n++)
                sum +=
                    (double)r->output_gradient[n * out + o] * (double)r->inputs[0][n * in + i];
            r->param_gradients[0][o * in + i] = (float)sum;
        }
        double sum = 0;
        for (int64_t n = 0; n < batch; n++)
            sum += (double)r->output_gradient[n * out + o];
        if (r->params[1])
            r->param_gradients[1][o] = (float)sum;
    }
}

void reference_linear(const struct reference *r)
{
    int64_t batch = r->input_shape.dims[0];
    int64_t in = r->input_shape.dims[1], out = r->output_shape.dims[1];
    forward(r, batch, in, out);
    backward_input(r, batch, in, out);
    backward_params(r, batch, in, out);
}
