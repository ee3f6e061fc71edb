#include "tests/check.h"
#include "tests/worker/meter_session.h"

#include <stdio.h>
#include <unistd.h>

#define FOLDER "/sys/cray/pm_counters/"

static void write_joules(const struct tree *tree, const char *name, unsigned long long joules)
{
    char path[64];
    snprintf(path, sizeof path, FOLDER "%s", name);
    tree_write(tree, path, "%llu J 1700000000123456 us\n", joules);
}

static void write_update(const struct tree *tree, unsigned update)
{
    tree_write(tree, FOLDER "freshness", "%u\n", update);
}

static void write_node(const struct tree *tree, unsigned long long joules)
{
    write_update(tree, 7);
    tree_write(tree, FOLDER "generation", "1\n");
    tree_write(tree, FOLDER "startup", "1699990000123456\n");
    write_joules(tree, "energy", joules);
    write_joules(tree, "cpu_energy", joules / 2);
    write_joules(tree, "memory_energy", joules / 8);
    write_joules(tree, "accel0_energy", joules / 4);
}

static void the_node_includes_its_parts(void **state)
{
    const struct tree *tree = *state;
    write_node(tree, 80000);
    struct meter_session session = meter_session_open(tree, "cray");
    check_meter_text(&session, "cray:energy");
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_NODE);
    write_node(tree, 80800);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 800 * 1000000);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE] + step.energy_uj[SCOPE_GPU], 0);
    assert_int_equal(step.low_uj, 800 * 1000000);
    assert_int_equal(step.gaps + step.wraps + step.ambiguous, 0);
    meter_session_close(&session);
}

static void without_a_node_counter_the_parts_count(void **state)
{
    const struct tree *tree = *state;
    write_node(tree, 80000);
    write_joules(tree, "accel1_energy", 500);
    tree_remove(tree, FOLDER "energy");
    struct meter_session session = meter_session_open(tree, "cray");
    check_meter_text(&session, "cray:cpu_energy,memory_energy,2 accelerators");
    assert_int_equal(session.type->scopes(session.meter),
                     1u << SCOPE_PACKAGE | 1u << SCOPE_DRAM | 1u << SCOPE_GPU);
    write_joules(tree, "cpu_energy", 40000 + 90);
    write_joules(tree, "memory_energy", 10000 + 20);
    write_joules(tree, "accel0_energy", 20000 + 300);
    write_joules(tree, "accel1_energy", 500 + 400);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 90 * 1000000);
    assert_int_equal(step.energy_uj[SCOPE_DRAM], 20 * 1000000);
    assert_int_equal(step.energy_uj[SCOPE_GPU], 700 * 1000000);
    meter_session_close(&session);
}

/* A file that holds something else each time it is read. */
static void tear(const struct tree *tree)
{
    char path[128];
    snprintf(path, sizeof path, "%s" FOLDER "freshness", tree->root);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/proc/sys/kernel/random/uuid", path), 0);
}

static void a_torn_read_is_a_gap(void **state)
{
    const struct tree *tree = *state;
    write_node(tree, 100);
    struct meter_session session = meter_session_open(tree, "cray");
    write_node(tree, 150);
    tear(tree);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.gaps, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    assert_int_equal(meter_says(tree, "cray", "no value is whole"), METER_ABSENT);
    tree_remove(tree, FOLDER "freshness");
    write_update(tree, 9);
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1); /* since when? */
    write_joules(tree, "energy", 160);
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 10 * 1000000);
    tree_remove(tree, FOLDER "freshness");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    meter_session_close(&session);
}

static void a_new_power_cap_is_no_gap_and_a_new_start_is(void **state)
{
    const struct tree *tree = *state;
    write_node(tree, 100);
    struct meter_session session = meter_session_open(tree, "cray");
    write_node(tree, 200);
    tree_write(tree, FOLDER "generation", "2\n"); /* a power cap was set */
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 100 * 1000000);
    assert_int_equal(step.gaps, 0);
    write_node(tree, 250); /* larger than before, but counted from 0 again */
    tree_write(tree, FOLDER "startup", "1700000000123456\n");
    step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    assert_int_equal(step.gaps, 1);
    meter_session_close(&session);
}

static void what_is_no_line_of_joules_is_a_gap(void **state)
{
    const struct tree *tree = *state;
    static const char *const broken[] = {"",
                                         "J\n",
                                         "-5 J 1 us\n",
                                         "200\n",
                                         "200 W 1 us\n",
                                         "99999999999999999999 J 1 us\n",
                                         "99999999999999999 J 1 us\n"};
    write_node(tree, 100);
    struct meter_session session = meter_session_open(tree, "cray");
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        tree_write(tree, FOLDER "energy", "%s", broken[i]);
        struct meter_step step = meter_session_advance(&session, 1);
        assert_int_equal(step.gaps, 1);
        assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
        assert_int_equal(step.counted, 0); /* though the controller's start can be read */
        assert_int_equal(meter_says(tree, "cray", "cannot be read now: Invalid argument"),
                         METER_ABSENT);
    }
    write_joules(tree, "energy", 90); /* back, and lower */
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    write_joules(tree, "energy", 80);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.gaps, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    write_joules(tree, "energy", 20 * 1000 * 2); /* more than any node can have drawn */
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    meter_session_close(&session);
}

static void check_forbidden(const struct tree *tree)
{
    assert_int_equal(meter_says(tree, "cray", "/pm_counters/energy: mode 0000, owner "),
                     METER_FORBIDDEN);
    assert_int_equal(meter_says(tree, "cray", "chmod a+r"), METER_FORBIDDEN);
}

static void a_file_without_permission_is_forbidden(void **state)
{
    const struct tree *tree = *state;
    write_node(tree, 100);
    tree_chmod(tree, FOLDER "energy", 0);
    with_no_privilege(check_forbidden, tree);
}

static void nothing_is_absent(void **state)
{
    assert_int_equal(meter_says(*state, "cray", "not a Cray"), METER_ABSENT);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(the_node_includes_its_parts),
        tree_test(without_a_node_counter_the_parts_count),
        tree_test(a_torn_read_is_a_gap),
        tree_test(a_new_power_cap_is_no_gap_and_a_new_start_is),
        tree_test(what_is_no_line_of_joules_is_a_gap),
        tree_test(a_file_without_permission_is_forbidden),
        tree_test(nothing_is_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
