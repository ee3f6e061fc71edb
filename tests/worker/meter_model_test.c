#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/cpu_power.h"
#include "worker/cpu_times.h"
#include "worker/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct meter_type *model(void)
{
    for (size_t i = 0; meter_types[i]; i++)
        if (strcmp(meter_types[i]->name, "model") == 0)
            return meter_types[i];
    fail_msg("model is not in the table");
    return NULL;
}

static void write_cpuinfo(const struct tree *tree, const char *vendor, int family,
                          int model_number, const char *name)
{
    tree_write(tree, "/proc/cpuinfo",
               "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %d\nmodel\t\t: %d\n"
               "model name\t: %s\nstepping\t: 1\nflags\t\t: fpu hypervisor\n\n"
               "processor\t: 1\nvendor_id\t: Other\n",
               vendor, family, model_number, name);
}

/* Two processors, busy for that many ticks; idle, iowait and steal must not matter. */
static void write_stat(const struct tree *tree, unsigned busy_ticks)
{
    unsigned fifth = busy_ticks / 5;
    tree_write(tree, "/proc/stat",
               "cpu  %u %u %u 888 777 %u %u 999 555 444\ncpu0 1 2 3 4\ncpu1 1 2 3 4\n"
               "intr 7 8 9\nprocesses 12\n",
               busy_ticks - 4 * fifth, fifth, fifth, fifth, fifth);
}

static int setup(void **state)
{
    if (tree_setup(state))
        return -1;
    unsetenv("WATTUNE_MODEL_IDLE_W");
    unsetenv("WATTUNE_MODEL_MAX_W");
    write_cpuinfo(*state, "AuthenticAMD", 26, 2, "AMD EPYC");
    write_stat(*state, 0);
    return 0;
}

static struct meter *open_meter(const struct tree *tree)
{
    struct meter *meter;
    struct strbuf report = STRBUF_INIT;
    if (meter_open(model(), tree->root, &meter, &report) != METER_PRESENT)
        fail_msg("not present: %s", strbuf_text(&report));
    strbuf_free(&report);
    return meter;
}

static void figures_follow_the_formula(void **state)
{
    const struct tree *tree = *state;
    uint64_t hz = 1000000000u / cpu_times_tick_ns();
    struct meter *meter = open_meter(tree);
    struct meter_reading from, to;
    struct meter_step step;
    model()->read(meter, &from);
    write_stat(tree, (unsigned)(hz * 5)); /* 5 of 2 x 10 seconds: u = 0.25, g = 0.3185 */
    model()->read(meter, &to);
    to.time_ns = from.time_ns + 10000000000;
    model()->step(meter, &from, &to, &step);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 11630560); /* 20 (0.235 + 1.088 x 0.3185) */
    assert_int_equal(step.idle_uj, 4700000);
    assert_int_equal(step.low_uj, 9885976);
    assert_int_equal(step.high_uj, 13375144);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE] + step.gaps + step.wraps, 0);
    meter_close(model(), meter);
}

static void load_stays_between_idle_and_full(void **state)
{
    const struct tree *tree = *state;
    struct meter *meter = open_meter(tree);
    struct meter_reading from, to;
    struct meter_step step;
    write_stat(tree, 1000);
    model()->read(meter, &from);
    to = from;
    to.time_ns += 1000000000;
    model()->step(meter, &from, &to, &step);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 470000);
    assert_int_equal(step.idle_uj, 470000);
    write_stat(tree, 900000);
    model()->read(meter, &to);
    to.time_ns = from.time_ns + 1000000000;
    model()->step(meter, &from, &to, &step);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 2646000);
    write_stat(tree, 500); /* backwards, as after a processor went offline */
    model()->read(meter, &to);
    to.time_ns = from.time_ns + 1000000000;
    model()->step(meter, &from, &to, &step);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 470000);
    to.time_ns = from.time_ns;
    model()->step(meter, &from, &to, &step);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    meter_close(model(), meter);
}

/* A tick falls into one of many short intervals; the figure must not depend on their number. */
static void short_intervals_take_the_load_of_the_last_window(void **state)
{
    const struct tree *tree = *state;
    struct meter *meter = open_meter(tree);
    struct meter_reading from, to;
    struct meter_step step;
    model()->read(meter, &from);
    assert_int_equal(from.counters[2], 0); /* the first reading has no window before it */
    to = from;
    to.time_ns = from.time_ns + 1000000;
    to.counters[0] = from.counters[0];
    to.counters[1] = from.counters[0] - 50000000; /* half of two processors in 50 ms */
    to.counters[2] = (uint64_t)(to.time_ns - 50000000);
    model()->step(meter, &from, &to, &step);
    assert_near((double)step.energy_uj[SCOPE_NODE], 2 * (235 + 1088 * 0.489), 1);
    to.time_ns = from.time_ns + 200000000; /* long enough to speak for itself: no tick, idle */
    model()->step(meter, &from, &to, &step);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 94000);
    meter_close(model(), meter);
}

static void a_failed_read_is_a_gap(void **state)
{
    const struct tree *tree = *state;
    struct meter *meter = open_meter(tree);
    struct meter_reading from, to;
    struct meter_step step;
    model()->read(meter, &from);
    tree_write(tree, "/proc/stat", "cpu  1 2 three\n");
    model()->read(meter, &to);
    assert_false(to.valid[0]);
    to.time_ns = from.time_ns + 1000000000;
    model()->step(meter, &from, &to, &step);
    assert_int_equal(step.gaps, 1);
    assert_int_equal(step.energy_uj[SCOPE_NODE], 0);
    meter_close(model(), meter);
}

static void generations_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *vendor;
        int family, model;
        const char *model_name, *name;
        double idle_w, max_w;
    } cases[] = {
        {"AuthenticAMD", 23, 49, "AMD EPYC 7742 64-Core", "EPYC 7002", 0.474, 1.693},
        {"AuthenticAMD", 25, 1, "AMD EPYC 7763 64-Core", "EPYC 7003", 0.456, 1.957},
        {"AuthenticAMD", 25, 17, "AMD EPYC 9654 96-Core", "EPYC 9004", 0.283, 1.567},
        {"AuthenticAMD", 25, 160, "AMD EPYC 9754 128-Core", "EPYC 9004", 0.283, 1.567},
        {"AuthenticAMD", 26, 2, "AMD EPYC", "EPYC 9005", 0.235, 1.323},
        {"AuthenticAMD", 23, 49, "AMD Ryzen Threadripper 3990X", "default", 0.362, 1.635},
        {"AuthenticAMD", 25, 0x61, "AMD Ryzen 9 7950X", "default", 0.362, 1.635},
        {"AuthenticAMD", 27, 2, "AMD EPYC of the future", "default", 0.362, 1.635},
        {"GenuineIntel", 6, 143, "Intel(R) Xeon(R)", "default", 0.362, 1.635},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char cpuinfo[512];
        snprintf(cpuinfo, sizeof cpuinfo,
                 "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %d\nmodel\t\t: %d\nmodel "
                 "name\t: %s\nphysical id\t: 0\nbugs : EPYC\n",
                 cases[i].vendor, cases[i].family, cases[i].model, cases[i].model_name);
        struct cpu_power power;
        cpu_power_identify(&power, cpuinfo);
        assert_string_equal(power.name, cases[i].name);
        assert_near(power.idle_w, cases[i].idle_w, 1e-12);
        assert_near(power.max_w, cases[i].max_w, 1e-12);
        assert_near(power.bound, strcmp(power.name, "default") ? 0.15 : 0.5, 1e-12);
    }
    struct cpu_power power;
    cpu_power_identify(&power, "");
    assert_string_equal(power.name, "default");
}

static void the_curve_meets_its_points_and_rises(void **state)
{
    (void)state;
    static const double points[] = {0, .213, .285, .352, .415, .489, .571, .652, .738, .858, 1};
    for (int i = 0; i <= 10; i++)
        assert_near(cpu_power_curve(i / 10.0), points[i], 1e-12);
    for (int i = 0; i < 1000; i++)
        assert_true(cpu_power_curve(i / 1000.0) < cpu_power_curve((i + 1) / 1000.0));
    assert_near(cpu_power_curve(0.05), 0.1065, 1e-12);
    assert_near(cpu_power_curve(-1), 0, 0);
    assert_near(cpu_power_curve(7), 1, 0);
    assert_near(cpu_power_curve(NAN), 0, 0);
}

static enum meter_presence probe_says(const struct tree *tree, const char *expected)
{
    struct strbuf report = STRBUF_INIT;
    enum meter_presence presence = meter_open(model(), tree->root, NULL, &report);
    if (!strstr(strbuf_text(&report), expected))
        fail_msg("\"%s\" is not in: %s", expected, strbuf_text(&report));
    strbuf_free(&report);
    return presence;
}

static void the_report_states_where_the_watts_come_from(void **state)
{
    const struct tree *tree = *state;
    assert_int_equal(probe_says(tree, "EPYC 9005: SPECpower"), METER_PRESENT);
    tree_remove(tree, "/proc/cpuinfo");
    assert_int_equal(probe_says(tree, "because this CPU is in no table"), METER_PRESENT);
    assert_int_equal(probe_says(tree, "+-50 %"), METER_PRESENT);
}

static void a_site_gives_its_own_watts(void **state)
{
    const struct tree *tree = *state;
    setenv("WATTUNE_MODEL_IDLE_W", "0.5", 1);
    assert_int_equal(probe_says(tree, "set both"), METER_ABSENT);
    setenv("WATTUNE_MODEL_MAX_W", "0.25", 1);
    assert_int_equal(probe_says(tree, "is less than"), METER_ABSENT);
    setenv("WATTUNE_MODEL_MAX_W", "2 watts", 1);
    assert_int_equal(probe_says(tree, "WATTUNE_MODEL_MAX_W is \"2 watts\""), METER_ABSENT);
    setenv("WATTUNE_MODEL_MAX_W", "1e300", 1); /* would be more microjoules than there are */
    assert_int_equal(probe_says(tree, "expected watts per hardware thread"), METER_ABSENT);
    setenv("WATTUNE_MODEL_MAX_W", "-1", 1);
    assert_int_equal(probe_says(tree, "expected watts per hardware thread"), METER_ABSENT);
    setenv("WATTUNE_MODEL_MAX_W", "2", 1);
    assert_int_equal(probe_says(tree, "0.500 W idle and 2.000 W busy each (site: "),
                     METER_PRESENT);
    unsetenv("WATTUNE_MODEL_IDLE_W");
    unsetenv("WATTUNE_MODEL_MAX_W");
}

static void without_proc_there_is_no_model(void **state)
{
    const struct tree *tree = *state;
    tree_remove(tree, "/proc/stat");
    assert_int_equal(probe_says(tree, "/proc/stat cannot be read"), METER_ABSENT);
}

#define model_test(f) cmocka_unit_test_setup_teardown(f, setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        model_test(figures_follow_the_formula),
        model_test(load_stays_between_idle_and_full),
        model_test(short_intervals_take_the_load_of_the_last_window),
        model_test(a_failed_read_is_a_gap),
        cmocka_unit_test(generations_are_recognised),
        cmocka_unit_test(the_curve_meets_its_points_and_rises),
        model_test(the_report_states_where_the_watts_come_from),
        model_test(a_site_gives_its_own_watts),
        model_test(without_proc_there_is_no_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
