#include "base/rng.h"
#include "cnn/bf16.h"
#include "cnn/elementwise.h"
#include "tests/check.h"

#include <omp.h>
#include <string.h>

#define N 20000

/* What the loops take, as floats that bf16 holds exactly, and in the precision under test. */
enum operand { A, B, Y, OPERANDS };
static float wide[OPERANDS][N], out[N + 1], expected[N];
static uint16_t narrow[OPERANDS][N], narrow_out[N + 1], narrow_expected[N];
static uint8_t kept[N];

static void draw(void)
{
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < N; i++) {
        wide[A][i] = (float)rng_normal(&rng);
        wide[B][i] = (float)rng_normal(&rng);
        wide[Y][i] = rng_below(&rng, 4) ? (float)rng_normal(&rng) : 0;
        kept[i] = (uint8_t)rng_below(&rng, 2);
    }
    for (int o = 0; o < OPERANDS; o++) {
        bf16_from_floats(narrow[o], wide[o], N);
        bf16_to_floats(wide[o], narrow[o], N);
    }
}

static struct buffer buffer(enum precision precision, void *data, size_t n)
{
    return (struct buffer){
        .bytes = n * precision_size(precision), .precision = precision, .data = data};
}

static struct buffer operand(enum precision precision, enum operand o, size_t n)
{
    void *data = precision == PRECISION_BF16 ? (void *)narrow[o] : (void *)wide[o];
    return buffer(precision, data, n);
}

enum loop { ADD, ADD_RELU, MASK, ADD_MASK, KEEP, LOOPS };

static void run(enum loop loop, enum precision precision, void *to, size_t n)
{
    struct buffer a = operand(precision, A, n), b = operand(precision, B, n);
    struct buffer y = operand(precision, Y, n), target = buffer(precision, to, n);
    switch (loop) {
    case ADD:
        elementwise_add(&target, &a, &b);
        break;
    case ADD_RELU:
        elementwise_add_relu(&target, &a, &b);
        break;
    case MASK:
        elementwise_mask(&target, &a, &y);
        break;
    case ADD_MASK:
        elementwise_add_mask(&target, &a, &b, &y);
        break;
    default:
        elementwise_keep(&target, &a, kept, 1.25f);
    }
}

static float by_hand(enum loop loop, size_t i)
{
    float a = wide[A][i], sum = a + wide[B][i], y = wide[Y][i];
    const float answers[LOOPS] = {sum, sum > 0 ? sum : 0, y > 0 ? a : 0, y > 0 ? sum : 0,
                                  kept[i] ? 1.25f * a : 0};
    return answers[loop];
}

static void check(enum loop loop, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expected[i] = by_hand(loop, i);
    out[n] = 42;
    run(loop, PRECISION_FP32, out, n);
    assert_memory_equal(out, expected, n * sizeof *out);
    assert_true(out[n] == 42);

    bf16_from_floats(narrow_expected, expected, n);
    narrow_out[n] = 42;
    run(loop, PRECISION_BF16, narrow_out, n);
    assert_memory_equal(narrow_out, narrow_expected, n * sizeof *narrow_out);
    assert_int_equal(narrow_out[n], 42);
}

/* Around the sizes at which work is cut up, on one and on several threads. */
static void loops_equal_their_formulas_for_every_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 1023, 1024, 1025, 2048, N};
    draw();
    for (int threads = 1; threads <= 3; threads += 2)
        for (int loop = 0; loop < LOOPS; loop++)
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                omp_set_num_threads(threads);
                check((enum loop)loop, sizes[s]);
            }
}

static void an_output_may_be_an_input(void **state)
{
    (void)state;
    draw();
    for (size_t i = 0; i < N; i++)
        expected[i] = by_hand(ADD_MASK, i);
    bf16_from_floats(narrow_expected, expected, N);
    run(ADD_MASK, PRECISION_FP32, wide[A], N);
    run(ADD_MASK, PRECISION_BF16, narrow[A], N);
    assert_memory_equal(wide[A], expected, sizeof expected);
    assert_memory_equal(narrow[A], narrow_expected, sizeof narrow_expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_equal_their_formulas_for_every_size),
        cmocka_unit_test(an_output_may_be_an_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
