#include "base/rng.h"
#include "cnn/elementwise.h"
#include "tests/check.h"

#include <omp.h>
#include <string.h>

#define N 20000

static float a[N], b[N], y[N], out[N + 1], expected[N];
static uint8_t kept[N];

static void draw(void)
{
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < N; i++) {
        a[i] = (float)rng_normal(&rng);
        b[i] = (float)rng_normal(&rng);
        y[i] = rng_below(&rng, 4) ? (float)rng_normal(&rng) : 0;
        kept[i] = (uint8_t)rng_below(&rng, 2);
    }
}

enum loop { ADD, ADD_RELU, MASK, ADD_MASK, KEEP, LOOPS };

static void run(enum loop loop, float *to, size_t n)
{
    switch (loop) {
    case ADD:
        elementwise_add(to, a, b, n);
        break;
    case ADD_RELU:
        elementwise_add_relu(to, a, b, n);
        break;
    case MASK:
        elementwise_mask(to, a, y, n);
        break;
    case ADD_MASK:
        elementwise_add_mask(to, a, b, y, n);
        break;
    default:
        elementwise_keep(to, a, kept, 1.25f, n);
    }
}

static float by_hand(enum loop loop, size_t i)
{
    float sum = a[i] + b[i];
    const float answers[LOOPS] = {sum, sum > 0 ? sum : 0, y[i] > 0 ? a[i] : 0,
                                  y[i] > 0 ? sum : 0, kept[i] ? 1.25f * a[i] : 0};
    return answers[loop];
}

/* Around the sizes at which work is cut up, on one and on several threads. */
static void loops_equal_their_formulas_for_every_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 4095, 4096, 4097, 8192, N};
    draw();
    for (int threads = 1; threads <= 3; threads += 2)
        for (int loop = 0; loop < LOOPS; loop++)
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                size_t n = sizes[s];
                omp_set_num_threads(threads);
                for (size_t i = 0; i < n; i++)
                    expected[i] = by_hand((enum loop)loop, i);
                out[n] = 42;
                run((enum loop)loop, out, n);
                assert_memory_equal(out, expected, n * sizeof *out);
                assert_true(out[n] == 42);
            }
}

static void an_output_may_be_an_input(void **state)
{
    (void)state;
    draw();
    for (size_t i = 0; i < N; i++)
        expected[i] = by_hand(ADD_MASK, i);
    memcpy(out, a, sizeof a);
    elementwise_add_mask(out, out, b, y, N);
    assert_memory_equal(out, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_equal_their_formulas_for_every_size),
        cmocka_unit_test(an_output_may_be_an_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
