/* Which meters are booked, and which run beside. */
#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/meter.h"

#include <stdlib.h>
#include <string.h>

/* A machine with a package counter, a node's counter, a battery, sensors, and processors. */
static void write_machine(const struct tree *tree)
{
    tree_write(tree, "/proc/stat", "cpu  1 2 3 4 5 6 7 8 9 0\ncpu0 1 2 3\n");
    tree_write(tree, "/proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: fpu vme\n");
    tree_zone(tree, "intel-rapl:0", "package-0", 1, 262143328850ull);
    tree_write(tree, "/sys/cray/pm_counters/energy", "1000 J 1700000000123456 us\n");
    tree_write(tree, "/sys/cray/pm_counters/freshness", "7\n");
    tree_write(tree, "/sys/cray/pm_counters/startup", "1699990000123456\n");
    tree_write(tree, "/sys/class/power_supply/BAT0/type", "Battery\n");
    tree_write(tree, "/sys/class/power_supply/BAT0/status", "Discharging\n");
    tree_write(tree, "/sys/class/power_supply/BAT0/power_now", "9000000\n");
    tree_write(tree, "/sys/class/hwmon/hwmon0/name", "amd_energy\n");
    tree_write(tree, "/sys/class/hwmon/hwmon0/energy1_label", "Esocket0\n");
    tree_write(tree, "/sys/class/hwmon/hwmon0/energy1_input", "5000\n");
}

static void what_overlaps_runs_beside_in_the_lists_order(void **state)
{
    const struct tree *tree = *state;
    static const char *const names[] = {"powercap", "cray", "model", "hwmon"};
    struct meter_choice choice;
    struct error err = {0};
    char text[200];
    write_machine(tree);
    assert_ok(meter_choice_open(&choice, tree->root, names, 4, &err), err);
    assert_string_equal(choice.booked.text, "powercap:package-0");
    assert_int_equal(choice.n_beside, 3);
    assert_string_equal(choice.beside[0].text, "cray:energy");
    assert_int_equal(choice.beside[0].quality, ENERGY_MEASURED);
    assert_string_equal(choice.beside[1].text, "model:default");
    assert_int_equal(choice.beside[1].quality, ENERGY_ESTIMATED);
    assert_int_equal(meter_choice_text(&choice, text, sizeof text), ST_OK);
    assert_non_null(
        strstr(text, "powercap:package-0, beside cray:energy, model:default, hwmon"));
    meter_choice_close(&choice);
    assert_int_equal(choice.booked.n, 0);
    assert_int_equal(choice.n_beside, 0);
}

static void what_auto_finds_is_booked_and_the_rest_runs_beside(void **state)
{
    const struct tree *tree = *state;
    static const char *const names[] = {"auto", "cray", "powercap"};
    struct meter_choice choice;
    struct error err = {0};
    write_machine(tree);
    assert_ok(meter_choice_open(&choice, tree->root, names, 3, &err), err);
    assert_string_equal(choice.booked.text, "cray:energy");
    assert_int_equal(choice.n_beside, 1);
    assert_string_equal(choice.beside[0].text, "powercap:package-0");
    meter_choice_close(&choice);
}

static void refused(const struct tree *tree, const char *const *names, size_t n,
                    const char *what, const char *remedy)
{
    struct meter_choice choice;
    struct error err = {0};
    assert_int_equal(meter_choice_open(&choice, tree->root, names, n, &err), ST_INVALID);
    assert_non_null(strstr(err.what, what));
    assert_non_null(strstr(err.remedy, remedy));
    assert_int_equal(choice.booked.n, 0);
    assert_int_equal(choice.n_beside, 0);
}

static void a_list_that_says_too_much_is_refused(void **state)
{
    const struct tree *tree = *state;
    static const char *const twice[] = {"model", "powercap", "model"},
                             *const late[] = {"powercap", "auto"}, *const many[] = {"cray",
                                                                                    "powercap",
                                                                                    "model",
                                                                                    "battery",
                                                                                    "hwmon",
                                                                                    "command"};
    write_machine(tree);
    setenv("WATTUNE_METER_COMMAND", "echo 5 W", 1);
    refused(tree, twice, 3, "model is named twice", "once");
    refused(tree, late, 2, "\"auto\"", "first");
    refused(tree, many, 6, "no more than 4 meters", "command is one too many");
    unsetenv("WATTUNE_METER_COMMAND");
}

static void one_that_cannot_run_beside_is_an_error_too(void **state)
{
    const struct tree *tree = *state;
    static const char *const names[] = {"powercap", "nvml"};
    struct meter_choice choice;
    struct error err = {0};
    write_machine(tree);
    assert_int_equal(meter_choice_open(&choice, tree->root, names, 2, &err), ST_UNAVAILABLE);
    assert_non_null(strstr(err.what, "nvml"));
    assert_int_equal(choice.booked.n, 0);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(what_overlaps_runs_beside_in_the_lists_order),
        tree_test(what_auto_finds_is_booked_and_the_rest_runs_beside),
        tree_test(a_list_that_says_too_much_is_refused),
        tree_test(one_that_cannot_run_beside_is_an_error_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
