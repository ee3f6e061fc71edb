#include "search/fronts.h"

#include "base/rng.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>

enum { N_MAX = 40, M_MAX = 4, SETS = 400 };

struct set {
    size_t n, m;
    double cost[N_MAX * M_MAX];
    size_t front[N_MAX], scratch[N_MAX];
    double crowding[N_MAX];
};

/* Few values, so that equal ones and equal rows are many; now and then a row of INFINITY. */
static void fill(struct set *set, struct rng *rng)
{
    set->n = 1 + (size_t)rng_below(rng, N_MAX);
    set->m = 1 + (size_t)rng_below(rng, M_MAX);
    uint64_t values = 2 + rng_below(rng, 30);
    for (size_t i = 0; i < set->n; i++) {
        bool bad = rng_below(rng, 12) == 0;
        for (size_t k = 0; k < set->m; k++)
            set->cost[i * set->m + k] =
                bad ? (double)INFINITY : (double)rng_below(rng, values) - 7;
    }
    fronts_sort(set->cost, set->n, set->m, set->front, set->scratch);
    fronts_crowding(set->cost, set->n, set->m, set->front, set->crowding, set->scratch);
}

static bool dominates(const struct set *set, size_t i, size_t j)
{
    size_t better = 0, worse = 0;
    for (size_t k = 0; k < set->m; k++) {
        better += set->cost[i * set->m + k] < set->cost[j * set->m + k];
        worse += set->cost[i * set->m + k] > set->cost[j * set->m + k];
    }
    return better > 0 && worse == 0;
}

/* A row's front is one behind the last of those that dominate it: the longest chain of
 * dominance that ends there. */
static void fronts_are_the_lengths_of_chains(void **state)
{
    (void)state;
    struct set set;
    struct rng rng;
    rng_seed(&rng, 31);
    size_t deepest = 0;
    for (int s = 0; s < SETS; s++) {
        fill(&set, &rng);
        for (size_t j = 0; j < set.n; j++) {
            size_t expected = 0;
            for (size_t i = 0; i < set.n; i++)
                if (dominates(&set, i, j) && set.front[i] + 1 > expected)
                    expected = set.front[i] + 1;
            assert_int_equal(set.front[j], expected);
            deepest = expected > deepest ? expected : deepest;
        }
    }
    assert_true(deepest > 10);
}

static void dominance_is_strict_and_partial(void **state)
{
    (void)state;
    assert_true(fronts_dominates((double[]){1, 2}, (double[]){1, 3}, 2));
    assert_false(fronts_dominates((double[]){1, 3}, (double[]){1, 2}, 2));
    assert_false(fronts_dominates((double[]){1, 2}, (double[]){1, 2}, 2));
    assert_false(fronts_dominates((double[]){1, 2}, (double[]){2, 1}, 2));
    assert_true(fronts_dominates((double[]){1e100}, (double[]){INFINITY}, 1));
}

static bool comes_before(const struct set *set, size_t i, size_t j, size_t k)
{
    double p = set->cost[i * set->m + k], q = set->cost[j * set->m + k];
    return p < q || (p == q && i < j);
}

/* The gap around row i in objective k, by looking for its neighbours among all rows. */
static double gap(const struct set *set, size_t i, size_t k)
{
    size_t before = set->n, after = set->n;
    double low = INFINITY, high = -INFINITY;
    for (size_t j = 0; j < set->n; j++) {
        if (set->front[j] != set->front[i])
            continue;
        low = fmin(low, set->cost[j * set->m + k]);
        high = fmax(high, set->cost[j * set->m + k]);
        if (comes_before(set, j, i, k) && (before == set->n || comes_before(set, before, j, k)))
            before = j;
        if (comes_before(set, i, j, k) && (after == set->n || comes_before(set, j, after, k)))
            after = j;
    }
    if (before == set->n || after == set->n)
        return INFINITY;
    if (!(high > low))
        return 0;
    return (set->cost[after * set->m + k] - set->cost[before * set->m + k]) / (high - low);
}

static void crowding_is_the_gap_between_neighbours(void **state)
{
    (void)state;
    struct set set;
    struct rng rng;
    rng_seed(&rng, 32);
    size_t inner = 0;
    for (int s = 0; s < SETS; s++) {
        fill(&set, &rng);
        for (size_t i = 0; i < set.n; i++) {
            double expected = 0;
            for (size_t k = 0; k < set.m; k++)
                expected += gap(&set, i, k);
            if (isinf(expected))
                assert_true(set.crowding[i] == expected);
            else
                assert_near(set.crowding[i], expected, 1e-12);
            inner += isfinite(expected) && expected > 0;
        }
    }
    assert_true(inner > SETS);
}

/* Four points of one front. */
static void a_front_known_by_hand(void **state)
{
    (void)state;
    const double cost[] = {0, 8, 1, 4, 2, 2, 4, 0};
    size_t front[4], scratch[4];
    double crowding[4];
    fronts_sort(cost, 4, 2, front, scratch);
    fronts_crowding(cost, 4, 2, front, crowding, scratch);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(front[i], 0);
    assert_true(isinf(crowding[0]) && isinf(crowding[3]));
    assert_near(crowding[1], 2.0 / 4 + 6.0 / 8, 1e-12);
    assert_near(crowding[2], 3.0 / 4 + 4.0 / 8, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dominance_is_strict_and_partial),
        cmocka_unit_test(fronts_are_the_lengths_of_chains),
        cmocka_unit_test(crowding_is_the_gap_between_neighbours),
        cmocka_unit_test(a_front_known_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
