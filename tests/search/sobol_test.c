#include "search/sobol.h"

#include "base/rng.h"
#include "tests/search/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sobol *make(size_t dims, uint64_t seed)
{
    struct sobol *sobol;
    assert_int_equal(sobol_create(&sobol, dims, seed), ST_OK);
    return sobol;
}

/* Each coordinate of the first 2^m points has one in every interval of length 2^-m. */
static void every_interval_has_one_point(void **state)
{
    (void)state;
    enum { M = 8, N = 1 << M, DIMS = 40 };
    struct sobol *sobol = make(DIMS, 7);
    bool taken[DIMS][N] = {{false}};
    for (size_t i = 0; i < N; i++) {
        double u[DIMS];
        sobol_point(sobol, i, u);
        for (size_t d = 0; d < DIMS; d++) {
            assert_true(u[d] > 0 && u[d] < 1);
            size_t cell = (size_t)(u[d] * N);
            assert_false(taken[d][cell]);
            taken[d][cell] = true;
        }
    }
    sobol_free(sobol);
}

/* In the first two dimensions, also every 2^-a by 2^-b rectangle of area 2^-m has one. */
static void every_rectangle_has_one_point(void **state)
{
    (void)state;
    enum { M = 6, N = 1 << M };
    for (uint64_t seed = 0; seed < 5; seed++) {
        struct sobol *sobol = make(2, seed);
        bool taken[M + 1][N] = {{false}};
        for (size_t i = 0; i < N; i++) {
            double u[2];
            sobol_point(sobol, i, u);
            for (int a = 0; a <= M; a++) {
                size_t x = (size_t)(u[0] * (1 << a)), y = (size_t)(u[1] * (1 << (M - a)));
                size_t cell = x << (M - a) | y;
                assert_false(taken[a][cell]);
                taken[a][cell] = true;
            }
        }
        sobol_free(sobol);
    }
}

/* The square of the L2 star discrepancy, by Warnock's formula. */
static double discrepancy(const double *u, size_t n, size_t dims)
{
    double single = 0, pairs = 0;
    for (size_t i = 0; i < n; i++) {
        double product = 1;
        for (size_t d = 0; d < dims; d++)
            product *= (1 - u[i * dims + d] * u[i * dims + d]) / 2;
        single += product;
        for (size_t j = 0; j < n; j++) {
            product = 1;
            for (size_t d = 0; d < dims; d++)
                product *= 1 - fmax(u[i * dims + d], u[j * dims + d]);
            pairs += product;
        }
    }
    double count = (double)n;
    return pow(3, -(double)dims) - 2 / count * single + pairs / (count * count);
}

static void points_are_evener_than_random_ones(void **state)
{
    (void)state;
    enum { N = 128, DIMS = 4, SEEDS = 8 };
    double of_sobol = 0, of_random = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        double sobol_u[N * DIMS], random_u[N * DIMS];
        struct sobol *sobol = make(DIMS, seed);
        struct rng rng;
        rng_seed(&rng, seed);
        for (size_t i = 0; i < N; i++)
            sobol_point(sobol, i, sobol_u + i * DIMS);
        for (size_t k = 0; k < N * DIMS; k++)
            random_u[k] = rng_uniform(&rng);
        of_sobol += discrepancy(sobol_u, N, DIMS);
        of_random += discrepancy(random_u, N, DIMS);
        sobol_free(sobol);
    }
    assert_true(of_sobol > 0 && of_sobol < of_random / 4);
}

static void any_order_gives_the_same_points(void **state)
{
    (void)state;
    enum { DIMS = 43 }; /* three beyond the sequence */
    struct sobol *forward = make(DIMS, 3), *hopping = make(DIMS, 3), *other = make(DIMS, 4);
    static const uint64_t order[] = {5, 0, 99, 98, 0, 1, 2, 50, 50};
    double u[100][DIMS], v[DIMS];
    for (size_t i = 0; i < 100; i++)
        sobol_point(forward, i, u[i]);
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
        sobol_point(hopping, order[k], v);
        assert_memory_equal(v, u[order[k]], sizeof v);
    }
    for (size_t i = 0; i < 100; i++) {
        sobol_point(other, i, v);
        for (size_t d = 0; d < DIMS; d++)
            assert_true(v[d] != u[i][d]);
    }
    sobol_free(forward);
    sobol_free(hopping);
    sobol_free(other);
}

/* Scrambling must move every coordinate evenly over the whole interval. */
static void a_point_is_uniform_over_the_seeds(void **state)
{
    (void)state;
    enum { SEEDS = 2000, BINS = 10 };
    double counts[2][BINS] = {{0}};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct sobol *sobol = make(2, seed);
        double u[2];
        sobol_point(sobol, 0, u);
        for (int d = 0; d < 2; d++)
            counts[d][(size_t)(u[d] * BINS)]++;
        sobol_free(sobol);
    }
    for (int d = 0; d < 2; d++) {
        double chi_square = 0, mean = (double)SEEDS / BINS;
        for (int b = 0; b < BINS; b++)
            chi_square += (counts[d][b] - mean) * (counts[d][b] - mean) / mean;
        assert_true(chi_square < 27.9); /* 9 degrees of freedom, p = 0.001 */
    }
}

static void the_end_of_the_sequence_is_not_the_end(void **state)
{
    (void)state;
    struct sobol *sobol = make(2, 1);
    double u[2], v[2];
    sobol_point(sobol, UINT64_C(1) << 30, u);
    sobol_point(sobol, (UINT64_C(1) << 30) + 1, v);
    assert_true(u[0] >= 0 && u[0] < 1 && u[0] != v[0]);
    sobol_free(sobol);
    sobol = make(0, 1);
    sobol_point(sobol, 3, NULL);
    sobol_free(sobol);
    sobol_free(NULL);
}

/* The strategy proposes the points of the sequence in their order. */
static void the_strategy_fills_the_space_evenly(void **state)
{
    (void)state;
    struct space *space =
        fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1}, "
                      "\"o\": {\"type\": \"ordinal\", \"values\": [1, 10, 11, 1000]}}");
    struct problem problem = fixture_problem(space, 2);
    struct strategy *strategy = fixture_strategy(&problem, "\"sobol\"", NULL);
    const struct trial *trial;
    size_t sixteenths[16] = {0}, levels[4] = {0};
    for (int k = 0; k < 16; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        sixteenths[(size_t)(trial->point[0] * 16)]++;
        levels[(size_t)trial->point[1]]++;
    }
    for (int k = 0; k < 16; k++)
        assert_int_equal(sixteenths[k], 1);
    for (int k = 0; k < 4; k++)
        assert_int_equal(levels[k], 4);
    strategy_free(strategy);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interval_has_one_point),
        cmocka_unit_test(every_rectangle_has_one_point),
        cmocka_unit_test(points_are_evener_than_random_ones),
        cmocka_unit_test(any_order_gives_the_same_points),
        cmocka_unit_test(a_point_is_uniform_over_the_seeds),
        cmocka_unit_test(the_end_of_the_sequence_is_not_the_end),
        cmocka_unit_test(the_strategy_fills_the_space_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
