/* Networks that are trained in bf16 end where those in fp32 end, seed by seed. */
#include "cnn/train.h"
#include "tests/check.h"
#include "tests/cnn/need_bf16.h"

enum { SEEDS = 5 };

static double accuracy(enum precision precision, int64_t seed)
{
    struct train_settings settings;
    struct train_result result;
    struct error err;
    settings_init(&settings);
    settings.width = 8; /* resnet8 */
    settings.epochs = 6;
    settings.train_limit = 2000;
    settings.seed = seed;
    settings.threads = 1;
    settings.precision = precision;
    assert_ok(train_run(&settings, NULL, NULL, &result, &err), err);
    return result.last.val_accuracy;
}

/* 200 images are held out for each seed. The mean of five accuracies of about 0.85 has a
 * standard error of 0.011 for the draw of these images alone, and training adds its own. */
static void accuracies_are_those_of_fp32(void **state)
{
    (void)state;
    need_bf16();
    double wide = 0, narrow = 0;
    for (int64_t seed = 1; seed <= SEEDS; seed++) {
        double a = accuracy(PRECISION_FP32, seed), b = accuracy(PRECISION_BF16, seed);
        print_message("seed %d: fp32 %.3f, bf16 %.3f\n", (int)seed, a, b);
        wide += a / SEEDS;
        narrow += b / SEEDS;
    }
    assert_true(wide > 0.5);
    assert_near(narrow, wide, 0.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accuracies_are_those_of_fp32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
