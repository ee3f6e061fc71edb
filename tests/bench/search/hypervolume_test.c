#include "tests/bench/search/hypervolume.h"

#include "base/rng.h"
#include "tests/check.h"

#include <stdbool.h>

static void steps_of_a_staircase_add_up(void **state)
{
    (void)state;
    double points[][2] = {{3, 1}, {1, 3}, {2, 2}}, reference[2] = {4, 4};
    size_t n_front;
    assert_near(hypervolume(points, 3, reference, &n_front), 6, 0);
    assert_int_equal(n_front, 3);
}

static void dominated_and_repeated_points_add_nothing(void **state)
{
    (void)state;
    double points[][2] = {{1, 1}, {1, 1}, {1, 2}, {2, 1}, {1.5, 1.5}}, reference[2] = {3, 3};
    size_t n_front;
    assert_near(hypervolume(points, 5, reference, &n_front), 4, 0);
    assert_int_equal(n_front, 1);
}

static void points_beyond_the_reference_add_nothing(void **state)
{
    (void)state;
    double reference[2] = {1, 1};
    double points[][2] = {{-5, 1}, {1, -5}, {2, 0}, {NAN, 0}, {0, NAN}, {0.5, 0.25}};
    assert_near(hypervolume(points, 6, reference, NULL), 0.375, 0);
    assert_near(hypervolume(points, 0, reference, NULL), 0, 0);
}

/* The part of a fine lattice of cells that is dominated, by the definition. */
static double by_counting(double (*points)[2], size_t n, size_t cells)
{
    size_t dominated = 0;
    for (size_t k = 0; k < cells * cells; k++) {
        double x = ((double)(k % cells) + 0.5) / (double)cells;
        double y = ((double)(k / cells) + 0.5) / (double)cells;
        bool any = false;
        for (size_t i = 0; i < n; i++)
            any = any || (points[i][0] <= x && points[i][1] <= y);
        dominated += any;
    }
    return (double)dominated / (double)(cells * cells);
}

/* Points on the corners of the lattice, so that counting is exact. */
static void agrees_with_counting(void **state)
{
    (void)state;
    enum { N = 12, CELLS = 20 };
    double reference[2] = {1, 1};
    struct rng rng;
    rng_seed(&rng, 4);
    for (int round = 0; round < 50; round++) {
        double points[N][2];
        for (int i = 0; i < N; i++)
            for (int v = 0; v < 2; v++)
                points[i][v] = (double)rng_below(&rng, CELLS + 1) / CELLS;
        double counted = by_counting(points, N, CELLS);
        assert_near(hypervolume(points, N, reference, NULL), counted, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_of_a_staircase_add_up),
        cmocka_unit_test(dominated_and_repeated_points_add_nothing),
        cmocka_unit_test(points_beyond_the_reference_add_nothing),
        cmocka_unit_test(agrees_with_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
