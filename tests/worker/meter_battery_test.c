#include "tests/check.h"
#include "tests/worker/meter_session.h"

#include <stdio.h>

static void write_file(const struct tree *tree, const char *battery, const char *file,
                       const char *text)
{
    char path[96];
    snprintf(path, sizeof path, "/sys/class/power_supply/%s/%s", battery, file);
    tree_write(tree, path, "%s\n", text);
}

static void a_battery_gives_what_the_machine_uses(void **state)
{
    const struct tree *tree = *state;
    write_file(tree, "BAT0", "status", "Discharging");
    write_file(tree, "BAT0", "power_now", "10000000");
    write_file(tree, "AC", "online", "0");
    struct meter_session session = meter_session_open(tree, "battery");
    check_meter_text(&session, "battery:BAT0");
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_NODE);
    write_file(tree, "BAT0", "power_now", "20000000");
    struct meter_step step = meter_session_advance(&session, 4);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 60 * 1000000);
    assert_int_equal(step.low_uj, 40 * 1000000);
    assert_int_equal(step.high_uj, 80 * 1000000);
    meter_session_close(&session);
}

static void current_and_voltage_do_as_well(void **state)
{
    const struct tree *tree = *state;
    write_file(tree, "BAT1", "status", "Discharging");
    write_file(tree, "BAT1", "current_now", "2000000");
    write_file(tree, "BAT1", "voltage_now", "11500000");
    struct meter_session session = meter_session_open(tree, "battery");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 23 * 1000000);
    meter_session_close(&session);
}

/* The kernel's interface has current and power below 0 while a battery discharges, and most
 * drivers do not. */
static void a_minus_sign_is_a_direction(void **state)
{
    const struct tree *tree = *state;
    write_file(tree, "BAT0", "status", "Discharging");
    write_file(tree, "BAT0", "power_now", "-8000000");
    write_file(tree, "BAT1", "status", "Discharging");
    write_file(tree, "BAT1", "current_now", "-500000");
    write_file(tree, "BAT1", "voltage_now", "12000000");
    struct meter_session session = meter_session_open(tree, "battery");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 14 * 1000000);
    meter_session_close(&session);
}

/* A charger that is too weak gives as well, and nobody tells how much. */
static void a_battery_on_the_mains_is_a_gap(void **state)
{
    const struct tree *tree = *state;
    write_file(tree, "BAT0", "status", "Discharging");
    write_file(tree, "BAT0", "power_now", "8000000");
    write_file(tree, "ADP1", "type", "Mains");
    write_file(tree, "ADP1", "online", "0");
    struct meter_session session = meter_session_open(tree, "battery");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 8 * 1000000);
    write_file(tree, "ADP1", "online", "1");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "battery", "unplug the mains"), METER_ABSENT);
}

static void what_a_battery_lacks_is_said(void **state)
{
    const struct tree *tree = *state;
    write_file(tree, "BAT0", "status", "Discharging");
    write_file(tree, "BAT0", "energy_now", "40000000");
    assert_int_equal(meter_says(tree, "battery", "BAT0 tells no power: neither power_now nor"),
                     METER_ABSENT);
    write_file(tree, "BAT0", "power_now", "0");
    assert_int_equal(meter_says(tree, "battery", "discharges at 0 W"), METER_ABSENT);
    tree_remove(tree, "/sys/class/power_supply/BAT0/status");
    assert_int_equal(meter_says(tree, "battery", "does not tell its status"), METER_ABSENT);
}

static void batteries_add_up(void **state)
{
    const struct tree *tree = *state;
    write_file(tree, "BAT0", "status", "Discharging");
    write_file(tree, "BAT0", "power_now", "7000000");
    write_file(tree, "BAT1", "status", "Not charging");
    write_file(tree, "BAT1", "power_now", "0");
    struct meter_session session = meter_session_open(tree, "battery");
    check_meter_text(&session, "battery:BAT0,BAT1");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 7 * 1000000);
    write_file(tree, "BAT1", "status", "Discharging");
    write_file(tree, "BAT1", "power_now", "2000000");
    meter_session_advance(&session, 1);
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 9 * 1000000);
    meter_session_close(&session);
}

static void the_mains_are_a_gap(void **state)
{
    const struct tree *tree = *state;
    static const char *const others[] = {"Charging", "Full", "Unknown", ""};
    write_file(tree, "BAT0", "power_now", "10000000");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        write_file(tree, "BAT0", "status", "Discharging");
        struct meter_session session = meter_session_open(tree, "battery");
        write_file(tree, "BAT0", "status", others[i]);
        struct meter_step step = meter_session_advance(&session, 1);
        assert_int_equal(step.gaps, 1);
        assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
        assert_int_equal(meter_says(tree, "battery", "unplug the mains"), METER_ABSENT);
        meter_session_close(&session);
    }
}

static void a_battery_that_does_not_tell_is_a_gap_and_never_zero(void **state)
{
    const struct tree *tree = *state;
    static const char *const broken[] = {"", "--10000000", "garbage", "0", "999000000000"};
    write_file(tree, "BAT0", "status", "Discharging");
    write_file(tree, "BAT0", "power_now", "10000000");
    struct meter_session session = meter_session_open(tree, "battery");
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        write_file(tree, "BAT0", "power_now", broken[i]);
        assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    }
    tree_remove(tree, "/sys/class/power_supply/BAT0/power_now");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "battery", "BAT0 tells no power"), METER_ABSENT);
}

static void no_battery_is_absent(void **state)
{
    assert_int_equal(meter_says(*state, "battery", "no battery in "), METER_ABSENT);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(a_battery_gives_what_the_machine_uses),
        tree_test(current_and_voltage_do_as_well),
        tree_test(a_minus_sign_is_a_direction),
        tree_test(a_battery_on_the_mains_is_a_gap),
        tree_test(what_a_battery_lacks_is_said),
        tree_test(batteries_add_up),
        tree_test(the_mains_are_a_gap),
        tree_test(a_battery_that_does_not_tell_is_a_gap_and_never_zero),
        tree_test(no_battery_is_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
