/* Convolutions of the sizes for which Winograd's algorithm is taken where there is a kernel of
 * it, against the reference: it must not round much more coarsely than the definition. */
#include "base/rng.h"
#include "cnn/network.h"
#include "cnn/reference.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

struct trial {
    int64_t batch, in, out, height, width, padding;
};

/* A network of one convolution, and its reference. */
struct pair {
    struct graph graph;
    struct network *network;
    struct reference r;
    int64_t n_in, n_out, n_params[2];
    float *arrays[9];
    int n_arrays;
};

static float *array(struct pair *p, int64_t n)
{
    float *numbers = calloc((size_t)n, sizeof *numbers);
    assert_non_null(numbers);
    return p->arrays[p->n_arrays++] = numbers;
}

static float *draw(struct pair *p, struct rng *rng, int64_t n, double scale)
{
    float *numbers = array(p, n);
    for (int64_t i = 0; i < n; i++)
        numbers[i] = (float)(scale * rng_normal(rng));
    return numbers;
}

static void open_pair(struct pair *p, const struct trial *trial)
{
    struct error err;
    *p = (struct pair){0};
    graph_init(&p->graph, trial->in, trial->height, trial->width);
    graph_convolution(&p->graph, 0, trial->out, 3, 1, trial->padding, true);
    struct network_options options = {.batch = trial->batch, .input_gradient = true};
    assert_ok(network_create(&p->network, &p->graph, &options, &err), err);
    p->r.spec = p->graph.layers;
    p->r.input_shape = p->graph.shapes[0];
    p->r.output_shape = p->graph.shapes[1];
    p->r.input_shape.dims[0] = p->r.output_shape.dims[0] = trial->batch;
    p->n_in = shape_count(&p->r.input_shape);
    p->n_out = shape_count(&p->r.output_shape);
    p->n_params[0] = trial->out * trial->in * 9;
    p->n_params[1] = trial->out;
}

static void close_pair(struct pair *p)
{
    network_free(p->network);
    graph_free(&p->graph);
    for (int i = 0; i < p->n_arrays; i++)
        free(p->arrays[i]);
}

static void run_reference(struct pair *p, struct rng *rng)
{
    double fan_in = (double)p->n_params[0] / (double)p->n_params[1];
    p->r.inputs[0] = draw(p, rng, p->n_in, 1);
    p->r.output_gradient = draw(p, rng, p->n_out, 1);
    p->r.output = array(p, p->n_out);
    p->r.input_gradients[0] = array(p, p->n_in);
    for (int i = 0; i < 2; i++) {
        p->r.params[i] = draw(p, rng, p->n_params[i], 1 / sqrt(fan_in));
        p->r.param_gradients[i] = array(p, p->n_params[i]);
    }
    reference_convolution(&p->r);
}

static void run_network(const struct pair *p)
{
    struct error err;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(network_write(p->network, i, p->r.params[i]), ST_OK);
    memcpy(network_images(p->network), p->r.inputs[0], (size_t)p->n_in * sizeof(float));
    memcpy(network_output_gradient(p->network), p->r.output_gradient,
           (size_t)p->n_out * sizeof(float));
    assert_ok(network_forward(p->network, true, &err), err);
    assert_ok(network_backward(p->network, &err), err);
}

/* The root of the mean square of the differences is a millionth of that of the numbers. */
static void assert_close(const float *actual, const float *expected, int64_t n)
{
    double apart = 0, size = 0;
    for (int64_t i = 0; i < n; i++) {
        double difference = (double)actual[i] - (double)expected[i];
        apart += difference * difference;
        size += (double)expected[i] * (double)expected[i];
    }
    assert_true(size > 0);
    assert_near(sqrt(apart / size), 0, 2e-6);
}

static void compare(const struct trial *trial)
{
    struct pair p;
    struct rng rng;
    rng_seed(&rng, 1);
    open_pair(&p, trial);
    run_reference(&p, &rng);
    run_network(&p);
    assert_close(network_output(p.network), p.r.output, p.n_out);
    assert_close(network_input_gradient(p.network), p.r.input_gradients[0], p.n_in);
    float *gradient = array(&p, p.n_params[0]);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(network_read_gradient(p.network, i, gradient), ST_OK);
        assert_close(gradient, p.r.param_gradients[i], p.n_params[i]);
    }
    close_pair(&p);
}

static void convolutions_equal_the_reference(void **state)
{
    (void)state;
    static const struct trial trials[] = {
        {8, 32, 32, 12, 12, 1}, /* forward and by the input */
        {16, 64, 64, 7, 8, 1},  /* by the weights too; tiles that stand over the edge */
        {70, 65, 33, 3, 2, 1},  /* channels that fill no block */
        {16, 64, 64, 9, 10, 0}, {16, 64, 64, 6, 5, 2},
    };
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        compare(&trials[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_equal_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
