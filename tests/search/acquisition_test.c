#include "search/acquisition.h"

#include "base/rng.h"
#include "tests/check.h"

/* z, ln(phi(z) + z Phi(z)), and its derivative Phi / (phi + z Phi). Made with mpmath 1.4.1 at
 * 100 digits:
 *     P = erfc(-z/sqrt(2))/2; v = exp(-z*z/2)/sqrt(2*pi) + z*P; nstr(log(v), 18); nstr(P/v, 18)
 */
static const double reference[][3] = {
    {8, 2.07944154167983594, 0.124999999999999921},
    {3, 1.09873966532770777, 0.332840968451795236},
    {1, 0.08002621884930694, 0.77663872520173926},
    {0.5, -0.359827683745063819, 0.99092271800410996},
    {0, -0.918938533204672742, 1.25331413731550025},
    {-0.5, -1.62051626438731992, 1.55987314834807967},
    {-1, -2.48512102571264134, 1.90427123332969182},
    {-2, -4.76878352391711416, 2.67941688395558598},
    {-2.999, -7.86615416227559802, 3.53145714493605252},
    {-3.001, -7.87321883732624265, 3.53321793649952258},
    {-4, -11.8490615775506631, 4.43248374187311829},
    {-6, -22.5788793921697974, 6.30984077320983158},
    {-10, -55.5531220361223559, 10.1943830334125533},
    {-20, -206.917838509425098, 20.0992628111012818},
    {-50, -1258.74418286846085, 50.0399521338726549},
    {-200, -20011.5156482597393, 200.009999250131218},
    {-1000.0, -500014.734452091158, 1000.00199999400004},
    {-100000.0, -5000000023.94478946, 100000.00002},
    {-100000000.0, -5000000000000037.76, 100000000.00000002},
};

static void values_and_slopes_are_exact_far_into_the_tail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reference / sizeof reference[0]; i++) {
        const double *row = reference[i];
        double slope, value = log_positive_part(row[0], &slope);
        assert_near(value, row[1], 1e-12 * fmax(1, fabs(row[1])));
        assert_near(slope, row[2], 1e-12 * fabs(row[2]));
    }
}

/* z, ln Phi(z), and its derivative phi / Phi; made in the same way. */
static const double probabilities[][3] = {
    {8, -6.22096057427178606e-16, 5.05227108353689543e-15},
    {3, -0.0013508099647481938, 0.00443783904212566379},
    {0.5, -0.368946415288656393, 0.509160433837033486},
    {0, -0.693147180559945309, 0.797884560802865356},
    {-2, -3.78318433368203195, 2.37321553282284087},
    {-2.999, -6.60444358757057981, 3.28216922985571385},
    {-3.001, -6.61100978489093091, 3.28402811147583313},
    {-6, -20.7367689499747057, 6.15848260454459892},
    {-20, -203.917155371097264, 20.0497530685278505},
    {-1000, -500007.826694812184, 1000.00099999800001},
    {-100000000.0, -5000000000000019.34, 100000000.00000001},
};

static void probabilities_are_exact_in_both_tails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof probabilities / sizeof probabilities[0]; i++) {
        const double *row = probabilities[i];
        double slope, value = log_probability(row[0], &slope);
        assert_near(value, row[1], 1e-12 * fabs(row[1]));
        assert_near(slope, row[2], 1e-12 * fabs(row[2]));
    }
}

static void it_rises_and_is_finite_everywhere(void **state)
{
    (void)state;
    double previous = -INFINITY, slope;
    for (double z = -1e6; z < 1e6; z += z < -100 || z > 100 ? fabs(z) / 50 : 0.01) {
        double value = log_positive_part(z, &slope);
        assert_true(isfinite(value) && value > previous && slope > 0);
        previous = value;
    }
}

static void expected_improvement_is_that_of_a_simulation(void **state)
{
    (void)state;
    struct rng rng;
    double best = 0.7, mean = 1, variance = 0.49, sum = 0, unused[2];
    rng_seed(&rng, 1);
    for (int i = 0; i < 200000; i++)
        sum += fmax(0, best - (mean + sqrt(variance) * rng_normal(&rng)));
    assert_near(exp(log_expected_improvement(best, mean, variance, unused, unused + 1)),
                sum / 200000, 0.002);
}

static void derivatives_match_finite_differences(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 2);
    for (int i = 0; i < 200; i++) {
        double mean = 5 * rng_normal(&rng), variance = exp(2 * rng_normal(&rng));
        double by_mean, by_variance, unused[2], h = 1e-6;
        log_expected_improvement(0, mean, variance, &by_mean, &by_variance);
        double up = log_expected_improvement(0, mean + h, variance, unused, unused + 1);
        double down = log_expected_improvement(0, mean - h, variance, unused, unused + 1);
        assert_near(by_mean, (up - down) / (2 * h), 1e-6 * (1 + fabs(by_mean)));
        h *= variance;
        up = log_expected_improvement(0, mean, variance + h, unused, unused + 1);
        down = log_expected_improvement(0, mean, variance - h, unused, unused + 1);
        assert_near(by_variance, (up - down) / (2 * h), 1e-6 * (1 + fabs(by_variance)));
    }
}

/* The formula itself where it does not cancel, its limits where it does, and its slope. */
static void what_is_known_well_is_hardly_learned(void **state)
{
    (void)state;
    double slope, ends[2], unused;
    assert_near(log_learned_share(0.3, 0.1, &slope), log(1 - sqrt(0.1 / 0.4)), 1e-14);
    assert_near(log_learned_share(1e-30, 0.1, &slope), log(1e-30 / 0.2), 1e-12);
    assert_near(log_learned_share(1e-12, 0, &slope), 0, 0);
    assert_near(slope, 0, 0);
    for (double variance = 1e-6; variance < 10; variance *= 3) {
        double h = 1e-4 * variance;
        log_learned_share(variance, 0.02, &slope);
        ends[0] = log_learned_share(variance - h, 0.02, &unused);
        ends[1] = log_learned_share(variance + h, 0.02, &unused);
        assert_near(slope * variance, (ends[1] - ends[0]) / 2e-4, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_are_exact_in_both_tails),
        cmocka_unit_test(values_and_slopes_are_exact_far_into_the_tail),
        cmocka_unit_test(it_rises_and_is_finite_everywhere),
        cmocka_unit_test(expected_improvement_is_that_of_a_simulation),
        cmocka_unit_test(derivatives_match_finite_differences),
        cmocka_unit_test(what_is_known_well_is_hardly_learned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
