#include "cnn/schedule.h"
#include "tests/check.h"

#include <string.h>

#define STEPS 10 /* of an epoch */

static struct train_settings with(const char *schedule)
{
    struct train_settings settings;
    settings_init(&settings);
    settings.learning_rate = 0.2;
    settings.epochs = 12;
    for (settings.schedule = 0; strcmp(schedule_names[settings.schedule], schedule);)
        settings.schedule++;
    return settings;
}

static void constant_keeps_the_rate(void **state)
{
    (void)state;
    struct train_settings settings = with("constant");
    for (int step = 0; step < 120; step++)
        assert_true(schedule_rate(&settings, step, STEPS) == 0.2);
}

static void step_drops_after_whole_epochs(void **state)
{
    (void)state;
    struct train_settings settings = with("step");
    settings.step_epochs = 5;
    settings.step_gamma = 0.5;
    assert_near(schedule_rate(&settings, 49, STEPS), 0.2, 1e-12);
    assert_near(schedule_rate(&settings, 50, STEPS), 0.1, 1e-12);
    assert_near(schedule_rate(&settings, 99, STEPS), 0.1, 1e-12);
    assert_near(schedule_rate(&settings, 100, STEPS), 0.05, 1e-12);
}

static void cosine_falls_from_the_rate_to_nothing(void **state)
{
    (void)state;
    struct train_settings settings = with("cosine");
    assert_near(schedule_rate(&settings, 0, STEPS), 0.2, 1e-12);
    assert_near(schedule_rate(&settings, 60, STEPS), 0.1, 1e-12);
    for (int step = 1; step < 120; step++)
        assert_true(schedule_rate(&settings, step, STEPS) <
                    schedule_rate(&settings, step - 1, STEPS));
    assert_true(schedule_rate(&settings, 119, STEPS) > 0);
    assert_near(schedule_rate(&settings, 119, STEPS), 0, 1e-4);
}

static void warm_up_rises_to_the_rate_and_the_schedule_follows(void **state)
{
    (void)state;
    for (int s = 0; schedule_names[s]; s++) {
        struct train_settings settings = with(schedule_names[s]);
        settings.warmup_epochs = 1.5;
        for (int step = 0; step < 15; step++)
            assert_near(schedule_rate(&settings, step, STEPS), 0.2 * (step + 1) / 15, 1e-12);
        assert_near(schedule_rate(&settings, 15, STEPS), 0.2, 1e-12);
    }
}

/* A warm-up that is longer than the run never divides by zero. */
static void a_warm_up_may_be_the_whole_run(void **state)
{
    (void)state;
    struct train_settings settings = with("cosine");
    settings.warmup_epochs = 12;
    for (int step = 0; step < 120; step++)
        assert_near(schedule_rate(&settings, step, STEPS), 0.2 * (step + 1) / 120, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_keeps_the_rate),
        cmocka_unit_test(step_drops_after_whole_epochs),
        cmocka_unit_test(cosine_falls_from_the_rate_to_nothing),
        cmocka_unit_test(warm_up_rises_to_the_rate_and_the_schedule_follows),
        cmocka_unit_test(a_warm_up_may_be_the_whole_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
