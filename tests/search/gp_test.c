#include "search/gp.h"

#include "base/rng.h"
#include "search/gp_map.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define MOST 60
#define MOST_DIMS 20

struct sample {
    size_t n, dims;
    size_t observed; /* rows from here on are told without noise */
    bool categorical[MOST_DIMS];
    double x[MOST * MOST_DIMS], y[MOST];
};

static double target(const double *x, size_t dims)
{
    double value = 0;
    for (size_t j = 0; j < dims; j++)
        value += sin(5 * x[j]) / (double)(j + 1);
    return exp(value);
}

static void draw(struct sample *s, struct rng *rng, size_t dims, size_t n, bool mixed)
{
    s->n = s->observed = n;
    s->dims = dims;
    for (size_t j = 0; j < dims; j++)
        s->categorical[j] = mixed && j % 2 == 1;
    for (size_t i = 0; i < n; i++) {
        double *x = s->x + i * dims;
        for (size_t j = 0; j < dims; j++)
            x[j] = s->categorical[j] ? (double)rng_below(rng, 3) / 2 : rng_uniform(rng);
        s->y[i] = target(x, dims);
    }
}

static void draw_theta(struct rng *rng, double *theta, size_t dims)
{
    gp_map_start(theta, dims, true, 1);
    for (size_t i = 0; i < gp_map_count(dims, true); i++)
        theta[i] += 0.3 * rng_normal(rng);
}

/* The textbook, written as plainly as possible. */

static double covariance(const struct sample *s, const double *theta, const double *a,
                         const double *b)
{
    double r2 = 0;
    for (size_t j = 0; j < s->dims; j++) {
        double d = s->categorical[j] ? (a[j] != b[j]) : a[j] - b[j];
        r2 += d * d / exp(2 * theta[j]);
    }
    double t = sqrt(5 * r2);
    return exp(theta[s->dims]) * (1 + t + t * t / 3) * exp(-t);
}

/* b := A^-1 b by Gaussian elimination with pivots; A[n x n] is destroyed. */
static void solve(double *a, double *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[pivot * n + k]))
                pivot = i;
        for (size_t j = 0; j < n; j++) {
            double t = a[k * n + j];
            a[k * n + j] = a[pivot * n + j];
            a[pivot * n + j] = t;
        }
        double t = b[k];
        b[k] = b[pivot];
        b[pivot] = t;
        for (size_t i = k + 1; i < n; i++) {
            double f = a[i * n + k] / a[k * n + k];
            for (size_t j = k; j < n; j++)
                a[i * n + j] -= f * a[k * n + j];
            b[i] -= f * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++)
            b[k] -= a[k * n + j] * b[j];
        b[k] /= a[k * n + k];
    }
}

static void solve_covariance(const struct sample *s, const double *theta, double *b)
{
    double *a = malloc(s->n * s->n * sizeof *a);
    assert_non_null(a);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->n; k++)
            a[i * s->n + k] = covariance(s, theta, s->x + i * s->dims, s->x + k * s->dims) +
                              (i != k            ? 0
                               : i < s->observed ? exp(theta[s->dims + 1])
                                                 : 1e-8 * exp(theta[s->dims]));
    solve(a, b, s->n);
    free(a);
}

/* Posterior at u given targets z and a constant mean, directly. */
static void posterior(const struct sample *s, const double *theta, const double *z,
                      double constant, const double *u, double *mean, double *variance)
{
    double k[MOST], a[MOST];
    for (size_t i = 0; i < s->n; i++)
        a[i] = k[i] = covariance(s, theta, s->x + i * s->dims, u);
    solve_covariance(s, theta, a);
    *mean = constant;
    *variance = exp(theta[s->dims]);
    for (size_t i = 0; i < s->n; i++) {
        *mean += a[i] * (z[i] - constant);
        *variance -= a[i] * k[i];
    }
}

/* The generalised least-squares mean with its N(0, 1) prior. */
static double constant_mean(const struct sample *s, const double *theta, const double *z)
{
    double a[MOST], b[MOST], above = 0, below = 1;
    for (size_t i = 0; i < s->n; i++) {
        a[i] = z[i];
        b[i] = 1;
    }
    solve_covariance(s, theta, a);
    solve_covariance(s, theta, b);
    for (size_t i = 0; i < s->n; i++) {
        above += a[i];
        below += b[i];
    }
    return above / below;
}

static void the_posterior_is_the_direct_formula(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {1, 10}, {3, 30}, {20, 60}};
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t k = 0; k < 4; k++)
        for (int mixed = 0; mixed < 2; mixed++) {
            struct sample s;
            struct gp *gp = NULL;
            double theta[MOST_DIMS + 3], z[MOST], u[MOST_DIMS * 70], mean[70], variance[70];
            draw(&s, &rng, shapes[k][0], shapes[k][1], mixed);
            draw_theta(&rng, theta, s.dims);
            assert_int_equal(gp_create(&gp, s.dims, s.categorical, true), ST_OK);
            assert_int_equal(gp_fit_fixed(gp, s.x, s.y, s.n, theta), ST_OK);
            for (size_t i = 0; i < s.n; i++)
                z[i] = gp_target(gp, s.y[i]);
            assert_near(gp_mean(gp), constant_mean(&s, theta, z), 1e-9);
            for (size_t i = 0; i < s.dims * 70; i++)
                u[i] = i % 2 ? rng_uniform(&rng) : (double)rng_below(&rng, 3) / 2;
            gp_predict(gp, u, 70, mean, variance, NULL, NULL); /* more than one block */
            for (size_t c = 0; c < 70; c++) {
                double m, v;
                posterior(&s, theta, z, gp_mean(gp), u + c * s.dims, &m, &v);
                assert_near(mean[c], m, 1e-8);
                assert_near(variance[c], v, 1e-8);
            }
            gp_free(gp);
        }
}

static void slopes_match_finite_differences(void **state)
{
    (void)state;
    struct rng rng;
    struct sample s;
    struct gp *gp = NULL;
    double u[5], mean, variance, mean_slope[5], variance_slope[5];
    rng_seed(&rng, 2);
    draw(&s, &rng, 5, 40, true);
    assert_int_equal(gp_create(&gp, 5, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit(gp, s.x, s.y, s.n, &(struct gp_effort){30, 1, 0}), ST_OK);
    for (int round = 0; round < 20; round++) {
        for (int j = 0; j < 5; j++)
            u[j] = s.categorical[j] ? 0.5 : rng_uniform(&rng);
        gp_predict(gp, u, 1, &mean, &variance, mean_slope, variance_slope);
        for (int j = 0; j < 5; j++) {
            double at = u[j], h = 1e-5, m[2], v[2];
            if (s.categorical[j]) {
                assert_true(mean_slope[j] == 0 && variance_slope[j] == 0);
                continue;
            }
            u[j] = at + h;
            gp_predict(gp, u, 1, &m[0], &v[0], NULL, NULL);
            u[j] = at - h;
            gp_predict(gp, u, 1, &m[1], &v[1], NULL, NULL);
            u[j] = at;
            assert_near(mean_slope[j], (m[0] - m[1]) / (2 * h), 1e-6);
            assert_near(variance_slope[j], (v[0] - v[1]) / (2 * h), 1e-6);
        }
    }
    gp_free(gp);
}

static void assert_same_posterior(struct gp *a, struct gp *b, size_t dims, double tolerance)
{
    struct rng rng;
    rng_seed(&rng, 99);
    for (int round = 0; round < 30; round++) {
        double u[MOST_DIMS], mean[2], variance[2];
        for (size_t j = 0; j < dims; j++)
            u[j] = rng_uniform(&rng);
        gp_predict(a, u, 1, &mean[0], &variance[0], NULL, NULL);
        gp_predict(b, u, 1, &mean[1], &variance[1], NULL, NULL);
        assert_near(mean[0], mean[1], tolerance);
        assert_near(variance[0], variance[1], tolerance);
    }
}

/* Appending 40 points one by one (through several enlargements) is the textbook's posterior of
 * all of them, with the mean and the warp of the first ones. */
static void appending_is_conditioning_on_all(void **state)
{
    (void)state;
    struct rng rng;
    struct sample s;
    struct gp *gp = NULL;
    double theta[6], z[MOST], u[3];
    rng_seed(&rng, 3);
    draw(&s, &rng, 3, 60, false);
    draw_theta(&rng, theta, 3);
    assert_int_equal(gp_create(&gp, 3, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit_fixed(gp, s.x, s.y, 20, theta), ST_OK);
    double constant = gp_mean(gp);
    for (size_t i = 20; i < 60; i++)
        assert_int_equal(gp_append(gp, s.x + i * 3, s.y[i]), ST_OK);
    assert_int_equal(gp_count(gp), 60);
    assert_near(gp_mean(gp), constant, 0);
    for (size_t i = 0; i < 60; i++)
        z[i] = gp_target(gp, s.y[i]);
    for (int round = 0; round < 20; round++) {
        double mean, variance, m, v;
        for (int j = 0; j < 3; j++)
            u[j] = rng_uniform(&rng);
        gp_predict(gp, u, 1, &mean, &variance, NULL, NULL);
        posterior(&s, theta, z, constant, u, &m, &v);
        assert_near(mean, m, 1e-8);
        assert_near(variance, v, 1e-8);
    }
    gp_free(gp);
}

/* Believing the posterior mean at pending points leaves the mean alone, and gives the variance
 * of having observed them without noise. */
static void fantasies_are_observations_at_the_posterior_mean(void **state)
{
    (void)state;
    struct rng rng;
    struct sample s;
    struct gp *gp = NULL, *plain = NULL;
    double theta[6], z[MOST];
    rng_seed(&rng, 4);
    draw(&s, &rng, 3, 60, false);
    draw_theta(&rng, theta, 3);
    assert_int_equal(gp_create(&gp, 3, s.categorical, true), ST_OK);
    assert_int_equal(gp_create(&plain, 3, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit_fixed(gp, s.x, s.y, 30, theta), ST_OK);
    assert_int_equal(gp_fit_fixed(plain, s.x, s.y, 30, theta), ST_OK);
    assert_int_equal(gp_fantasize(gp, s.x, 5), ST_OK); /* replaced by the next */
    assert_int_equal(gp_fantasize(gp, s.x + 30 * 3, 30), ST_OK);
    assert_int_equal(gp_count(gp), 30);
    for (size_t i = 0; i < 30; i++)
        z[i] = gp_target(plain, s.y[i]);
    s.observed = 30;
    for (size_t i = 30; i < 60; i++) {
        double variance;
        gp_predict(plain, s.x + i * 3, 1, &z[i], &variance, NULL, NULL);
    }
    for (int round = 0; round < 20; round++) {
        double u[3], mean, variance, m, v;
        for (int j = 0; j < 3; j++)
            u[j] = rng_uniform(&rng);
        gp_predict(gp, u, 1, &mean, &variance, NULL, NULL);
        posterior(&s, theta, z, gp_mean(gp), u, &m, &v);
        assert_near(mean, m, 1e-6);
        assert_near(variance, v, 1e-7);
    }
    assert_int_equal(gp_fantasize(gp, NULL, 0), ST_OK);
    assert_same_posterior(gp, plain, 3, 0);
    gp_free(gp);
    gp_free(plain);
}

static double mean_square_error(struct gp *gp)
{
    struct rng rng;
    double squares = 0;
    rng_seed(&rng, 8);
    for (int round = 0; round < 100; round++) {
        double u[2] = {rng_uniform(&rng), rng_uniform(&rng)}, mean, variance;
        gp_predict(gp, u, 1, &mean, &variance, NULL, NULL);
        double miss = mean - gp_target(gp, target(u, 2));
        squares += miss * miss / 100;
    }
    return squares;
}

static void a_noise_free_function_is_learned(void **state)
{
    (void)state;
    struct rng rng;
    struct sample s;
    struct gp *gp = NULL;
    rng_seed(&rng, 5);
    draw(&s, &rng, 2, 60, false);
    assert_int_equal(gp_create(&gp, 2, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit(gp, s.x, s.y, s.n, &(struct gp_effort){60, 2, 0}), ST_OK);
    assert_true(mean_square_error(gp) < 0.02);
    gp_free(gp);
}

/* Hyperparameters that a sample of the observations chooses serve all of them, in the units of
 * all; without any descent they come back from the sample's units as they were. */
static void a_sample_chooses_for_all(void **state)
{
    (void)state;
    struct rng rng;
    struct sample s;
    struct gp *gp = NULL;
    double theta[5];
    rng_seed(&rng, 9);
    draw(&s, &rng, 2, 60, false);
    assert_int_equal(gp_create(&gp, 2, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit(gp, s.x, s.y, s.n, &(struct gp_effort){40, 1, 30}), ST_OK);
    assert_int_equal(gp_count(gp), 60);
    assert_true(mean_square_error(gp) < 0.02);
    memcpy(theta, gp_theta(gp), sizeof theta);
    assert_int_equal(gp_fit(gp, s.x, s.y, s.n, &(struct gp_effort){0, 0, 7}), ST_OK);
    for (size_t i = 0; i < 5; i++)
        assert_near(gp_theta(gp)[i], theta[i], 1e-9);
    gp_free(gp);
}

/* Duplicates, a plane of points, constant targets, outliers of 12 decades, one point: the
 * process fits all of them and predicts finite numbers. */
static void odd_data_are_fitted(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 6);
    for (int kind = 0; kind < 6; kind++) {
        struct sample s;
        struct gp *gp = NULL;
        size_t dims = kind == 5 ? 20 : 2;
        draw(&s, &rng, dims, kind == 4 ? 1 : 50, false);
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

static void a_failure_keeps_the_previous_fit(void **state)
{
    (void)state;
    struct rng rng;
    struct sample s;
    struct gp *gp = NULL, *plain = NULL;
    double theta[5];
    bool none[2] = {false, false};
    struct gp_effort effort = {20, 1, 0};
    rng_seed(&rng, 7);
    draw(&s, &rng, 2, 20, false);
    draw_theta(&rng, theta, 2);
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
    struct sample s = {.n = 40, .dims = 1};
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
        cmocka_unit_test(the_posterior_is_the_direct_formula),
        cmocka_unit_test(slopes_match_finite_differences),
        cmocka_unit_test(appending_is_conditioning_on_all),
        cmocka_unit_test(fantasies_are_observations_at_the_posterior_mean),
        cmocka_unit_test(a_noise_free_function_is_learned),
        cmocka_unit_test(a_sample_chooses_for_all),
        cmocka_unit_test(odd_data_are_fitted),
        cmocka_unit_test(a_failure_keeps_the_previous_fit),
        cmocka_unit_test(jitter_rescues_a_singular_covariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
