/* Every layer type against its reference in plain C and against finite differences, over random
 * sizes: odd ones, strides, padding, batches of one, channels that fill no block. */
#include "tests/check.h"
#include "tests/cnn/layer_bench.h"
#include "tests/cnn/need_bf16.h"

#include <string.h>

#define ROUNDS 40

/* How far finite differences reach: less far than inputs are from one another and from zero, so
 * that no maximum changes its place and no sign turns. */
#define REACH (LAYER_BENCH_SPACING / 5)

static void run_network(struct layer_bench *b)
{
    struct error err;
    assert_ok(network_forward(b->network, true, &err), err);
    assert_ok(network_backward(b->network, &err), err);
}

static double largest(const float *x, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)x[i]));
    return most;
}

/* Half a unit in the last of bf16's 8 bits, by the number: what rounding a value once costs. */
#define BF16_ROUNDING 0x1p-8

/* How far rounding takes a result: by a share of it, and by so much. */
struct rounding {
    double share, more;
};

/* Equal but for rounding: sums of thousands of floats, in another order, and what the precision
 * of the result adds to it. */
static void assert_close(const float *actual, const float *expected, int64_t n,
                         struct rounding rounding, const char *what)
{
    double tolerance = 2e-5 * (1 + largest(expected, n)) + rounding.more;
    for (int64_t i = 0; i < n; i++)
        if (!(fabs((double)actual[i] - (double)expected[i]) <=
              tolerance + rounding.share * fabs((double)expected[i])))
            fail_msg("%s[%d] is %.9g, the reference says %.9g", what, (int)i, (double)actual[i],
                     (double)expected[i]);
}

static double magnitude(const float *x, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += fabs((double)x[i]);
    return sum;
}

/* The optimizer's loops take the padding along, so what is there must be zero. */
static void assert_padding_zero(struct layer_bench *b)
{
    double all = magnitude(network_gradients(b->network), (int64_t)network_size(b->network));
    double plain = 0;
    for (size_t i = 0; i < network_count(b->network); i++) {
        const struct param_spec *spec = network_param(b->network, i);
        int64_t n = shape_count(&spec->shape);
        float *gradient = layer_bench_array(b, n);
        if (spec->trained)
            assert_int_equal(network_read_gradient(b->network, i, gradient), ST_OK);
        plain += magnitude(gradient, n);
    }
    if (!(fabs(all - plain) <= 1e-9 * (1 + plain)))
        fail_msg("the padding of the parameters' gradients holds %g", all - plain);
}

/* Outputs and gradients by inputs are rounded to the precision once, gradients by parameters
 * not. Pools whose windows overlap may round after each window that they add up, and the
 * factors that the bench gives to a scale are rounded themselves, as their gradients are. */
static struct rounding rounding_of(const struct layer_bench *b)
{
    const struct layer_spec *spec = b->r.spec;
    struct rounding rounding = {0, 0};
    if (b->precision != PRECISION_BF16)
        return rounding;
    rounding.share = BF16_ROUNDING;
    if (spec->kernel > spec->stride &&
        (spec->type == &layer_max_pool || spec->type == &layer_average_pool)) {
        double windows = ceil((double)spec->kernel / (double)spec->stride);
        rounding.more =
            windows * windows * BF16_ROUNDING * largest(b->r.output_gradient, b->n_out);
    }
    if (spec->type == &layer_scale) {
        rounding.share *= 2;
        rounding.more = BF16_ROUNDING * largest(b->r.input_gradients[0], b->n_in);
    }
    return rounding;
}

static void compare(struct layer_bench *b)
{
    const struct reference *r = &b->r;
    struct rounding rounding = rounding_of(b), none = {0, 0};
    assert_close(network_output(b->network), r->output, b->n_out, rounding, "output");
    assert_close(network_input_gradient(b->network), r->input_gradients[0], b->n_in, rounding,
                 "input gradient");
    for (size_t i = 0; i < b->n_params; i++) {
        size_t p = b->first_param + i;
        const struct param_spec *spec = network_param(b->network, p);
        int64_t n = shape_count(&spec->shape);
        float *gradient = layer_bench_array(b, n);
        if (!spec->trained) {
            assert_int_equal(network_read_gradient(b->network, p, gradient), ST_INVALID);
            continue;
        }
        assert_int_equal(network_read_gradient(b->network, p, gradient), ST_OK);
        assert_close(gradient, r->param_gradients[i], n, none, spec->name);
    }
    assert_padding_zero(b);
}

static void equal_their_references(enum precision precision)
{
    for (size_t t = 0; t < n_layer_trials; t++) {
        struct rng rng;
        rng_seed(&rng, 100 + t);
        for (int round = 0; round < ROUNDS; round++) {
            struct layer_bench b;
            layer_bench_open(&b, &layer_trials[t], precision, &rng);
            run_network(&b);
            layer_bench_reference(&b, &layer_trials[t]);
            compare(&b);
            layer_bench_close(&b);
        }
    }
}

static void layers_equal_their_references(void **state)
{
    (void)state;
    equal_their_references(PRECISION_FP32);
}

static void layers_equal_their_references_in_bf16(void **state)
{
    (void)state;
    need_bf16();
    equal_their_references(PRECISION_BF16);
}

/* sum(output * output_gradient) as the network computes it. */
static double objective(struct layer_bench *b)
{
    struct error err;
    assert_ok(network_forward(b->network, true, &err), err);
    const float *output = network_output(b->network);
    double sum = 0;
    for (int64_t i = 0; i < b->n_out; i++)
        sum += (double)output[i] * (double)b->r.output_gradient[i];
    return sum;
}

static void check_slope(double up, double down, double reach, double gradient, double scale,
                        const char *type, const char *what)
{
    double slope = (up - down) / (2 * reach);
    if (!(fabs(slope - gradient) <= 0.02 * (scale + 1)))
        fail_msg("%s: the slope by %s is %g, its gradient %g", type, what, slope, gradient);
}

static void slope_by_input(struct layer_bench *b, const struct layer_trial *trial, int64_t i)
{
    float *images = network_images(b->network), x = images[i];
    const float *gradients = b->r.input_gradients[0];
    images[i] = x + REACH;
    double up = objective(b);
    images[i] = x - REACH;
    double down = objective(b);
    images[i] = x;
    check_slope(up, down, (double)REACH, (double)gradients[i], largest(gradients, b->n_in),
                trial->type->name, "an input");
}

static void slope_by_param(struct layer_bench *b, const struct layer_trial *trial, size_t which,
                           int64_t i)
{
    size_t p = b->first_param + which;
    const struct param_spec *spec = network_param(b->network, p);
    int64_t n = shape_count(&spec->shape);
    const float *gradients = b->r.param_gradients[which];
    float *param = layer_bench_array(b, n);
    memcpy(param, b->r.params[which], (size_t)n * sizeof *param);
    float x = param[i];
    param[i] = x + REACH;
    assert_int_equal(network_write(b->network, p, param), ST_OK);
    double up = objective(b);
    param[i] = x - REACH;
    assert_int_equal(network_write(b->network, p, param), ST_OK);
    double down = objective(b);
    assert_int_equal(network_write(b->network, p, b->r.params[which]), ST_OK);
    check_slope(up, down, (double)REACH, (double)gradients[i], largest(gradients, n),
                trial->type->name, spec->name);
}

/* The network's own gradients were compared with the reference's above; here the reference's
 * are compared with the slope of the network's forward pass. */
static void gradients_are_slopes(void **state)
{
    (void)state;
    for (size_t t = 0; t < n_layer_trials; t++) {
        struct rng rng;
        rng_seed(&rng, 200 + t);
        for (int round = 0; round < 6; round++) {
            struct layer_bench b;
            layer_bench_open(&b, &layer_trials[t], PRECISION_FP32, &rng);
            layer_bench_reference(&b, &layer_trials[t]);
            for (int k = 0; k < 4; k++)
                slope_by_input(&b, &layer_trials[t],
                               (int64_t)rng_below(&rng, (uint64_t)b.n_in));
            for (size_t p = 0; p < b.n_params; p++) {
                const struct param_spec *spec = network_param(b.network, b.first_param + p);
                uint64_t n = (uint64_t)shape_count(&spec->shape);
                if (spec->trained)
                    slope_by_param(&b, &layer_trials[t], p, (int64_t)rng_below(&rng, n));
            }
            layer_bench_close(&b);
        }
    }
}

/* Dropout draws anew at every pass: layer_dropout_test.c is in place of a trial. */
static void every_type_is_tried(void **state)
{
    (void)state;
    for (size_t i = 0; layer_types[i]; i++) {
        bool tried = layer_types[i] == &layer_dropout;
        for (size_t t = 0; t < n_layer_trials; t++)
            tried |= layer_trials[t].type == layer_types[i];
        if (!tried)
            fail_msg("no trial of %s", layer_types[i]->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_tried),
        cmocka_unit_test(layers_equal_their_references),
        cmocka_unit_test(layers_equal_their_references_in_bf16),
        cmocka_unit_test(gradients_are_slopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
