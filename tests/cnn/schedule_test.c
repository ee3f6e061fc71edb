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
    static const char *const linear[] = {"constant", "step", "cosine"};
    for (size_t s = 0; s < sizeof linear / sizeof *linear; s++) {
        struct train_settings settings = with(linear[s]);
        settings.warmup_epochs = 1.5;
        for (int step = 0; step < 15; step++)
            assert_near(schedule_rate(&settings, step, STEPS), 0.2 * (step + 1) / 15, 1e-12);
        assert_near(schedule_rate(&settings, 15, STEPS), 0.2, 1e-12);
    }
}

/* However long the warm-up, the wave ends with the run. */
static void cosine_ends_at_nothing_after_a_warm_up(void **state)
{
    (void)state;
    struct train_settings settings = with("cosine");
    settings.warmup_epochs = 6;
    assert_near(schedule_rate(&settings, 90, STEPS), 0.1, 1e-12);
    assert_near(schedule_rate(&settings, 119, STEPS), 0, 2e-4);
}

/* The last step of a warm-up that ends between two does not go beyond the rate, and drops are
 * counted from the beginning of the run. */
static void a_warm_up_may_end_between_steps(void **state)
{
    (void)state;
    struct train_settings settings = with("step");
    settings.warmup_epochs = 1.55;
    settings.step_epochs = 2;
    settings.step_gamma = 0.5;
    assert_near(schedule_rate(&settings, 14, STEPS), 0.2 * 15 / 15.5, 1e-12);
    assert_near(schedule_rate(&settings, 15, STEPS), 0.2, 1e-12);
    assert_near(schedule_rate(&settings, 19, STEPS), 0.2, 1e-12);
    assert_near(schedule_rate(&settings, 20, STEPS), 0.1, 1e-12);
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

/* Against OneCycleLR of PyTorch 1.13 with total_steps 120, max_lr 0.2, the pct_start that the
 * rise is of the run, div_factor 25, final_div_factor 1e4 and cosine annealing. */
static void one_cycle_is_that_of_pytorch(void **state)
{
    (void)state;
    static const struct {
        double warmup_epochs;
        int step;
        double rate;
    } golden[] = {
        {0, 0, 0.008},
        {0, 1, 0.008386467776457046},
        {0, 17, 0.09969297628635057},
        {0, 34, 0.19961353222354297},
        {0, 35, 0.2},
        {0, 36, 0.19993007075855795},
        {0, 60, 0.15938218102927593},
        {0, 100, 0.024203530874143946},
        {0, 118, 7.072924144205455e-05},
        {0, 119, 8e-07},
        {1.5, 7, 0.104},
        {1.5, 13, 0.19759307956945507},
        {1.5, 14, 0.2},
        {1.5, 15, 0.19995524340737741},
        {1.5, 70, 0.08954759548461998},
        {1.5, 119, 8e-07},
    };
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        struct train_settings settings = with("one_cycle");
        settings.warmup_epochs = golden[i].warmup_epochs;
        assert_near(schedule_rate(&settings, golden[i].step, STEPS), golden[i].rate,
                    1e-13 + 1e-12 * golden[i].rate);
    }
}

/* Of one, two and three steps (PyTorch's too), and with a rise that never ends. */
static void the_shortest_cycles_are_finite(void **state)
{
    (void)state;
    static const double golden[3][3] = {
        {8e-07},
        {0.1623491307899526, 8e-07},
        {0.19888308709018238, 0.09252742053339501, 8e-07},
    };
    struct train_settings settings = with("one_cycle");
    for (int steps = 1; steps <= 3; steps++)
        for (int step = 0; step < steps; step++) {
            settings.epochs = steps;
            assert_near(schedule_rate(&settings, step, 1), golden[steps - 1][step], 1e-12);
        }
    settings.warmup_epochs = 3;
    assert_near(schedule_rate(&settings, 2, 1), 0.2, 1e-12);
    settings.warmup_epochs = 1;
    assert_near(schedule_rate(&settings, 0, 1), 0.2, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_keeps_the_rate),
        cmocka_unit_test(step_drops_after_whole_epochs),
        cmocka_unit_test(cosine_falls_from_the_rate_to_nothing),
        cmocka_unit_test(warm_up_rises_to_the_rate_and_the_schedule_follows),
        cmocka_unit_test(cosine_ends_at_nothing_after_a_warm_up),
        cmocka_unit_test(a_warm_up_may_end_between_steps),
        cmocka_unit_test(a_warm_up_may_be_the_whole_run),
        cmocka_unit_test(one_cycle_is_that_of_pytorch),
        cmocka_unit_test(the_shortest_cycles_are_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
