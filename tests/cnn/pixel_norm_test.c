#include "cnn/pixel_norm.h"

#include "tests/check.h"
#include "tests/cnn/batch_images.h"

#include <stdlib.h>
#include <string.h>

static struct error err;

static void the_measured_norm_gives_mean_0_and_deviation_1(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm;
    size_t n = 20;
    /* Images that are not measured must not matter. */
    memset(f->bytes[n], 255, (N - n) * IMAGE);
    assert_ok(pixel_norm_measure(&norm, &batch_shape, &f->split, f->indices, n, &err), err);
    for (size_t c = 0; c < CHANNELS; c++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < PLANE; j++) {
                double v =
                    (double)norm.scale[c] * f->bytes[i][c * PLANE + j] + (double)norm.shift[c];
                sum += v;
                squares += v * v;
            }
        assert_near(sum / (double)(n * PLANE), 0, 1e-5);
        assert_near(squares / (double)(n * PLANE), 1, 1e-5);
    }
}

static void a_channel_without_contrast_stays_finite(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm;
    memset(f->bytes, 200, sizeof f->bytes);
    assert_ok(pixel_norm_measure(&norm, &batch_shape, &f->split, f->indices, N, &err), err);
    for (size_t c = 0; c < CHANNELS; c++) {
        assert_near(norm.scale[c], 1, 0);
        assert_near(norm.shift[c], -200, 1e-4);
    }
}

static void large_planes_do_not_overflow(void **state)
{
    (void)state;
    size_t side = 300; /* 90,000 pixels of 255: squares beyond 32 bits */
    uint8_t *image = malloc(side * side);
    assert_non_null(image);
    memset(image, 255, side * side);
    memset(image, 253, side * side / 2);
    const uint8_t *images[] = {image};
    struct dataset_split split = {1, images, NULL};
    struct pixel_norm norm;
    assert_ok(pixel_norm_measure(&norm, &(struct image_shape){1, side, side}, &split,
                                 (size_t[]){0}, 1, &err),
              err);
    assert_near(norm.scale[0], 1, 1e-6);
    assert_near(norm.shift[0], -254, 1e-4);
    free(image);
}

static void too_many_channels_are_refused(void **state)
{
    struct fixture *f = *state;
    struct pixel_norm norm;
    assert_int_equal(pixel_norm_measure(&norm, &(struct image_shape){17, 1, 1}, &f->split,
                                        f->indices, 1, &err),
                     ST_INVALID);
    assert_non_null(strstr(err.what, "found 17"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_images(the_measured_norm_gives_mean_0_and_deviation_1),
        with_images(a_channel_without_contrast_stays_finite),
        with_images(large_planes_do_not_overflow),
        with_images(too_many_channels_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
