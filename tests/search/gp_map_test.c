#include "search/gp_map.h"

#include "base/rng.h"
#include "tests/check.h"

#include <stdlib.h>

#define MOST_DIMS 20
#define MOST_POINTS 30
#define MOST_THETA (MOST_DIMS + 3)

struct sample {
    double points[MOST_DIMS * MOST_POINTS], y[MOST_POINTS];
    bool categorical[MOST_DIMS];
    struct gp_data data;
};

/* n random points; every third dimension is a category of three. */
static void draw(struct sample *sample, struct rng *rng, size_t dims, size_t n, bool warped)
{
    for (size_t j = 0; j < dims; j++) {
        sample->categorical[j] = j % 3 == 2;
        for (size_t i = 0; i < n; i++)
            sample->points[j * n + i] =
                j % 3 == 2 ? (double)rng_below(rng, 3) / 3 : rng_uniform(rng);
    }
    for (size_t i = 0; i < n; i++)
        sample->y[i] = exp(2 * sample->points[i]) + 0.3 * rng_normal(rng);
    sample->data =
        (struct gp_data){n, dims, sample->categorical, sample->points, sample->y, warped, 0};
}

static void check_gradient(struct gp_map *map, size_t count, double *theta)
{
    double gradient[MOST_THETA], unused[MOST_THETA];
    assert_true(isfinite(gp_map_value(map, theta, gradient)));
    for (size_t i = 0; i < count; i++) {
        double at = theta[i], h = 1e-5;
        theta[i] = at + h;
        double up = gp_map_value(map, theta, unused);
        theta[i] = at - h;
        double down = gp_map_value(map, theta, NULL);
        theta[i] = at;
        assert_near(gradient[i], (up - down) / (2 * h), 1e-5 * (1 + fabs(gradient[i])));
    }
}

static void gradients_match_finite_differences(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{1, 2}, {1, 12}, {3, 1}, {4, 25}, {20, 30}};
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++)
        for (int warped = 0; warped < 2; warped++) {
            struct sample sample;
            struct gp_map *map = NULL;
            double theta[MOST_THETA];
            size_t dims = shapes[k][0], count = gp_map_count(dims, warped);
            draw(&sample, &rng, dims, shapes[k][1], warped);
            assert_int_equal(gp_map_create(&map, &sample.data), ST_OK);
            for (int round = 0; round < 3; round++) {
                gp_map_start(theta, dims, warped, 1);
                for (size_t i = 0; i < count; i++)
                    theta[i] += 0.5 * rng_normal(&rng);
                check_gradient(map, count, theta);
            }
            gp_map_free(map);
        }
}

static void the_descent_ends_at_a_stationary_point(void **state)
{
    (void)state;
    struct rng rng;
    struct sample sample;
    struct gp_map *map = NULL;
    double theta[MOST_THETA], gradient[MOST_THETA];
    rng_seed(&rng, 2);
    draw(&sample, &rng, 4, 30, true);
    assert_int_equal(gp_map_create(&map, &sample.data), ST_OK);
    gp_map_start(theta, 4, true, 0);
    double before = gp_map_value(map, theta, NULL);
    double after = gp_map_descend(map, theta, 300);
    assert_true(after < before - 1);
    assert_near(gp_map_value(map, theta, gradient), after, 0);
    for (size_t i = 0; i < gp_map_count(4, true); i++)
        assert_near(gradient[i], 0, 0.05);
    gp_map_free(map);
}

/* Irrelevant dimensions get longer length scales than the one that matters. */
static void relevance_is_found(void **state)
{
    (void)state;
    struct rng rng;
    struct sample sample;
    struct gp_map *map = NULL;
    double theta[MOST_THETA];
    rng_seed(&rng, 3);
    draw(&sample, &rng, 5, 30, false);
    for (size_t i = 0; i < 30; i++)
        sample.y[i] = sin(6 * sample.points[i]);
    assert_int_equal(gp_map_create(&map, &sample.data), ST_OK);
    gp_map_start(theta, 5, false, 0);
    gp_map_descend(map, theta, 200);
    for (size_t j = 1; j < 5; j++)
        assert_true(theta[j] > theta[0] + 1);
    gp_map_free(map);
    gp_map_free(NULL);
}

/* Exponential targets ask for a small tau; a limit holds it. */
static void the_warp_can_be_limited(void **state)
{
    (void)state;
    struct rng rng;
    struct sample sample;
    double tau[2];
    rng_seed(&rng, 4);
    draw(&sample, &rng, 1, 30, true);
    for (size_t i = 0; i < 30; i++)
        sample.y[i] = exp(12 * sample.points[i]);
    for (int limited = 0; limited < 2; limited++) {
        struct gp_map *map = NULL;
        double theta[MOST_THETA];
        sample.data.least_tau = limited ? 2.5 : 0;
        assert_int_equal(gp_map_create(&map, &sample.data), ST_OK);
        gp_map_start(theta, 1, true, 1);
        gp_map_descend(map, theta, 200);
        tau[limited] = exp(theta[3]);
        gp_map_free(map);
    }
    assert_true(tau[0] < 1);
    assert_near(tau[1], 2.5, 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_match_finite_differences),
        cmocka_unit_test(the_descent_ends_at_a_stationary_point),
        cmocka_unit_test(relevance_is_found),
        cmocka_unit_test(the_warp_can_be_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
