#include "tests/check.h"
#include "tests/worker/meter_session.h"

#include <stdio.h>
#include <string.h>

#define RANGE 262143328850ull /* of an Intel package, microjoules */

/* The powercap meter on the tree. */
static struct meter_session open_session(const struct tree *tree)
{
    return meter_session_open(tree, "powercap");
}

static enum meter_presence probe_says(const struct tree *tree, const char *expected)
{
    return meter_says(tree, "powercap", expected);
}

static void one_socket_counts_package_and_dram_only(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 1000000, RANGE);
    tree_zone(tree, "intel-rapl:0:0", "core", 500000, RANGE);
    tree_zone(tree, "intel-rapl:0:1", "uncore", 400000, RANGE);
    tree_zone(tree, "intel-rapl:0:2", "dram", 300000, 65712999613ull);
    tree_zone(tree, "intel-rapl:1", "psys", 9000000, RANGE);
    tree_zone(tree, "intel-rapl-mmio:0", "package-0", 1000000, RANGE);
    tree_write(tree, "/sys/class/powercap/intel-rapl/enabled", "1\n");
    struct meter_session session = open_session(tree);
    check_meter_text(&session, "powercap:package-0,dram");
    assert_int_equal(session.type->scopes(session.meter),
                     1u << SCOPE_PACKAGE | 1u << SCOPE_DRAM);
    tree_energy(tree, "intel-rapl:0", 1000000 + 7000001);
    tree_energy(tree, "intel-rapl:0:0", 500000 + 6000000);
    tree_energy(tree, "intel-rapl:0:2", 300000 + 2000002);
    tree_energy(tree, "intel-rapl:1", 9000000 + 20000000);
    tree_energy(tree, "intel-rapl-mmio:0", 1000000 + 7000001);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 7000001);
    assert_int_equal(step.energy_uj[SCOPE_DRAM], 2000002);
    assert_int_equal(step.energy_uj[SCOPE_NODE] + step.energy_uj[SCOPE_GPU], 0);
    assert_int_equal(step.low_uj, 9000003);
    assert_int_equal(step.high_uj, 9000003);
    assert_int_equal(step.wraps + step.gaps + step.ambiguous, 0);
    meter_session_close(&session);
}

static void two_sockets_with_dies_add_up(void **state)
{
    const struct tree *tree = *state;
    static const char *const names[] = {"package-0-die-0", "package-0-die-1", "package-1-die-0",
                                        "package-1-die-1"};
    char folder[32];
    for (unsigned i = 0; i < 4; i++) {
        snprintf(folder, sizeof folder, "intel-rapl:%u", i);
        tree_zone(tree, folder, names[i], 1000 * (i + 1), RANGE);
    }
    struct meter_session session = open_session(tree);
    check_meter_text(&session, "powercap:package-0-die-0,package-0-die-1,package-1-die-0,"
                               "package-1-die-1");
    for (unsigned i = 0; i < 4; i++) {
        snprintf(folder, sizeof folder, "intel-rapl:%u", i);
        tree_energy(tree, folder, 1000 * (i + 1) + 10 + i);
    }
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_PACKAGE], 46);
    meter_session_close(&session);
}

static void zone_ids_are_hexadecimal(void **state)
{
    const struct tree *tree = *state;
    char folder[32], name[32];
    for (unsigned i = 0; i < 18; i++) {
        snprintf(folder, sizeof folder, "intel-rapl:%x", i);
        snprintf(name, sizeof name, "package-%u", i);
        tree_zone(tree, folder, name, 100000 * (i + 1), RANGE);
    }
    tree_zone(tree, "intel-rapl:a:b", "dram", 77, RANGE);
    tree_zone(tree, "intel-rapl:g", "package-99", 78, RANGE);
    struct meter_session session = open_session(tree);
    check_meter_text(&session, "powercap:18 packages,dram");
    for (unsigned i = 0; i < 18; i++) {
        snprintf(folder, sizeof folder, "intel-rapl:%x", i);
        tree_energy(tree, folder, 100000 * (i + 1) + 5);
    }
    tree_energy(tree, "intel-rapl:g", 1000000);
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_PACKAGE], 18 * 5);
    meter_session_close(&session);
}

static void amd_has_packages_without_dram(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 5, 65532610987ull);
    tree_zone(tree, "intel-rapl:0:0", "core", 3, 65532610987ull);
    struct meter_session session = open_session(tree);
    check_meter_text(&session, "powercap:package-0");
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_PACKAGE);
    meter_session_close(&session);
}

static void a_wrap_is_the_way_round(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", RANGE - 1000, RANGE);
    tree_zone(tree, "intel-rapl:0:0", "dram", 900, 1000);
    struct meter_session session = open_session(tree);
    tree_energy(tree, "intel-rapl:0", 500);
    tree_energy(tree, "intel-rapl:0:0", 10);
    struct meter_step step = meter_session_advance(&session, 1e-7);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 1500);
    assert_int_equal(step.energy_uj[SCOPE_DRAM], 110);
    assert_int_equal(step.wraps, 2);
    assert_int_equal(step.gaps + step.ambiguous, 0);
    meter_session_close(&session);
}

static void an_interval_that_may_hide_a_wrap_is_ambiguous(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 1000, RANGE);
    struct meter_session session = open_session(tree);
    tree_energy(tree, "intel-rapl:0", 2000);
    assert_int_equal(meter_session_advance(&session, 262.0).ambiguous, 0);
    tree_energy(tree, "intel-rapl:0", 3000);
    struct meter_step step =
        meter_session_advance(&session, 530.0); /* room for two rounds at the ceiling */
    assert_int_equal(step.ambiguous, 1);
    assert_int_equal(step.low_uj, 1000);
    assert_int_equal(step.high_uj, 1000 + (int64_t)(2 * RANGE));
    meter_session_close(&session);
}

static void a_counter_that_jumps_back_is_a_gap_and_no_savings(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 5000000000ull, RANGE);
    tree_zone(tree, "intel-rapl:0:0", "dram", 5000000000ull, 0);
    struct meter_session session = open_session(tree);
    tree_energy(tree, "intel-rapl:0", 100); /* a reset: 257 kJ in a second otherwise */
    tree_energy(tree, "intel-rapl:0:0", 100);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.gaps, 2);
    assert_int_equal(step.wraps, 0);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE] + step.energy_uj[SCOPE_DRAM], 0);
    tree_energy(tree, "intel-rapl:0", 150);
    tree_energy(tree, "intel-rapl:0:0", 160);
    step = meter_session_advance(&session, 1);
    assert_int_equal(step.gaps, 0);
    assert_int_equal(step.low_uj, 110);
    meter_session_close(&session);
}

static void a_failed_read_is_a_gap_and_never_zero(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 1000, RANGE);
    tree_zone(tree, "intel-rapl:1", "package-1", 2000, RANGE);
    struct meter_session session = open_session(tree);
    static const char *const broken[] = {"", "-5\n", "12x\n", "99999999999999999999999\n",
                                         "\xff\xfe\n"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        tree_write(tree, "/sys/class/powercap/intel-rapl:0/energy_uj", "%s", broken[i]);
        tree_energy(tree, "intel-rapl:1", 2000 + 10 * (i + 1));
        struct meter_step step = meter_session_advance(&session, 1);
        assert_int_equal(step.gaps, 1);
        assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 10);
    }
    tree_remove(tree, "/sys/class/powercap/intel-rapl:0/energy_uj");
    assert_int_equal(meter_session_advance(&session, 0.1).gaps, 1);
    tree_fail(tree, "/sys/class/powercap/intel-rapl:0/energy_uj"); /* it is back, with EIO */
    assert_int_equal(meter_session_advance(&session, 0.1).gaps, 1);
    tree_remove(tree, "/sys/class/powercap/intel-rapl:0/energy_uj");
    tree_energy(tree, "intel-rapl:0", 9000);
    assert_int_equal(meter_session_advance(&session, 0.1).gaps, 1); /* but since when? */
    tree_energy(tree, "intel-rapl:0", 9003);
    assert_int_equal(meter_session_advance(&session, 0.1).energy_uj[SCOPE_PACKAGE], 3);
    meter_session_close(&session);
}

static void a_counter_that_stands_still_is_reported(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 1000, RANGE);
    struct meter_session session = open_session(tree);
    assert_int_equal(meter_session_advance(&session, 1).gaps, 0); /* it may be about to move */
    struct meter_step step = meter_session_advance(&session, 1.5);
    assert_int_equal(step.gaps, 1);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 0);
    assert_int_equal(meter_session_advance(&session, 0.1).gaps, 1);
    tree_energy(tree, "intel-rapl:0", 1001);
    step = meter_session_advance(&session, 0.1);
    assert_int_equal(step.gaps, 0);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 1);
    meter_session_close(&session);
}

static void mirrored_zones_count_once(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 123456789, RANGE);
    tree_zone(tree, "intel-rapl:1", "package-1", 123456789, RANGE);
    tree_zone(tree, "intel-rapl:2", "package-2", 223456789, RANGE);
    tree_zone(tree, "intel-rapl:0:0", "dram", 123456789, RANGE);
    struct meter_session session = open_session(tree);
    check_meter_text(&session, "powercap:package-0,package-2,dram");
    meter_session_close(&session);
    assert_int_equal(probe_says(tree, "counted once"), METER_PRESENT);
}

static void zones_that_stand_at_zero_are_no_mirrors(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 0, RANGE);
    tree_zone(tree, "intel-rapl:1", "package-1", 0, RANGE);
    struct meter_session session = open_session(tree);
    check_meter_text(&session, "powercap:package-0,package-1");
    meter_session_close(&session);
}

static void check_forbidden(const struct tree *tree)
{
    assert_int_equal(probe_says(tree, "/intel-rapl:0/energy_uj (package-0): mode 0000, owner "),
                     METER_FORBIDDEN);
    assert_int_equal(probe_says(tree, "/etc/udev/rules.d/60-powercap.rules"), METER_FORBIDDEN);
    assert_int_equal(probe_says(tree, "chmod g+r"), METER_FORBIDDEN);
    assert_int_equal(probe_says(tree, "setcap cap_dac_read_search+ep"), METER_FORBIDDEN);
    static const char *const names[] = {"powercap"};
    struct meter_choice set;
    struct error err;
    assert_int_equal(meter_choice_open(&set, tree->root, names, 1, &err), ST_FORBIDDEN);
    assert_non_null(strstr(err.what, "/intel-rapl:0/energy_uj"));
    assert_non_null(strstr(err.remedy, "wattune meters"));
}

static void root_only_counters_are_forbidden_not_absent(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 1, RANGE);
    tree_zone(tree, "intel-rapl:1", "package-1", 2, RANGE);
    tree_chmod(tree, "/sys/class/powercap/intel-rapl:0/energy_uj", 0);
    with_no_privilege(check_forbidden, tree);
}

static void nothing_is_absent(void **state)
{
    const struct tree *tree = *state;
    assert_int_equal(probe_says(tree, "no package zone in "), METER_ABSENT);
    tree_zone(tree, "intel-rapl:0", "psys", 1, RANGE);
    tree_zone(tree, "intel-rapl:1", "package-", 1, RANGE);
    tree_zone(tree, "intel-rapl:2", "package-0-die-", 1, RANGE);
    tree_zone(tree, "intel-rapl:3", "package-0-core-1", 1, RANGE);
    assert_int_equal(probe_says(tree, "no package zone in "), METER_ABSENT);
}

static void a_zone_that_cannot_be_read_at_all_is_absent(void **state)
{
    const struct tree *tree = *state;
    tree_zone(tree, "intel-rapl:0", "package-0", 1, RANGE);
    tree_write(tree, "/sys/class/powercap/intel-rapl:0/energy_uj", "garbage\n");
    assert_int_equal(probe_says(tree, "cannot be read now: Invalid argument"), METER_ABSENT);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(one_socket_counts_package_and_dram_only),
        tree_test(two_sockets_with_dies_add_up),
        tree_test(zone_ids_are_hexadecimal),
        tree_test(amd_has_packages_without_dram),
        tree_test(a_wrap_is_the_way_round),
        tree_test(an_interval_that_may_hide_a_wrap_is_ambiguous),
        tree_test(a_counter_that_jumps_back_is_a_gap_and_no_savings),
        tree_test(a_failed_read_is_a_gap_and_never_zero),
        tree_test(a_counter_that_stands_still_is_reported),
        tree_test(mirrored_zones_count_once),
        tree_test(zones_that_stand_at_zero_are_no_mirrors),
        tree_test(root_only_counters_are_forbidden_not_absent),
        tree_test(nothing_is_absent),
        tree_test(a_zone_that_cannot_be_read_at_all_is_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
