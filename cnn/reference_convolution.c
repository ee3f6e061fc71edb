#include "cnn/reference.h"

#include <stdlib.h>

/* One term of the sum that an output is: output[o] += input[i] * weight[w]. */
struct term {
    int64_t o, i, w;
};

/* Walk over all terms of (image n, output channel c, row y, column x). */
static void over_window(const struct reference *r, int64_t n, int64_t c, int64_t y, int64_t x,
                        void (*visit)(const struct reference *, struct term, void *),
                        void *context)
{
    const int64_t *in = r->input_shape.dims, *out = r->output_shape.dims;
    int64_t k = r->spec->kernel, groups = r->spec->groups ? r->spec->groups : 1;
    int64_t seen = in[1] / groups, first = c / (out[1] / groups) * seen;
    for (int64_t ci = 0; ci < seen; ci++)
        for (int64_t ky = 0; ky < k; ky++)
            for (int64_t kx = 0; kx < k; kx++) {
                int64_t iy = y * r->spec->stride - r->spec->padding + ky;
                int64_t ix = x * r->spec->stride - r->spec->padding + kx;
                if (iy < 0 || iy >= in[2] || ix < 0 || ix >= in[3])
                    continue;
                struct term term = {((n * out[1] + c) * out[2] + y) * out[3] + x,
                                    ((n * in[1] + first + ci) * in[2] + iy) * in[3] + ix,
                                    ((c * seen + ci) * k + ky) * k + kx};
                visit(r, term, context);
            }
}

/* Sums in double precision, rounded at the end. */
struct sums {
    double *output, *input, *weight;
};

static void visit_term(const struct reference *r, struct term t, void *context)
{
    struct sums *sums = context;
    double input = (double)r->inputs[0][t.i], weight = (double)r->params[0][t.w];
    double gradient = (double)r->output_gradient[t.o];
    sums->output[t.o] += input * weight;
    sums->input[t.i] += gradient * weight;
    sums->weight[t.w] += gradient * input;
}

static void round_to(float *out, const double *sums, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)sums[i];
}

static void add_bias(const struct reference *r, double *output)
{
    const int64_t *out = r->output_shape.dims;
    int64_t area = out[2] * out[3];
    for (int64_t c = 0; c < out[1]; c++) {
        double gradient = 0;
        for (int64_t n = 0; n < out[0]; n++)
            for (int64_t i = 0; i < area; i++) {
                int64_t o = (n * out[1] + c) * area + i;
                output[o] += (double)r->params[1][c];
                gradient += (double)r->output_gradient[o];
            }
        r->param_gradients[1][c] = (float)gradient;
    }
}

void reference_convolution(const struct reference *r)
{
    const int64_t *out = r->output_shape.dims;
    int64_t n_out = shape_count(&r->output_shape), n_in = shape_count(&r->input_shape);
    int64_t groups = r->spec->groups ? r->spec->groups : 1;
    int64_t seen = r->input_shape.dims[1] / groups;
    int64_t n_weight = out[1] * seen * r->spec->kernel * r->spec->kernel;
    double *memory = calloc((size_t)(n_out + n_in + n_weight), sizeof *memory);
    if (!memory)
        abort(); /* a test without memory proves nothing */
    struct sums sums = {memory, memory + n_out, memory + n_out + n_in};
    for (int64_t n = 0; n < out[0]; n++)
        for (int64_t c = 0; c < out[1]; c++)
            for (int64_t y = 0; y < out[2]; y++)
                for (int64_t x = 0; x < out[3]; x++)
                    over_window(r, n, c, y, x, visit_term, &sums);
    if (r->params[1])
        add_bias(r, sums.output);
    round_to(r->output, sums.output, n_out);
    round_to(r->input_gradients[0], sums.input, n_in);
    round_to(r->param_gradients[0], sums.weight, n_weight);
    free(memory);
}
