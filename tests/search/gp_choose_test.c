#include "search/gp.h"
#include "tests/check.h"
#include "tests/search/gp_sample.h"

#include <string.h>

static double mean_square_error(struct gp *gp)
{
    struct rng rng;
    double squares = 0;
    rng_seed(&rng, 8);
    for (int round = 0; round < 100; round++) {
        double u[2] = {rng_uniform(&rng), rng_uniform(&rng)}, mean, variance;
        gp_predict(gp, u, 1, &mean, &variance, NULL, NULL);
        double miss = mean - gp_target(gp, gp_sample_target(u, 2));
        squares += miss * miss / 100;
    }
    return squares;
}

static void a_noise_free_function_is_learned(void **state)
{
    (void)state;
    struct rng rng;
    struct gp_sample s;
    struct gp *gp = NULL;
    rng_seed(&rng, 5);
    gp_sample_draw(&s, &rng, 2, 60, false);
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
    struct gp_sample s;
    struct gp *gp = NULL;
    double theta[5];
    rng_seed(&rng, 9);
    gp_sample_draw(&s, &rng, 2, 60, false);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_noise_free_function_is_learned),
        cmocka_unit_test(a_sample_chooses_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
