#include "base/rng.h"
#include "tests/check.h"
#include "worker/ledger_split.h"

#define PARTS_MAX 40

/* |part - total w / sum| < 1, in whole numbers. */
static void check_near_share(int64_t total, uint64_t weight, uint64_t sum, int64_t part)
{
    long double share = (long double)total * (long double)weight / (long double)sum;
    assert_true(part >= 0);
    assert_true(fabsl((long double)part - share) < 1.0L + 1e-6L);
}

static void parts_sum_to_the_total_and_stay_near_their_share(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 7);
    for (int round = 0; round < 20000; round++) {
        uint64_t weights[PARTS_MAX], sum = 0;
        int64_t parts[PARTS_MAX], given = 0;
        size_t n = 1 + rng_below(&rng, PARTS_MAX);
        int64_t total = (int64_t)(rng_next(&rng) >> (23 + rng_below(&rng, 40)));
        uint64_t range = UINT64_C(1) << rng_below(&rng, 50);
        for (size_t i = 0; i < n; i++) {
            weights[i] = rng_below(&rng, 3) ? rng_below(&rng, range) : 0;
            sum += weights[i];
        }
        bool split = ledger_split(total, weights, parts, n);
        assert_int_equal(split, sum > 0);
        for (size_t i = 0; i < n; i++) {
            given += parts[i];
            if (weights[i] == 0)
                assert_int_equal(parts[i], 0);
            if (sum > 0)
                check_near_share(total, weights[i], sum, parts[i]);
        }
        assert_int_equal(given, sum > 0 ? total : 0);
    }
}

__extension__ typedef unsigned __int128 wide;

/* The method as it is told: units go one by one to the largest remainder that had none. */
static void split_plainly(int64_t total, const uint64_t *weights, int64_t *parts, size_t n)
{
    uint64_t remainders[PARTS_MAX], sum = 0;
    int64_t left = total;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    for (size_t i = 0; i < n; i++) {
        parts[i] = (int64_t)((wide)total * weights[i] / sum);
        remainders[i] = (uint64_t)((wide)total * weights[i] % sum);
        left -= parts[i];
    }
    for (; left > 0; left--) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (remainders[i] > remainders[best])
                best = i;
        parts[best]++;
        remainders[best] = 0;
    }
}

static void it_gives_what_the_method_gives(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 9);
    for (int round = 0; round < 20000; round++) {
        uint64_t weights[PARTS_MAX];
        int64_t parts[PARTS_MAX], expected[PARTS_MAX];
        size_t n = 1 + rng_below(&rng, PARTS_MAX);
        int64_t total = (int64_t)(rng_next(&rng) >> (1 + rng_below(&rng, 62)));
        uint64_t range = UINT64_C(1) << rng_below(&rng, 59);
        for (size_t i = 0; i < n; i++)
            weights[i] = rng_below(&rng, range + 1); /* small ones are often equal */
        weights[0]++;
        assert_true(ledger_split(total, weights, parts, n));
        split_plainly(total, weights, expected, n);
        assert_memory_equal(parts, expected, n * sizeof parts[0]);
    }
}

static void the_largest_remainder_gets_the_odd_one(void **state)
{
    (void)state;
    static const uint64_t weights[] = {1, 2, 3}; /* of 10: 1.67, 3.33, 5 */
    int64_t parts[3];
    assert_true(ledger_split(10, weights, parts, 3));
    assert_int_equal(parts[0], 2);
    assert_int_equal(parts[1], 3);
    assert_int_equal(parts[2], 5);
    static const uint64_t equal[] = {5, 5, 5};
    assert_true(ledger_split(11, equal, parts, 3));
    assert_int_equal(parts[0], 4);
    assert_int_equal(parts[1], 4);
    assert_int_equal(parts[2], 3);
}

static void a_heavier_weight_never_gets_less(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 8);
    for (int round = 0; round < 2000; round++) {
        uint64_t weights[10];
        int64_t parts[10];
        for (size_t i = 0; i < 10; i++)
            weights[i] = rng_below(&rng, 20);
        ledger_split((int64_t)rng_below(&rng, 50), weights, parts, 10);
        for (size_t i = 0; i < 10; i++)
            for (size_t j = 0; j < 10; j++)
                if (weights[i] > weights[j])
                    assert_true(parts[i] >= parts[j]);
    }
}

static void the_largest_numbers_do_not_overflow(void **state)
{
    (void)state;
    static const uint64_t weights[] = {UINT64_MAX / 2, UINT64_MAX / 2};
    int64_t parts[2];
    assert_true(ledger_split(INT64_MAX, weights, parts, 2));
    assert_int_equal(parts[0] - parts[1], 1);
    assert_true(parts[0] + parts[1] == INT64_MAX);
    assert_false(ledger_split(5, weights, parts, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_sum_to_the_total_and_stay_near_their_share),
        cmocka_unit_test(it_gives_what_the_method_gives),
        cmocka_unit_test(the_largest_remainder_gets_the_odd_one),
        cmocka_unit_test(a_heavier_weight_never_gets_less),
        cmocka_unit_test(the_largest_numbers_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
