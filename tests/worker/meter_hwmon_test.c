#include "tests/check.h"
#include "tests/worker/meter_session.h"

#include <stdio.h>

#define HWMON "/sys/class/hwmon/"

static void write_energy(const struct tree *tree, unsigned i, const char *label,
                         unsigned long long energy_uj)
{
    char path[64];
    snprintf(path, sizeof path, HWMON "hwmon0/energy%u_label", i);
    tree_write(tree, path, "%s\n", label);
    snprintf(path, sizeof path, HWMON "hwmon0/energy%u_input", i);
    tree_write(tree, path, "%llu\n", energy_uj);
}

/* Two cores and two sockets, the cores first, as the driver lists them. */
static void write_amd(const struct tree *tree, unsigned long long energy_uj)
{
    tree_write(tree, HWMON "hwmon0/name", "amd_energy\n");
    write_energy(tree, 1, "Ecore000", energy_uj / 3);
    write_energy(tree, 2, "Ecore001", energy_uj / 3);
    write_energy(tree, 3, "Esocket0", energy_uj);
    write_energy(tree, 4, "Esocket1", 2 * energy_uj);
}

/* An ACPI power meter with its files in the device's folder. */
static void write_power(const struct tree *tree, const char *hwmon, const char *info,
                        unsigned long long power_uw)
{
    char path[96];
    snprintf(path, sizeof path, HWMON "%s/device/name", hwmon);
    tree_write(tree, path, "power_meter\n");
    snprintf(path, sizeof path, HWMON "%s/device/power1_average", hwmon);
    tree_write(tree, path, "%llu\n", power_uw);
    snprintf(path, sizeof path, HWMON "%s/device/power1_average_interval", hwmon);
    tree_write(tree, path, "50\n");
    if (!info)
        return;
    snprintf(path, sizeof path, HWMON "%s/device/power1_oem_info", hwmon);
    tree_write(tree, path, "%s\n", info);
}

static void amd_counts_its_sockets_only(void **state)
{
    const struct tree *tree = *state;
    write_amd(tree, 1000000);
    struct meter_session session = meter_session_open(tree, "hwmon");
    check_meter_text(&session, "hwmon:AMD sockets x2");
    assert_int_equal(meter_quality(session.type, session.meter), ENERGY_MEASURED);
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_PACKAGE);
    write_amd(tree, 1000000 + 50000);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 3 * 50000);
    assert_int_equal(step.gaps, 0);
    write_amd(tree, 1000); /* the driver was loaded again */
    step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 0);
    assert_int_equal(step.gaps, 2);
    meter_session_close(&session);
}

static void check_forbidden(const struct tree *tree)
{
    assert_int_equal(meter_says(tree, "hwmon", "energy3_input (Esocket0): mode 0000, owner "),
                     METER_FORBIDDEN);
    assert_int_equal(meter_says(tree, "hwmon", "setcap cap_dac_read_search+ep"),
                     METER_FORBIDDEN);
    write_power(tree, "hwmon5", NULL,
                1000000); /* the next best is taken, and the better said */
    assert_int_equal(meter_says(tree, "hwmon", "energy3_input (Esocket0): mode 0000, owner "),
                     METER_PRESENT);
}

static void root_only_sockets_are_forbidden(void **state)
{
    const struct tree *tree = *state;
    write_amd(tree, 1000000);
    write_power(tree, "hwmon5", NULL, 1000000);
    tree_remove(tree, HWMON "hwmon5/device/power1_average");
    tree_chmod(tree, HWMON "hwmon0/energy3_input", 0);
    tree_chmod(tree, HWMON "hwmon5/device", 0777);
    tree_chmod(tree, HWMON "hwmon5/device/name", 0666);
    tree_chmod(tree, HWMON "hwmon5/device/power1_average_interval", 0666);
    with_no_privilege(check_forbidden, tree);
}

static void power_is_integrated_by_trapezoids(void **state)
{
    const struct tree *tree = *state;
    write_power(tree, "hwmon3", NULL, 200000000);
    tree_write(tree, HWMON "hwmon3/device/power1_accuracy", "95.0%%\n");
    struct meter_session session = meter_session_open(tree, "hwmon");
    check_meter_text(&session, "hwmon:ACPI power meter");
    assert_int_equal(meter_quality(session.type, session.meter), ENERGY_INTEGRATED);
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_NODE);
    write_power(tree, "hwmon3", NULL, 300000000);
    struct meter_step step = meter_session_advance(&session, 2);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 500 * 1000000);
    assert_near((double)step.low_uj, 0.95 * 400e6, 1);
    assert_near((double)step.high_uj, 1.05 * 600e6, 1);
    assert_int_equal(step.gaps + step.ambiguous, 0);
    assert_int_equal(meter_session_advance(&session, 11).ambiguous, 1); /* too far apart */
    write_power(tree, "hwmon3", NULL, 4294967295000000); /* what an error looks like */
    step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    assert_int_equal(step.gaps, 1);
    tree_write(tree, HWMON "hwmon3/device/power1_average", "-61\n");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    tree_remove(tree, HWMON "hwmon3/device/power1_average");
    assert_int_equal(meter_session_advance(&session, 1).gaps, 1);
    meter_session_close(&session);
}

/* However finely the time is cut, the sum is the area under the samples. */
static void the_cuts_of_integration_add_up(void **state)
{
    const struct tree *tree = *state;
    int64_t sum_uj = 0;
    double area_uj = 0;
    uint64_t power_uw = 150000000, last_uw = power_uw;
    write_power(tree, "hwmon0", NULL, power_uw);
    struct meter_session session = meter_session_open(tree, "hwmon");
    for (int i = 1; i <= 200; i++) {
        double time_s = (i % 7 + 1) * 0.013;
        power_uw = 150000000 + (uint64_t)(i * 7919 % 1000) * 100000;
        write_power(tree, "hwmon0", NULL, power_uw);
        sum_uj += meter_session_advance(&session, time_s).energy_uj[SCOPE_NODE];
        area_uj += ((double)last_uw + (double)power_uw) / 2 * time_s;
        last_uw = power_uw;
    }
    assert_near((double)sum_uj, area_uj, 200);
    meter_session_close(&session);
}

static void a_second_power_meter_is_not_added(void **state)
{
    const struct tree *tree = *state;
    write_power(tree, "hwmon0", NULL, 200000000);
    write_power(tree, "hwmon1", NULL, 210000000);
    struct meter_session session = meter_session_open(tree, "hwmon");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 200 * 1000000);
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "hwmon", "a second power meter"), METER_PRESENT);
}

static void write_grace_hopper(const struct tree *tree)
{
    write_power(tree, "hwmon1", "Module Power Socket 0", 600000000);
    write_power(tree, "hwmon2", "Grace Power Socket 0", 150000000);
    write_power(tree, "hwmon3", "CPU Power Socket 0", 90000000);
    write_power(tree, "hwmon4", "SysIO Power Socket 0", 20000000);
    write_power(tree, "hwmon5", "Grace Power Socket 1", 140000000);
}

static void grace_is_counted_once(void **state)
{
    const struct tree *tree = *state;
    write_grace_hopper(tree);
    struct meter_session session = meter_session_open(tree, "hwmon");
    check_meter_text(&session, "hwmon:Grace x2");
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_PACKAGE);
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_PACKAGE],
                     290 * 1000000);
    meter_session_close(&session);
    assert_int_equal(meter_says(tree, "hwmon", "left out: it overlaps with Grace"),
                     METER_PRESENT);
    tree_remove(tree, HWMON "hwmon2/device/power1_average");
    tree_remove(tree, HWMON "hwmon5/device/power1_average");
    session = meter_session_open(tree, "hwmon");
    check_meter_text(&session, "hwmon:Grace CPU+SysIO x2");
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_PACKAGE],
                     110 * 1000000);
    meter_session_close(&session);
    tree_remove(tree, HWMON "hwmon3/device/power1_average");
    tree_remove(tree, HWMON "hwmon4/device/power1_average");
    session = meter_session_open(tree, "hwmon");
    check_meter_text(&session, "hwmon:Grace module");
    assert_int_equal(session.type->scopes(session.meter), 1u << SCOPE_NODE);
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_NODE], 600 * 1000000);
    meter_session_close(&session);
}

static void other_sensors_are_none_of_ours(void **state)
{
    const struct tree *tree = *state;
    tree_write(tree, HWMON "hwmon0/name", "amdgpu\n");
    tree_write(tree, HWMON "hwmon0/power1_average", "30000000\n");
    tree_write(tree, HWMON "hwmon1/name", "coretemp\n");
    assert_int_equal(meter_says(tree, "hwmon", "no amd_energy and no power_meter"),
                     METER_ABSENT);
    write_power(tree, "hwmon2", NULL, 1);
    tree_write(tree, HWMON "hwmon2/device/power1_average", "garbage\n");
    assert_int_equal(meter_says(tree, "hwmon", "cannot be read now"), METER_ABSENT);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(amd_counts_its_sockets_only),
        tree_test(root_only_sockets_are_forbidden),
        tree_test(power_is_integrated_by_trapezoids),
        tree_test(the_cuts_of_integration_add_up),
        tree_test(a_second_power_meter_is_not_added),
        tree_test(grace_is_counted_once),
        tree_test(other_sensors_are_none_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
