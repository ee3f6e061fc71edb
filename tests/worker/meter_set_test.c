#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/machine.h"
#include "worker/meter.h"

#include <stdlib.h>
#include <string.h>

#define RANGE 262143328850ull

static void write_proc(const struct tree *tree)
{
    tree_write(tree, "/proc/stat", "cpu  1 2 3 4 5 6 7 8 9 0\ncpu0 1 2 3\n");
    tree_write(tree, "/proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: fpu vme\n");
}

static void every_type_of_the_table_is_whole(void **state)
{
    (void)state;
    assert_non_null(meter_types[0]);
    for (size_t i = 0; meter_types[i]; i++) {
        const struct meter_type *type = meter_types[i];
        assert_true(type->name && type->summary && type->size > 0 && type->examine &&
                    type->scopes && type->describe && type->read && type->step);
        assert_true(type->quality > ENERGY_NONE && type->quality <= ENERGY_MEASURED);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(type->name, meter_types[j]->name);
            assert_int_not_equal(type->priority, meter_types[j]->priority);
        }
    }
}

/* What any meter owes on a machine where nothing exists. */
static void every_type_says_what_is_absent(void **state)
{
    const struct tree *tree = *state;
    for (size_t i = 0; meter_types[i]; i++) {
        struct strbuf report = STRBUF_INIT;
        struct meter *meter = NULL;
        if (meter_types[i]->priority == METER_NAMED_ONLY)
            continue; /* it is no part of the machine */
        assert_int_equal(meter_open(meter_types[i], tree->root, &meter, &report), METER_ABSENT);
        assert_null(meter);
        assert_true(report.length > 0);
        strbuf_free(&report);
    }
}

static void counters_win_over_the_model(void **state)
{
    const struct tree *tree = *state;
    struct meter_choice set;
    struct error err = {0};
    write_proc(tree);
    assert_ok(meter_choice_open(&set, tree->root, NULL, 0, &err), err);
    assert_int_equal(set.booked.n, 1);
    assert_int_equal(set.booked.quality, ENERGY_ESTIMATED);
    assert_string_equal(set.booked.text, "model:default");
    meter_choice_close(&set);
    tree_zone(tree, "intel-rapl:0", "package-0", 1, RANGE);
    static const char *const automatic[] = {"auto"};
    assert_ok(meter_choice_open(&set, tree->root, automatic, 1, &err), err);
    assert_int_equal(set.booked.n, 1);
    assert_int_equal(set.booked.quality, ENERGY_MEASURED);
    assert_string_equal(set.booked.text, "powercap:package-0");
    meter_choice_close(&set);
    assert_int_equal(set.booked.n, 0);
}

static void a_named_meter_is_taken_though_a_better_one_is_there(void **state)
{
    const struct tree *tree = *state;
    static const char *const names[] = {"model", "powercap"};
    struct meter_choice set;
    struct error err = {0};
    write_proc(tree);
    tree_zone(tree, "intel-rapl:0", "package-0", 1, RANGE);
    assert_ok(meter_choice_open(&set, tree->root, names, 1, &err), err);
    assert_string_equal(set.booked.text, "model:default");
    meter_choice_close(&set);
    assert_ok(meter_choice_open(&set, tree->root, names, 2, &err), err);
    assert_string_equal(set.booked.text, "model:default");
    assert_int_equal(set.n_beside, 1);
    assert_string_equal(set.beside[0].text, "powercap:package-0");
    meter_choice_close(&set);
}

static void what_cannot_be_used_is_said(void **state)
{
    const struct tree *tree = *state;
    struct meter_choice set;
    struct error err = {0};
    static const char *const absent[] = {"powercap"}, *const unknown[] = {"wattmeter"};
    assert_int_equal(meter_choice_open(&set, tree->root, absent, 1, &err), ST_UNAVAILABLE);
    assert_non_null(strstr(err.what, "no package zone"));
    assert_int_equal(meter_choice_open(&set, tree->root, unknown, 1, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "wattmeter"));
    assert_non_null(
        strstr(err.remedy, "command, cray, nvml, powercap, perf, hwmon, battery, model"));
}

static void nothing_at_all_is_no_error_and_no_figure(void **state)
{
    const struct tree *tree = *state;
    struct meter_choice set;
    struct error err = {0};
    assert_ok(meter_choice_open(&set, tree->root, NULL, 0, &err), err);
    assert_int_equal(set.booked.n, 0);
    assert_int_equal(set.booked.quality, ENERGY_NONE);
    assert_string_equal(set.booked.text, "");
    meter_choice_close(&set);
}

static void check_report(const struct tree *tree, const char *const *expected, size_t n)
{
    struct strbuf text = STRBUF_INIT;
    meters_report(tree->root, &text);
    assert_true(strbuf_ok(&text));
    for (size_t i = 0; i < n; i++)
        if (!strstr(strbuf_text(&text), expected[i]))
            fail_msg("\"%s\" is not in:\n%s", expected[i], strbuf_text(&text));
    strbuf_free(&text);
}

static void the_report_explains_an_empty_machine(void **state)
{
    static const char *const expected[] = {
        "powercap   absent", "model      absent", "node       no meter here",
        "Nothing can be measured here", "No sign of a virtual machine or a container"};
    check_report(*state, expected, 5);
}

static void the_report_explains_a_server(void **state)
{
    static const char *const expected[] = {
        "powercap   present",         "wraps at 262143 J",
        "model      present",         "package    powercap, measured",
        "dram       no meter here",   "node       not booked",
        "package    0.00 W over 0.2", "0.00 J in 0."};
    write_proc(*state);
    tree_zone(*state, "intel-rapl:0", "package-0", 1, RANGE);
    check_report(*state, expected, 8);
}

static void the_report_explains_a_guest_in_a_container(void **state)
{
    const struct tree *tree = *state;
    static const char *const expected[] = {"node       model, estimated",
                                           "package    part of the node",
                                           "EPYC 9005",
                                           "virtual machine (QEMU)",
                                           "container (docker)",
                                           "booked as other processes"};
    write_proc(tree);
    tree_write(tree, "/proc/cpuinfo",
               "vendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD "
               "EPYC\nflags\t\t: fpu hypervisor lahf_lm\n");
    tree_write(tree, "/sys/class/dmi/id/sys_vendor", "QEMU\n");
    tree_write(tree, "/proc/1/cgroup", "0::/docker/0123456789abcdef\n");
    check_report(tree, expected, 6);
}

static void signs_of_containers_are_known(void **state)
{
    const struct tree *tree = *state;
    assert_null(machine_container(tree->root));
    tree_write(tree, "/run/systemd/container", "systemd-nspawn\n");
    assert_string_equal(machine_container(tree->root), "systemd-nspawn or alike");
    tree_write(tree, "/run/.containerenv", "%s", "");
    assert_string_equal(machine_container(tree->root), "podman");
    tree_write(tree, "/.dockerenv", "%s", "");
    assert_string_equal(machine_container(tree->root), "docker");
    tree_write(tree, "/proc/1/cgroup", "0::/kubepods/burstable/pod7\n");
    assert_string_equal(machine_container(tree->root), "kubernetes");
}

static void the_root_comes_from_the_environment(void **state)
{
    (void)state;
    setenv("WATTUNE_SYSROOT", "/captured", 1);
    assert_string_equal(meter_root(), "/captured");
    unsetenv("WATTUNE_SYSROOT");
    assert_string_equal(meter_root(), "");
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_of_the_table_is_whole),
        tree_test(every_type_says_what_is_absent),
        tree_test(counters_win_over_the_model),
        tree_test(a_named_meter_is_taken_though_a_better_one_is_there),
        tree_test(what_cannot_be_used_is_said),
        tree_test(nothing_at_all_is_no_error_and_no_figure),
        tree_test(the_report_explains_an_empty_machine),
        tree_test(the_report_explains_a_server),
        tree_test(the_report_explains_a_guest_in_a_container),
        tree_test(signs_of_containers_are_known),
        cmocka_unit_test(the_root_comes_from_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
