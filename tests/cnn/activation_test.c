#include "cnn/activation.h"
#include "tests/check.h"

#include <omp.h>

#define N 20000

static float x[N], dy[N], y[N + 1], dx[N + 1];

static const struct {
    const struct activation *activation;
    const char *name;
} activations[] = {{&activation_relu, "relu"},
                   {&activation_relu6, "relu6"},
                   {&activation_silu, "silu"},
                   {&activation_sigmoid, "sigmoid"}};
#define ACTIVATIONS (sizeof activations / sizeof *activations)

static struct buffer buffer_of(float *data, size_t n)
{
    return (struct buffer){.bytes = n * sizeof *data, .data = data};
}

static double value(size_t which, double at)
{
    double s = 1 / (1 + exp(-at));
    const double values[] = {fmax(at, 0), fmin(fmax(at, 0), 6), at * s, s};
    return values[which];
}

static double slope(size_t which, double at)
{
    double s = 1 / (1 + exp(-at));
    const double slopes[] = {at > 0, at > 0 && at < 6, s * (1 + at * (1 - s)), s * (1 - s)};
    return slopes[which];
}

/* From far below to far above where exp() leaves the floats; no two are the same. */
static void draw(void)
{
    for (size_t i = 0; i < N; i++) {
        x[i] = ((float)i - N / 2) * (120.0f / (N / 2));
        dy[i] = 0.25f + (float)(i % 7);
    }
}

static void run(size_t which, float *out, float *gradient, size_t n)
{
    const struct activation *activation = activations[which].activation;
    struct buffer in = buffer_of(x, n), result = buffer_of(out, n);
    struct buffer by_out = buffer_of(dy, n), by_in = buffer_of(gradient, n);
    activation_forward(activation, &result, &in);
    activation_backward(activation, &by_in, &by_out, activation->keeps_input ? &in : &result);
}

static void assert_right(size_t which, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double expected = value(which, (double)x[i]);
        if (!(fabs((double)y[i] - expected) <= 3e-7 * fabs(expected) + 1e-34))
            fail_msg("%s(%g) is %.9g, not %.9g", activations[which].name, (double)x[i],
                     (double)y[i], expected);
        expected = (double)dy[i] * slope(which, (double)x[i]);
        if (!(fabs((double)dx[i] - expected) <= 1e-6 * (double)dy[i]))
            fail_msg("the gradient of %s at %g is %.9g, not %.9g", activations[which].name,
                     (double)x[i], (double)dx[i], expected);
    }
}

/* Around the sizes at which work is cut up, on one and on several threads. */
static void values_and_gradients_equal_their_formulas(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 1023, 1024, 1025, 4095, 4096, 4097, N};
    draw();
    for (int threads = 1; threads <= 3; threads += 2)
        for (size_t a = 0; a < ACTIVATIONS; a++)
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                size_t n = sizes[s];
                omp_set_num_threads(threads);
                y[n] = dx[n] = 42;
                run(a, y, dx, n);
                assert_right(a, n);
                assert_true(y[n] == 42 && dx[n] == 42);
            }
}

static void results_may_replace_their_operands(void **state)
{
    (void)state;
    for (size_t a = 0; a < ACTIVATIONS; a++) {
        const struct activation *activation = activations[a].activation;
        draw();
        run(a, y, dx, N);
        struct buffer data = buffer_of(x, N), gradient = buffer_of(dy, N);
        if (activation->keeps_input) {
            activation_backward(activation, &gradient, &gradient, &data);
            activation_forward(activation, &data, &data);
        } else {
            activation_forward(activation, &data, &data);
            activation_backward(activation, &gradient, &gradient, &data);
        }
        assert_memory_equal(x, y, sizeof x);
        assert_memory_equal(dy, dx, sizeof dy);
    }
}

static void what_is_no_number_stays_none(void **state)
{
    (void)state;
    for (size_t a = 0; a < ACTIVATIONS; a++) {
        x[0] = NAN;
        dy[0] = 1;
        run(a, y, dx, 1);
        assert_true(isnan(y[0]) || activations[a].activation == &activation_relu);
    }
}

static void those_that_move_zero_say_so(void **state)
{
    (void)state;
    for (size_t a = 0; a < ACTIVATIONS; a++) {
        x[0] = dy[0] = 0;
        run(a, y, dx, 1);
        assert_true((y[0] != 0) == activations[a].activation->moves_zero);
        assert_true(dx[0] == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_gradients_equal_their_formulas),
        cmocka_unit_test(results_may_replace_their_operands),
        cmocka_unit_test(what_is_no_number_stays_none),
        cmocka_unit_test(those_that_move_zero_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
