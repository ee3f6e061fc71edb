/* The loops against the definition of the gradient, for kernels, strides and paddings of any
 * size, with two blocks of channels. */
#include "base/rng.h"
#include "cnn/depthwise.h"
#include "tests/check.h"

enum { B = DEPTHWISE_BLOCK, BATCH = 2, BLOCKS = 2, SIDE = 9, KERNEL = 7, CHANNELS = 20 };

static float in[BATCH * BLOCKS * SIDE * SIDE * B], gradient[BATCH * BLOCKS * 25 * 25 * B];
static float weights[BLOCKS * KERNEL * KERNEL * B], bias[CHANNELS + 1];

static double by_hand(const struct depthwise *d, int64_t block, int64_t ky, int64_t kx,
                      int64_t c)
{
    double sum = 0;
    for (int64_t n = 0; n < d->batch; n++)
        for (int64_t y = 0; y < d->out_height; y++)
            for (int64_t x = 0; x < d->out_width; x++) {
                int64_t iy = y * d->stride + ky - d->padding;
                int64_t ix = x * d->stride + kx - d->padding;
                int64_t image = n * d->blocks + block;
                if (iy < 0 || iy >= d->height || ix < 0 || ix >= d->width)
                    continue;
                sum +=
                    (double)in[((image * d->height + iy) * d->width + ix) * B + c] *
                    (double)gradient[((image * d->out_height + y) * d->out_width + x) * B + c];
            }
    return sum;
}

static void check(const struct depthwise *d)
{
    depthwise_by_weights(weights, in, gradient, d);
    for (int64_t block = 0; block < BLOCKS; block++)
        for (int64_t ky = 0; ky < d->kernel; ky++)
            for (int64_t kx = 0; kx < d->kernel; kx++)
                for (int64_t c = 0; c < B; c += 5) {
                    int64_t at = ((block * d->kernel + ky) * d->kernel + kx) * B + c;
                    assert_near((double)weights[at], by_hand(d, block, ky, kx, c), 1e-4);
                }
}

static void weights_follow_the_definition(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        in[i] = (float)rng_normal(&rng);
    for (size_t i = 0; i < sizeof gradient / sizeof *gradient; i++)
        gradient[i] = (float)rng_normal(&rng);
    for (int64_t k = 1; k <= KERNEL; k++)
        for (int64_t stride = 1; stride <= 3; stride++)
            for (int64_t padding = 0; padding < k; padding++) {
                struct depthwise d = {BATCH, BLOCKS, SIDE, SIDE - 1, 0, 0, k, stride, padding};
                d.out_height = (d.height + 2 * padding - k) / stride + 1;
                d.out_width = (d.width + 2 * padding - k) / stride + 1;
                check(&d);
            }
}

/* The channels that only fill the last block up have no bias. */
static void bias_is_the_sum_of_the_gradient(void **state)
{
    (void)state;
    struct depthwise d = {1, BLOCKS, 3, 3, 3, 3, 1, 1, 0};
    for (int64_t i = 0; i < BLOCKS * 9 * B; i++)
        gradient[i] = (float)(i % B + 100 * (i / (9 * B)));
    bias[CHANNELS] = 42;
    depthwise_by_bias(bias, CHANNELS, gradient, &d);
    for (int c = 0; c < CHANNELS; c++)
        assert_true(bias[c] == (float)(9 * (c % B + 100 * (c / B))));
    assert_true(bias[CHANNELS] == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_follow_the_definition),
        cmocka_unit_test(bias_is_the_sum_of_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
