#include "base/rng.h"
#include "tests/check.h"

#include <math.h>

/* The reference implementation of xoshiro256++, from the state 1, 2, 3, 4. */
static void the_stream_is_xoshiro256pp(void **state)
{
    (void)state;
    static const uint64_t expected[] = {41943041, 58720359, 3588806011781223, 3591011842654386};
    struct rng rng = {{1, 2, 3, 4}, NAN};
    for (size_t i = 0; i < 4; i++)
        assert_true(rng_next(&rng) == expected[i]);
}

static void equal_seeds_give_equal_streams(void **state)
{
    (void)state;
    struct rng a, b, c;
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    rng_seed(&c, 43);
    int differ = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t x = rng_next(&a);
        assert_true(x == rng_next(&b));
        differ += x != rng_next(&c);
    }
    assert_int_equal(differ, 100);
}

static void derived_seeds_differ_in_every_argument(void **state)
{
    (void)state;
    uint64_t seeds[] = {rng_derive(1, "trial", 0, 0), rng_derive(2, "trial", 0, 0),
                        rng_derive(1, "arm", 0, 0), rng_derive(1, "trial", 1, 0),
                        rng_derive(1, "trial", 0, 1)};
    for (size_t i = 0; i < 5; i++) {
        assert_true(seeds[i] <= RNG_SEED_MAX);
        for (size_t j = 0; j < i; j++)
            assert_true(seeds[i] != seeds[j]);
    }
    assert_true(seeds[0] == rng_derive(1, "trial", 0, 0));
}

static void uniforms_fill_the_interval_evenly(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5);
    int counts[10] = {0};
    for (int i = 0; i < 100000; i++) {
        double u = rng_uniform(&rng);
        assert_true(u >= 0 && u < 1);
        counts[(int)(u * 10)]++;
    }
    double chi2 = 0;
    for (int i = 0; i < 10; i++)
        chi2 += (counts[i] - 1e4) * (counts[i] - 1e4) / 1e4;
    assert_true(chi2 < 27.9); /* the 99.9 % point of 9 degrees of freedom */
}

static void below_reaches_every_number_and_no_other(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 9);
    int counts[7] = {0};
    for (int i = 0; i < 7000; i++)
        counts[rng_below(&rng, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(counts[i], 850, 1150);
    assert_int_equal(rng_below(&rng, 1), 0);
}

static void normals_have_their_moments(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 3);
    double sum = 0, squares = 0, fourth = 0;
    int n = 200000;
    for (int i = 0; i < n; i++) {
        double z = rng_normal(&rng);
        sum += z;
        squares += z * z;
        fourth += z * z * z * z;
    }
    assert_near(sum / n, 0, 0.01);
    assert_near(squares / n, 1, 0.015);
    assert_near(fourth / n, 3, 0.1);
}

static void a_shuffle_is_a_permutation(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 11);
    size_t order[50], moved = 0;
    int seen[50] = {0};
    for (size_t i = 0; i < 50; i++)
        order[i] = i;
    rng_shuffle(&rng, order, 50);
    for (size_t i = 0; i < 50; i++) {
        assert_int_equal(seen[order[i]]++, 0);
        moved += order[i] != i;
    }
    assert_true(moved > 30);
    rng_shuffle(&rng, order, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stream_is_xoshiro256pp),
        cmocka_unit_test(equal_seeds_give_equal_streams),
        cmocka_unit_test(derived_seeds_differ_in_every_argument),
        cmocka_unit_test(uniforms_fill_the_interval_evenly),
        cmocka_unit_test(below_reaches_every_number_and_no_other),
        cmocka_unit_test(normals_have_their_moments),
        cmocka_unit_test(a_shuffle_is_a_permutation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
