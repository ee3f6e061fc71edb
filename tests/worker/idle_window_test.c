#include "tests/check.h"
#include "worker/idle_window.h"

#include <math.h>

/* A meter and a clock that a test moves. */
struct machine {
    struct idle_point point;
    struct idle_window window;
};

static void draw(struct machine *machine, double power_w, double time_s)
{
    machine->point.time_ns += llround(time_s * 1e9);
    machine->point.energy_uj += llround(power_w * time_s * 1e6);
    idle_window_add(&machine->window, &machine->point);
}

/* Nothing is counted while the meter does not answer. */
static void fail_to_read(struct machine *machine, double time_s)
{
    machine->point.time_ns += llround(time_s * 1e9);
    machine->point.gaps++;
    idle_window_add(&machine->window, &machine->point);
}

/* Nobody knows when a counter has moved before it is seen to: the first move is no sample. */
static struct machine begin(void)
{
    struct machine machine = {.point = {.time_ns = 7000000000, .energy_uj = 123456789}};
    idle_window_add(&machine.window, &machine.point);
    draw(&machine, 9999, 0.1);
    assert_int_equal(machine.window.samples, 0);
    return machine;
}

static void mean_deviation_and_count_are_those_of_the_samples(void **state)
{
    (void)state;
    static const double powers_w[] = {82, 84, 88, 86, 90, 80};
    struct machine machine = begin();
    struct idle_power power;
    for (int i = 0; i < 6; i++)
        draw(&machine, powers_w[i], 0.1);
    assert_int_equal(idle_window_judge(&machine.window, 0.004, &power), IDLE_ACCEPTED);
    assert_int_equal(power.source, IDLE_MEASURED);
    assert_near(power.power_w, 85, 1e-9);
    assert_near(power.deviation_w, sqrt(70.0 / 5), 1e-9);
    assert_int_equal(power.samples, 6);
    assert_near(power.window_s, 0.6, 1e-12);
    assert_near(power.busy, 0.004, 0);
}

/* Whoever samples is sometimes late: the watts must still be energy over time. */
static void samples_count_by_their_length(void **state)
{
    (void)state;
    struct machine machine = begin();
    struct idle_power power;
    for (int i = 0; i < 4; i++)
        draw(&machine, 40, 0.1);
    draw(&machine, 100, 0.6);
    assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_ACCEPTED);
    assert_near(power.power_w, 76, 1e-9);
}

static void a_busy_machine_is_not_idle(void **state)
{
    (void)state;
    static const double refused[] = {IDLE_BUSY_MAX * 1.001, 0.5, 1, NAN};
    struct machine machine = begin();
    struct idle_power power;
    for (int i = 0; i < 20; i++)
        draw(&machine, 85, 0.1);
    assert_int_equal(idle_window_judge(&machine.window, IDLE_BUSY_MAX, &power), IDLE_ACCEPTED);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(idle_window_judge(&machine.window, refused[i], &power), IDLE_BUSY);
        assert_int_equal(power.source, IDLE_UNKNOWN);
        assert_true(isnan(power.power_w) && isnan(power.deviation_w));
        assert_int_equal(power.samples, 20);
    }
}

/* After it, the next move begins a sample and ends none. */
static void a_read_that_failed_is_not_zero_watts(void **state)
{
    (void)state;
    struct machine machine = begin();
    struct idle_power power;
    for (int i = 0; i < 5; i++) {
        draw(&machine, 85, 0.1);
        fail_to_read(&machine, 0.1);
        draw(&machine, 9999, 0.1);
    }
    assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_ACCEPTED);
    assert_near(power.power_w, 85, 1e-9);
    assert_near(power.deviation_w, 0, 1e-6);
    assert_int_equal(power.samples, 5);
    fail_to_read(&machine, 0.1); /* now more failed than not */
    assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_NO_FIGURE);
    assert_int_equal(power.source, IDLE_UNKNOWN);
    assert_true(isnan(power.power_w));
}

/* Read ten times a second, it moves once: ten reads are one sample, whatever their phase. */
static void a_slow_counter_is_sampled_at_its_own_pace(void **state)
{
    (void)state;
    struct machine machine = begin();
    struct idle_power power;
    for (int i = 1; i <= 64; i++)
        draw(&machine, i % 10 == 0 ? 850 : 0, 0.1);
    assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_ACCEPTED);
    assert_int_equal(power.samples, 6);
    assert_near(power.power_w, 85, 1e-9);
    assert_near(power.deviation_w, 0, 1e-6);
    assert_near(power.window_s, 6, 1e-9);
}

static void too_little_is_no_figure(void **state)
{
    (void)state;
    struct machine machine = begin();
    struct idle_power power;
    assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_NO_FIGURE);
    for (int i = 0; i < IDLE_SAMPLES_MIN; i++) {
        assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_NO_FIGURE);
        draw(&machine, 85, 0.1);
    }
    assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_ACCEPTED);
    idle_window_add(&machine.window, &machine.point); /* the same moment says nothing */
    assert_int_equal(machine.window.samples, IDLE_SAMPLES_MIN);
    assert_int_equal(machine.window.missed, 0);
}

/* A counter that does not move shows a machine that is off, or a counter that is broken. */
static void a_counter_that_stands_still_is_no_figure(void **state)
{
    (void)state;
    struct machine machine = begin();
    struct idle_power power;
    for (int i = 0; i < 100; i++)
        draw(&machine, 0, 0.1);
    assert_int_equal(idle_window_judge(&machine.window, 0, &power), IDLE_NO_FIGURE);
    assert_true(isnan(power.power_w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_deviation_and_count_are_those_of_the_samples),
        cmocka_unit_test(samples_count_by_their_length),
        cmocka_unit_test(a_busy_machine_is_not_idle),
        cmocka_unit_test(a_read_that_failed_is_not_zero_watts),
        cmocka_unit_test(too_little_is_no_figure),
        cmocka_unit_test(a_slow_counter_is_sampled_at_its_own_pace),
        cmocka_unit_test(a_counter_that_stands_still_is_no_figure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
