#include "search/permutation.h"

#include "tests/check.h"

#include <stdbool.h>
#include <stdlib.h>

static void every_number_comes_once(void **state)
{
    (void)state;
    bool seen[300];
    for (uint64_t n = 1; n <= 300; n++) {
        for (uint64_t i = 0; i < n; i++)
            seen[i] = false;
        for (uint64_t i = 0; i < n; i++) {
            uint64_t x = permutation_at(n, n, i);
            assert_true(x < n && !seen[x]);
            seen[x] = true;
        }
    }
}

/* Where number 0 of 10 goes, over many seeds: chi-square with 9 degrees of freedom is above
 * 27.9 once in a thousand. */
static void seeds_give_even_orders(void **state)
{
    (void)state;
    double counts[10] = {0}, chi_square = 0;
    for (uint64_t seed = 0; seed < 5000; seed++)
        counts[permutation_at(seed, 10, 0)]++;
    for (int i = 0; i < 10; i++)
        chi_square += (counts[i] - 500) * (counts[i] - 500) / 500;
    assert_true(chi_square < 27.9);
}

static void large_ranges_work_too(void **state)
{
    (void)state;
    uint64_t n = UINT64_C(1) << 53, low = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t x = permutation_at(1, n, i);
        assert_true(x < n);
        assert_true(permutation_at(1, n - 1, i) < n - 1);
        low += x < n / 2;
    }
    assert_true(low > 400 && low < 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_comes_once),
        cmocka_unit_test(seeds_give_even_orders),
        cmocka_unit_test(large_ranges_work_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
