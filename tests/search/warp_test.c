#include "search/warp.h"

#include "base/rng.h"
#include "tests/check.h"

#define N 40

static void draw(struct rng *rng, double *y, double spread)
{
    for (int i = 0; i < N; i++)
        y[i] = 3 + exp(spread * rng_normal(rng));
}

static void warped_targets_are_standardised_and_in_order(void **state)
{
    (void)state;
    struct rng rng;
    struct warp warp;
    double y[N], z[N], sorted[N];
    rng_seed(&rng, 1);
    for (double ln_tau = -8; ln_tau <= 8; ln_tau++) {
        double sum = 0, squares = 0;
        draw(&rng, y, 3);
        warp_prepare(&warp, y, N, sorted);
        warp_apply(&warp, ln_tau, y, N, z, NULL);
        for (int i = 0; i < N; i++) {
            sum += z[i];
            squares += z[i] * z[i];
            assert_near(warp_target(&warp, y[i]), z[i], 1e-12);
            for (int j = 0; j < i; j++)
                assert_true((y[i] < y[j]) == (z[i] < z[j]));
        }
        assert_near(sum / N, 0, 1e-12);
        assert_near(squares / N, 1, 1e-12);
        assert_true(warp_target(&warp, 2) < warp_target(&warp, 3));
    }
}

static void derivatives_match_finite_differences(void **state)
{
    (void)state;
    struct rng rng;
    struct warp warp;
    double y[N], z[N], up[N], down[N], dz[N], unused[N];
    struct warp_slope slope = {dz, 0}, other = {unused, 0};
    rng_seed(&rng, 2);
    draw(&rng, y, 2);
    warp_prepare(&warp, y, N, z);
    for (double ln_tau = -6; ln_tau <= 4; ln_tau++) {
        double h = 1e-5;
        double after = warp_apply(&warp, ln_tau + h, y, N, up, &other);
        double before = warp_apply(&warp, ln_tau - h, y, N, down, &other);
        warp_apply(&warp, ln_tau, y, N, z, &slope);
        assert_near(slope.jacobian, (after - before) / (2 * h), 1e-6);
        for (int i = 0; i < N; i++)
            assert_near(dz[i], (up[i] - down[i]) / (2 * h), 1e-8);
    }
}

static void the_jacobian_is_that_of_the_transform(void **state)
{
    (void)state;
    struct rng rng;
    struct warp warp;
    double y[N], z[N], dz[N];
    struct warp_slope slope = {dz, 0};
    rng_seed(&rng, 3);
    draw(&rng, y, 1);
    warp_prepare(&warp, y, N, z);
    double sharp = warp_apply(&warp, -1, y, N, z, &slope), product = 0;
    for (int i = 0; i < N; i++) {
        double h = 1e-6 * (y[i] - warp.best) + 1e-9;
        product += log((warp_target(&warp, y[i] + h) - warp_target(&warp, y[i] - h)) / (2 * h));
    }
    assert_near(sharp - product, N * log(warp.scale), 1e-4);
}

static void an_infinite_tau_only_standardises(void **state)
{
    (void)state;
    double y[] = {-5, 1, 1, 7}, z[4], sorted[4];
    struct warp warp;
    warp_prepare(&warp, y, 4, sorted);
    warp_apply(&warp, INFINITY, y, 4, z, NULL);
    for (int i = 0; i < 4; i++)
        assert_near(z[i], (y[i] - 1) / sqrt(18), 1e-14);
}

static void equal_targets_become_zero(void **state)
{
    (void)state;
    double values[] = {0, 1e-300, -7.3, 1e12};
    for (size_t k = 0; k < 4; k++) {
        double y[] = {values[k], values[k], values[k]}, z[3], sorted[3], dz[3];
        struct warp warp;
        struct warp_slope slope = {dz, 0};
        warp_prepare(&warp, y, 3, sorted);
        assert_near(warp_apply(&warp, 0, y, 3, z, &slope), 0, 0);
        for (int i = 0; i < 3; i++)
            assert_true(z[i] == 0 && dz[i] == 0);
        assert_true(isfinite(warp_target(&warp, values[k] + 1)));
    }
}

static void the_inverse_goes_back(void **state)
{
    (void)state;
    static const double y[] = {3, 5, 4, 1e3, 7, 20};
    double z[6], sorted[6];
    for (double ln_tau = -4; ln_tau <= 8; ln_tau += 3) {
        struct warp warp;
        warp_prepare(&warp, y, 6, sorted);
        warp_apply(&warp, ln_tau > 7 ? HUGE_VAL : ln_tau, y, 6, z, NULL);
        for (size_t i = 0; i < 6; i++)
            assert_near(warp_inverse(&warp, z[i]), y[i], 1e-9 * y[i]);
        assert_near(warp_inverse(&warp, warp_target(&warp, -50)), -50, 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warped_targets_are_standardised_and_in_order),
        cmocka_unit_test(derivatives_match_finite_differences),
        cmocka_unit_test(the_jacobian_is_that_of_the_transform),
        cmocka_unit_test(an_infinite_tau_only_standardises),
        cmocka_unit_test(equal_targets_become_zero),
        cmocka_unit_test(the_inverse_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
