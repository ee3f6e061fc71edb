#include "cnn/finite.h"

#include "tests/check.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static void numbers_are_finite(void **state)
{
    (void)state;
    const float x[] = {0, -0.0f, FLT_MAX, -FLT_MAX, FLT_MIN, FLT_TRUE_MIN, -1.5f};
    assert_true(floats_finite(x, sizeof x / sizeof *x));
    assert_true(floats_finite(x, 0));
}

/* At every place of arrays shorter and longer than what is looked at in one go. */
static void one_that_is_not_is_found_anywhere(void **state)
{
    (void)state;
    const float odd[] = {INFINITY, -INFINITY, NAN, -NAN};
    const size_t sizes[] = {1, 17, 4095, 4096, 4097, 9001};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        float *x = calloc(sizes[s], sizeof *x);
        assert_non_null(x);
        for (size_t i = 0; i < sizes[s]; i += i % 512 == 511 ? 3 : 1) {
            x[i] = odd[i % 4];
            assert_false(floats_finite(x, sizes[s]));
            assert_true(floats_finite(x, i));
            x[i] = FLT_MAX;
        }
        assert_true(floats_finite(x, sizes[s]));
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_finite),
        cmocka_unit_test(one_that_is_not_is_found_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
