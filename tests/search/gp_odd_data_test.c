#include "search/gp.h"
#include "tests/check.h"
#include "tests/search/gp_sample.h"

#include <string.h>

/* Duplicates, a plane of points, constant targets, outliers of 12 decades, one point: the
 * process fits all of them and predicts finite numbers. */
static void odd_data_are_fitted(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 6);
    for (int kind = 0; kind < 6; kind++) {
        struct gp_sample s;
        struct gp *gp = NULL;
        size_t dims = kind == 5 ? 20 : 2;
        gp_sample_draw(&s, &rng, dims, kind == 4 ? 1 : 50, false);
        for (size_t i = 0; i < s.n; i++) {
            double *x = s.x + i * dims;
            if (kind == 0)
                memcpy(x, s.x, dims * sizeof *x);
            if (kind == 1)
                x[1] = 0.5 + 1e-12 * (double)i;
            if (kind == 2)
                s.y[i] = 7;
            if (kind == 3)
                s.y[i] = i % 10 ? s.y[i] : 1e12;
        }
        assert_int_equal(gp_create(&gp, dims, s.categorical, true), ST_OK);
        assert_int_equal(gp_fit(gp, s.x, s.y, s.n, &(struct gp_effort){40, 1, 0}), ST_OK);
        struct gp_effort few = {10, 0, 8};
        assert_int_equal(gp_fit(gp, s.x, s.y, s.n, &few), ST_OK);
        for (size_t i = 0; i < s.n; i++) {
            double mean, variance, slopes[2][MOST_DIMS];
            assert_int_equal(gp_append(gp, s.x, s.y[0]), ST_OK);
            gp_predict(gp, s.x + i * dims, 1, &mean, &variance, slopes[0], slopes[1]);
            assert_true(isfinite(mean) && isfinite(variance) && variance > 0);
            for (size_t j = 0; j < dims; j++)
                assert_true(isfinite(slopes[0][j]) && isfinite(slopes[1][j]));
            if (kind == 2)
                assert_near(mean, 0, 1e-9);
        }
        gp_free(gp);
    }
}

/* Targets a trillion times as large or as small, by a power of two, give the same bits. */
static void the_scale_of_the_targets_does_not_matter(void **state)
{
    (void)state;
    static const double scales[] = {0x1p-40, 0x1p40};
    struct rng rng;
    struct gp_sample s;
    struct gp *plain = NULL;
    struct gp_effort effort = {20, 1, 30};
    rng_seed(&rng, 10);
    gp_sample_draw(&s, &rng, 3, 60, true);
    assert_int_equal(gp_create(&plain, 3, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit(plain, s.x, s.y, s.n, &effort), ST_OK);
    for (int k = 0; k < 2; k++) {
        struct gp_sample scaled = s;
        struct gp *gp = NULL;
        for (size_t i = 0; i < s.n; i++)
            scaled.y[i] *= scales[k];
        assert_int_equal(gp_create(&gp, 3, s.categorical, true), ST_OK);
        assert_int_equal(gp_fit(gp, s.x, scaled.y, s.n, &effort), ST_OK);
        assert_same_posterior(gp, plain, 3, 0);
        gp_free(gp);
    }
    gp_free(plain);
}

/* Hundreds of points within rounding errors of one another, half of them with the same target:
 * fitted, appended to and conditioned on, the beliefs stay finite. */
static void a_crowd_of_nearly_equal_points_is_fitted(void **state)
{
    (void)state;
    enum { CROWD = 400 };
    static double x[CROWD * 2], y[CROWD];
    bool none[2] = {false, false};
    struct rng rng;
    struct gp *gp = NULL;
    struct gp_effort effort = {6, 1, 64};
    rng_seed(&rng, 11);
    for (size_t i = 0; i < CROWD; i++) {
        x[2 * i] = 0.3 + 1e-10 * rng_uniform(&rng);
        x[2 * i + 1] = 0.7 + 1e-10 * rng_uniform(&rng);
        y[i] = i % 2 ? 1 : rng_normal(&rng);
    }
    assert_int_equal(gp_create(&gp, 2, none, true), ST_OK);
    assert_int_equal(gp_fit(gp, x, y, CROWD - 20, &effort), ST_OK);
    for (size_t i = CROWD - 20; i < CROWD; i++)
        assert_int_equal(gp_append(gp, x + 2 * i, y[i]), ST_OK);
    assert_int_equal(gp_fantasize(gp, x, 64), ST_OK);
    for (size_t i = 0; i < 20; i++) {
        double u[2] = {x[2 * i], rng_uniform(&rng)}, mean, variance, slopes[2][2];
        gp_predict(gp, u, 1, &mean, &variance, slopes[0], slopes[1]);
        assert_true(isfinite(mean) && isfinite(variance) && variance > 0);
        assert_true(isfinite(slopes[0][0]) && isfinite(slopes[1][1]));
    }
    gp_free(gp);
}

static void a_failure_keeps_the_previous_fit(void **state)
{
    (void)state;
    struct rng rng;
    struct gp_sample s;
    struct gp *gp = NULL, *plain = NULL;
    double theta[5];
    bool none[2] = {false, false};
    struct gp_effort effort = {20, 1, 0};
    rng_seed(&rng, 7);
    gp_sample_draw(&s, &rng, 2, 20, false);
    gp_sample_theta(&rng, theta, 2);
    assert_int_equal(gp_create(&gp, 2, none, true), ST_OK);
    assert_int_equal(gp_create(&plain, 2, none, true), ST_OK);
    assert_int_equal(gp_append(gp, s.x, 1), ST_NUMERIC); /* nothing to append to */
    assert_int_equal(gp_fit(gp, s.x, s.y, 0, &effort), ST_NUMERIC);
    assert_int_equal(gp_fit_fixed(gp, s.x, s.y, 20, theta), ST_OK);
    assert_int_equal(gp_fit_fixed(plain, s.x, s.y, 20, theta), ST_OK);
    s.y[3] = NAN;
    assert_int_equal(gp_fit(gp, s.x, s.y, 20, &effort), ST_NUMERIC);
    assert_int_equal(gp_append(gp, s.x, INFINITY), ST_NUMERIC);
    theta[2] = 800; /* an amplitude that overflows */
    s.y[3] = 1;
    assert_int_equal(gp_fit_fixed(gp, s.x, s.y, 20, theta), ST_NUMERIC);
    s.x[5] = NAN;
    assert_int_equal(gp_fantasize(gp, s.x, 20), ST_NUMERIC);
    assert_int_equal(gp_count(gp), 20);
    assert_same_posterior(gp, plain, 2, 0);
    gp_free(gp);
    gp_free(plain);
    gp_free(NULL);
}

/* Without noise and with one point many times over, only jitter makes the matrix definite. */
static void jitter_rescues_a_singular_covariance(void **state)
{
    (void)state;
    struct gp_sample s = {.n = 40, .dims = 1};
    struct gp *gp = NULL;
    double theta[4] = {0, 4, -60, INFINITY}, u = 0.3, mean, variance;
    for (size_t i = 0; i < s.n; i++) {
        s.x[i] = 0.3;
        s.y[i] = i % 2 ? 1 : 2;
    }
    assert_int_equal(gp_create(&gp, 1, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit_fixed(gp, s.x, s.y, s.n, theta), ST_OK);
    gp_predict(gp, &u, 1, &mean, &variance, NULL, NULL);
    assert_near(mean, 0, 1e-6);
    gp_free(gp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_data_are_fitted),
        cmocka_unit_test(the_scale_of_the_targets_does_not_matter),
        cmocka_unit_test(a_crowd_of_nearly_equal_points_is_fitted),
        cmocka_unit_test(a_failure_keeps_the_previous_fit),
        cmocka_unit_test(jitter_rescues_a_singular_covariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
