/* How much is read to measure; pixel_norm_test.c has what comes out. */
#include "cnn/pixel_norm.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define SIDE ((size_t)2048)
#define MEASURED (PIXEL_NORM_BYTES / (SIDE * SIDE))
#define N (MEASURED + 3)

/* Images beyond the limit are not looked at: here they have no memory. */
static void no_more_than_the_limit_is_read(void **state)
{
    (void)state;
    const uint8_t *images[N] = {NULL};
    size_t indices[N];
    uint8_t *dark = calloc(SIDE, SIDE), *bright = malloc(SIDE * SIDE);
    assert_true(dark && bright);
    memset(bright, 100, SIDE * SIDE);
    for (size_t i = 0; i < N; i++)
        indices[i] = N - 1 - i;
    for (size_t i = 0; i < MEASURED; i++)
        images[indices[i]] = i % 2 ? bright : dark;
    struct dataset_split split = {N, images, NULL};
    struct pixel_norm norm;
    struct error err;
    assert_ok(pixel_norm_measure(&norm, &(struct image_shape){1, SIDE, SIDE}, &split, indices,
                                 N, &err),
              err);
    assert_near(norm.scale[0], 1.0 / 50, 1e-9);
    assert_near(norm.shift[0], -1, 1e-6);
    free(dark);
    free(bright);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_than_the_limit_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
