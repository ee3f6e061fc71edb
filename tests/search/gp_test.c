#include "search/gp.h"

#include "base/rng.h"
#include "tests/check.h"
#include "tests/search/gp_sample.h"

#include <stdlib.h>

/* The textbook, written as plainly as possible. */

static double covariance(const struct gp_sample *s, const double *theta, const double *a,
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

static void solve_covariance(const struct gp_sample *s, const double *theta, double *b)
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
static void posterior(const struct gp_sample *s, const double *theta, const double *z,
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
static double constant_mean(const struct gp_sample *s, const double *theta, const double *z)
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
            struct gp_sample s;
            struct gp *gp = NULL;
            double theta[MOST_DIMS + 3], z[MOST], u[MOST_DIMS * 70], mean[70], variance[70];
            gp_sample_draw(&s, &rng, shapes[k][0], shapes[k][1], mixed);
            gp_sample_theta(&rng, theta, s.dims);
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
    struct gp_sample s;
    struct gp *gp = NULL;
    double u[5], mean, variance, mean_slope[5], variance_slope[5];
    rng_seed(&rng, 2);
    gp_sample_draw(&s, &rng, 5, 40, true);
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

/* Appending 40 points one by one (through several enlargements) is the textbook's posterior of
 * all of them, with the mean and the warp of the first ones. */
static void appending_is_conditioning_on_all(void **state)
{
    (void)state;
    struct rng rng;
    struct gp_sample s;
    struct gp *gp = NULL;
    double theta[6], z[MOST], u[3];
    rng_seed(&rng, 3);
    gp_sample_draw(&s, &rng, 3, 60, false);
    gp_sample_theta(&rng, theta, 3);
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

/* What was appended, through an enlargement, leaves no trace; nor do fantasies. */
static void truncating_undoes_appending(void **state)
{
    (void)state;
    struct rng rng;
    struct gp_sample s;
    struct gp *gp = NULL, *plain = NULL;
    double theta[6];
    rng_seed(&rng, 5);
    gp_sample_draw(&s, &rng, 3, 60, false);
    gp_sample_theta(&rng, theta, 3);
    assert_int_equal(gp_create(&gp, 3, s.categorical, true), ST_OK);
    assert_int_equal(gp_create(&plain, 3, s.categorical, true), ST_OK);
    assert_int_equal(gp_fit_fixed(gp, s.x, s.y, 20, theta), ST_OK);
    assert_int_equal(gp_fit_fixed(plain, s.x, s.y, 20, theta), ST_OK);
    for (size_t n = 20; n <= 30; n += 10) {
        for (size_t i = n; i < 60; i++)
            assert_int_equal(gp_append(gp, s.x + i * 3, s.y[i]), ST_OK);
        assert_int_equal(gp_fantasize(gp, s.x, 5), ST_OK);
        gp_truncate(gp, n);
        assert_int_equal(gp_count(gp), n);
        assert_same_posterior(gp, plain, 3, 0);
        for (size_t i = n; i < n + 10; i++) {
            assert_int_equal(gp_append(gp, s.x + i * 3, s.y[i]), ST_OK);
            assert_int_equal(gp_append(plain, s.x + i * 3, s.y[i]), ST_OK);
        }
        assert_same_posterior(gp, plain, 3, 0);
    }
    gp_free(gp);
    gp_free(plain);
}

/* Believing the posterior mean at pending points leaves the mean alone, and gives the variance
 * of having observed them without noise. */
static void fantasies_are_observations_at_the_posterior_mean(void **state)
{
    (void)state;
    struct rng rng;
    struct gp_sample s;
    struct gp *gp = NULL, *plain = NULL;
    double theta[6], z[MOST];
    rng_seed(&rng, 4);
    gp_sample_draw(&s, &rng, 3, 60, false);
    gp_sample_theta(&rng, theta, 3);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_posterior_is_the_direct_formula),
        cmocka_unit_test(slopes_match_finite_differences),
        cmocka_unit_test(appending_is_conditioning_on_all),
        cmocka_unit_test(truncating_undoes_appending),
        cmocka_unit_test(fantasies_are_observations_at_the_posterior_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
