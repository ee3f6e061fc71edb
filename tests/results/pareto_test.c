#include "results/pareto.h"

#include "base/clock.h"
#include "base/rng.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECTIVES_MAX = 6, POINTS_MAX = 400 };

static const enum goal goals[OBJECTIVES_MAX] = {GOAL_MAXIMIZE, GOAL_MINIMIZE, GOAL_MINIMIZE,
                                                GOAL_MAXIMIZE, GOAL_MINIMIZE, GOAL_MAXIMIZE};

/* The definition, word for word. */
static bool dominates(const double *a, const double *b, size_t m)
{
    bool better = false;
    for (size_t k = 0; k < m; k++) {
        double p = goals[k] == GOAL_MAXIMIZE ? -a[k] : a[k];
        double q = goals[k] == GOAL_MAXIMIZE ? -b[k] : b[k];
        if (isnan(p) || isnan(q) || p > q)
            return false;
        better = better || p < q;
    }
    return better;
}

static bool by_definition(const double *values, size_t n, size_t m, size_t i)
{
    for (size_t k = 0; k < m; k++)
        if (isnan(values[i * m + k]))
            return false;
    for (size_t j = 0; j < n; j++)
        if (dominates(values + j * m, values + i * m, m)) {
            bool whole = true;
            for (size_t k = 0; k < m; k++)
                whole = whole && !isnan(values[j * m + k]);
            if (whole)
                return false;
        }
    return true;
}

/* A draw of few levels makes ties and duplicates; many levels make neither. */
static void draw(struct rng *rng, double *values, size_t count, uint64_t levels, bool odd)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = (double)rng_below(rng, levels);
        if (odd && rng_below(rng, 20) == 0)
            values[i] = (double)(rng_below(rng, 2) ? NAN : INFINITY);
        if (odd && rng_below(rng, 20) == 0)
            values[i] = (double)-INFINITY;
    }
}

static void check_cloud(const double *values, size_t n, size_t m)
{
    bool on_front[POINTS_MAX];
    memset(on_front, 0x55, sizeof on_front);
    assert_int_equal(pareto_front(values, goals, n, m, on_front), ST_OK);
    for (size_t i = 0; i < n; i++)
        if (on_front[i] != by_definition(values, n, m, i))
            fail_msg("point %zu of %zu with %zu objectives: %d", i, n, m, on_front[i]);
}

static void the_front_is_what_the_definition_says(void **state)
{
    (void)state;
    static const uint64_t levels[] = {1, 2, 3, 10, 1000000};
    static const size_t sizes[] = {0, 1, 2, 3, 9, 17, 60, POINTS_MAX};
    static double values[POINTS_MAX * OBJECTIVES_MAX];
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t m = 1; m <= OBJECTIVES_MAX; m++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
            for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++)
                for (int again = 0; again < 6; again++) {
                    draw(&rng, values, sizes[s] * m, levels[l], again % 2);
                    check_cloud(values, sizes[s], m);
                }
}

/* Points on a simplex: none dominates another. */
static void a_simplex_is_all_front(void **state)
{
    (void)state;
    static double values[POINTS_MAX * OBJECTIVES_MAX];
    bool on_front[POINTS_MAX];
    struct rng rng;
    rng_seed(&rng, 8);
    for (size_t m = 2; m <= OBJECTIVES_MAX; m++) {
        for (size_t i = 0; i < POINTS_MAX; i++) {
            int64_t rest = 0;
            for (size_t k = 0; k < m; k++) {
                int64_t cost = k + 1 == m ? -rest : (int64_t)rng_below(&rng, 1000000);
                rest += cost;
                values[i * m + k] = (double)(goals[k] == GOAL_MAXIMIZE ? -cost : cost);
            }
        }
        assert_int_equal(pareto_front(values, goals, POINTS_MAX, m, on_front), ST_OK);
        for (size_t i = 0; i < POINTS_MAX; i++)
            assert_true(on_front[i]);
    }
}

static void without_objectives_all_are_equal(void **state)
{
    (void)state;
    bool on_front[3] = {false, false, false};
    assert_int_equal(pareto_front(NULL, NULL, 3, 0, on_front), ST_OK);
    assert_true(on_front[0] && on_front[1] && on_front[2]);
}

/* The quadratic way would take minutes here. A bound on time would depend on the machine; the
 * test's own time-out is the bound. */
static void a_hundred_thousand_points(void **state)
{
    (void)state;
    enum { N = 100000 };
    double *values = calloc(N, 5 * sizeof *values);
    bool *on_front = calloc(N, sizeof *on_front);
    assert_non_null(values);
    assert_non_null(on_front);
    struct rng rng;
    rng_seed(&rng, 9);
    for (size_t m = 1; m <= 5; m++) {
        for (size_t i = 0; i < N * m; i++)
            values[i] = rng_uniform(&rng);
        double began_s = clock_process_cpu_s();
        assert_int_equal(pareto_front(values, goals, N, m, on_front), ST_OK);
        size_t count = 0;
        for (size_t i = 0; i < N; i++)
            count += on_front[i];
        print_message("%zu objectives: %zu on the front, %.3f s\n", m, count,
                      clock_process_cpu_s() - began_s);
        /* (log n)^(m - 1) / (m - 1)! points are to be expected. */
        assert_true(count >= 1 && count < N / 10);
        for (int check = 0; check < 20; check++) {
            size_t i = rng_below(&rng, N);
            assert_int_equal(on_front[i], by_definition(values, N, m, i));
        }
    }
    free(values);
    free(on_front);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_front_is_what_the_definition_says),
        cmocka_unit_test(a_simplex_is_all_front),
        cmocka_unit_test(without_objectives_all_are_equal),
        cmocka_unit_test(a_hundred_thousand_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
