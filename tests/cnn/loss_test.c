#include "base/rng.h"
#include "cnn/loss.h"
#include "tests/check.h"

#define N 7
#define CLASSES 5

static void draw(float *logits, int32_t *labels)
{
    struct rng rng;
    rng_seed(&rng, 4);
    for (int i = 0; i < N * CLASSES; i++)
        logits[i] = 3 * (float)rng_normal(&rng);
    for (int i = 0; i < N; i++)
        labels[i] = (int32_t)rng_below(&rng, CLASSES);
}

static void equal_logits_cost_the_logarithm_of_the_classes(void **state)
{
    (void)state;
    float logits[N * CLASSES] = {0};
    int32_t labels[N] = {0, 1, 2, 3, 4, 0, 1};
    struct loss loss = loss_cross_entropy(logits, labels, N, CLASSES, 0, NULL);
    assert_near(loss.sum, N * log(CLASSES), 1e-12);
    loss = loss_cross_entropy(logits, labels, N, CLASSES, 0.3, NULL);
    assert_near(loss.sum, N * log(CLASSES), 1e-12);
}

static void a_shift_of_all_logits_changes_nothing(void **state)
{
    (void)state;
    float a[N * CLASSES], b[N * CLASSES];
    int32_t labels[N];
    draw(a, labels);
    for (int i = 0; i < N * CLASSES; i++)
        b[i] = a[i] + 512;
    struct loss x = loss_cross_entropy(a, labels, N, CLASSES, 0.1, NULL);
    struct loss y = loss_cross_entropy(b, labels, N, CLASSES, 0.1, NULL);
    assert_near(x.sum, y.sum, 1e-3);
    assert_int_equal(x.correct, y.correct);
}

static void the_gradient_is_the_slope_of_the_mean(void **state)
{
    (void)state;
    for (int smooth = 0; smooth < 2; smooth++) {
        float logits[N * CLASSES], gradient[N * CLASSES];
        int32_t labels[N];
        double smoothing = 0.2 * smooth;
        draw(logits, labels);
        loss_cross_entropy(logits, labels, N, CLASSES, smoothing, gradient);
        for (int i = 0; i < N * CLASSES; i++) {
            float x = logits[i];
            logits[i] = x + 0.01f;
            double up = loss_cross_entropy(logits, labels, N, CLASSES, smoothing, NULL).sum;
            logits[i] = x - 0.01f;
            double down = loss_cross_entropy(logits, labels, N, CLASSES, smoothing, NULL).sum;
            logits[i] = x;
            assert_near((double)gradient[i], (up - down) / 0.02 / N, 1e-4);
        }
    }
}

static void the_largest_logit_is_the_answer(void **state)
{
    (void)state;
    const float logits[] = {0,  1,  2,  2, 1, 0,
                            -1, -3, -2, 5, 5, 5}; /* the first of equal ones */
    const int32_t labels[] = {2, 1, 0, 0}, others[] = {1, 2, 1, 2};
    assert_int_equal(loss_cross_entropy(logits, labels, 4, 3, 0, NULL).correct, 3);
    assert_int_equal(loss_cross_entropy(logits, others, 4, 3, 0, NULL).correct, 0);
}

static void huge_logits_stay_finite_and_nan_is_seen(void **state)
{
    (void)state;
    float logits[] = {3e38f, -3e38f, 0};
    int32_t label = 0;
    float gradient[3];
    assert_near(loss_cross_entropy(logits, &label, 1, 3, 0, gradient).sum, 0, 1e-9);
    assert_near((double)gradient[1], 0, 1e-9);
    logits[2] = NAN;
    assert_true(isnan(loss_cross_entropy(logits, &label, 1, 3, 0, gradient).sum));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_logits_cost_the_logarithm_of_the_classes),
        cmocka_unit_test(a_shift_of_all_logits_changes_nothing),
        cmocka_unit_test(the_gradient_is_the_slope_of_the_mean),
        cmocka_unit_test(the_largest_logit_is_the_answer),
        cmocka_unit_test(huge_logits_stay_finite_and_nan_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
