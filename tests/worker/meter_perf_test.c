#include "tests/check.h"
#include "tests/worker/meter_session.h"
#include "worker/perf_events.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>

#define PMU "/sys/bus/event_source/devices/power/"
#define JOULE (UINT64_C(1) << 32)

/* A made kernel: what was opened, and what the hardware has counted by event and cpu. */
#define FDS 256
static struct {
    uint64_t type, config[FDS], at_open[FDS];
    int cpu[FDS];
    bool open[FDS];
    int n, n_open;
    uint64_t counted[8][128];
    int open_error, read_error;
} kernel;

static int open_event(const char *root, const struct perf_event_attr *attr, int cpu)
{
    assert_true(root[0]);
    assert_int_equal(attr->size, sizeof *attr);
    if (kernel.open_error) {
        errno = kernel.open_error;
        return -1;
    }
    int fd = kernel.n++;
    assert_true(fd < FDS && attr->config < 8 && cpu >= 0 && cpu < 128);
    kernel.type = attr->type;
    kernel.config[fd] = attr->config;
    kernel.cpu[fd] = cpu;
    kernel.open[fd] = true;
    kernel.at_open[fd] = kernel.counted[attr->config][cpu];
    kernel.n_open++;
    return fd;
}

static ssize_t read_event(int fd, void *buffer, size_t size)
{
    assert_true(kernel.open[fd] && size == sizeof(uint64_t));
    if (kernel.read_error) {
        errno = kernel.read_error;
        return -1;
    }
    uint64_t count = kernel.counted[kernel.config[fd]][kernel.cpu[fd]] - kernel.at_open[fd];
    memcpy(buffer, &count, sizeof count);
    return sizeof count;
}

static void close_event(int fd)
{
    assert_true(kernel.open[fd]);
    kernel.open[fd] = false;
    kernel.n_open--;
}

static struct perf_calls live;

static int set_up(void **state)
{
    memset(&kernel, 0, sizeof kernel);
    live = perf_calls;
    perf_calls = (struct perf_calls){open_event, read_event, close_event};
    return tree_setup(state);
}

static int tear_down(void **state)
{
    perf_calls = live;
    return tree_teardown(state);
}

static void write_event(const struct tree *tree, const char *name, int event)
{
    char path[128];
    snprintf(path, sizeof path, PMU "events/%s", name);
    tree_write(tree, path, "event=0x%02x\n", (unsigned)event);
    snprintf(path, sizeof path, PMU "events/%s.scale", name);
    tree_write(tree, path, "2.3283064365386962890625e-10\n");
    snprintf(path, sizeof path, PMU "events/%s.unit", name);
    tree_write(tree, path, "Joules\n");
}

/* Two sockets of 28 cores, with all that an Intel client or server may have. */
static void write_pmu(const struct tree *tree)
{
    tree_write(tree, PMU "type", "23\n");
    tree_write(tree, PMU "cpumask", "0,28\n");
    write_event(tree, "energy-cores", 1);
    write_event(tree, "energy-pkg", 2);
    write_event(tree, "energy-ram", 3);
    write_event(tree, "energy-gpu", 4);
    write_event(tree, "energy-psys", 5);
    tree_write(tree, "/proc/sys/kernel/perf_event_paranoid", "2\n");
}

static void use_energy(uint64_t joules)
{
    for (int event = 1; event <= 5; event++) {
        kernel.counted[event][0] += event * joules * JOULE;
        kernel.counted[event][28] += 10 * event * joules * JOULE;
    }
}

static void packages_and_ram_count_on_each_socket(void **state)
{
    const struct tree *tree = *state;
    write_pmu(tree);
    use_energy(1000);
    struct meter_session session = meter_session_open(tree, "perf");
    assert_int_equal(kernel.type, 23);
    assert_int_equal(kernel.n, 4);
    check_meter_text(&session, "perf:2 packages,dram");
    assert_int_equal(session.type->scopes(session.meter),
                     1u << SCOPE_PACKAGE | 1u << SCOPE_DRAM);
    use_energy(3);
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 66 * 1000000);
    assert_int_equal(step.energy_uj[SCOPE_DRAM], 99 * 1000000);
    assert_int_equal(step.gaps + step.wraps, 0);
    meter_session_close(&session);
    assert_int_equal(kernel.n_open, 0);
}

static void amd_has_packages_only(void **state)
{
    const struct tree *tree = *state;
    tree_write(tree, PMU "type", "11\n");
    tree_write(tree, PMU "cpumask", "0-1,64\n");
    write_event(tree, "energy-pkg", 2);
    struct meter_session session = meter_session_open(tree, "perf");
    check_meter_text(&session, "perf:3 packages");
    kernel.counted[2][1] += JOULE / 2;
    kernel.counted[2][64] += JOULE;
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_PACKAGE], 1500000);
    meter_session_close(&session);
}

/* Two ranks, each with counters of its own that start at 0, read in turns. */
static void ranks_take_turns_without_losing_a_joule(void **state)
{
    const struct tree *tree = *state;
    tree_write(tree, PMU "type", "23\n");
    tree_write(tree, PMU "cpumask", "0\n");
    write_event(tree, "energy-pkg", 2);
    struct meter_session ranks[2];
    ranks[0] = meter_session_open(tree, "perf");
    kernel.counted[2][0] += 500 * JOULE;
    struct strbuf report = STRBUF_INIT;
    ranks[1].type = ranks[0].type;
    assert_int_equal(meter_open(ranks[1].type, tree->root, &ranks[1].meter, &report),
                     METER_PRESENT);
    strbuf_free(&report);
    int64_t sum_uj = 0;
    for (int i = 1; i <= 100; i++) {
        struct meter_session *now = &ranks[i % 2];
        if (i > 1)
            kernel.counted[2][0] += 20 * JOULE;
        now->last = ranks[!(i % 2)].last;
        struct meter_step step = meter_session_advance(now, 0.1);
        assert_int_equal(step.gaps, 0);
        assert_true(step.energy_uj[SCOPE_PACKAGE] >= 0);
        sum_uj += step.energy_uj[SCOPE_PACKAGE];
    }
    assert_int_equal(sum_uj, INT64_C(1000000) * (500 + 99 * 20));
    meter_session_close(&ranks[0]);
    meter_session_close(&ranks[1]);
}

static void a_failed_read_is_a_gap_and_never_zero(void **state)
{
    const struct tree *tree = *state;
    write_pmu(tree);
    struct meter_session session = meter_session_open(tree, "perf");
    use_energy(1);
    kernel.read_error = EIO;
    struct meter_step step = meter_session_advance(&session, 1);
    assert_int_equal(step.gaps, 4);
    assert_int_equal(step.energy_uj[SCOPE_PACKAGE], 0);
    kernel.read_error = 0;
    assert_int_equal(meter_session_advance(&session, 1).gaps, 4);
    use_energy(2);
    assert_int_equal(meter_session_advance(&session, 1).energy_uj[SCOPE_PACKAGE], 44 * 1000000);
    meter_session_close(&session);
}

static void what_the_kernel_forbids_is_not_absent(void **state)
{
    const struct tree *tree = *state;
    write_pmu(tree);
    static const int errors[] = {EACCES, EPERM};
    static const char *const said[] = {"/proc/sys/kernel/perf_event_paranoid is 2: mode ",
                                       "sysctl kernel.perf_event_paranoid=0",
                                       "setcap cap_perfmon+ep", "Permission denied"};
    for (size_t i = 0; i < 2; i++) {
        kernel.open_error = errors[i];
        for (size_t j = 0; j < 3 + !i; j++)
            assert_int_equal(meter_says(tree, "perf", said[j]), METER_FORBIDDEN);
    }
    static const char *const names[] = {"perf"};
    struct meter_choice set;
    struct error err;
    assert_int_equal(meter_choice_open(&set, tree->root, names, 1, &err), ST_FORBIDDEN);
    assert_non_null(strstr(err.what, "perf_event_paranoid is 2"));
}

static void what_the_pmu_lacks_is_absent(void **state)
{
    const struct tree *tree = *state;
    assert_int_equal(meter_says(tree, "perf", "no power PMU in "), METER_ABSENT);
    tree_write(tree, PMU "type", "23\n");
    tree_write(tree, PMU "cpumask", "0\n");
    write_event(tree, "energy-psys", 5);
    assert_int_equal(meter_says(tree, "perf", "has no energy-pkg in joules"), METER_ABSENT);
    write_event(tree, "energy-pkg", 2);
    tree_write(tree, PMU "events/energy-pkg.unit", "Calories\n");
    assert_int_equal(meter_says(tree, "perf", "has no energy-pkg in joules"), METER_ABSENT);
    write_event(tree, "energy-pkg", 2);
    tree_write(tree, PMU "events/energy-pkg.scale", "nan\n");
    assert_int_equal(meter_says(tree, "perf", "has no energy-pkg in joules"), METER_ABSENT);
    write_event(tree, "energy-pkg", 2);
    tree_write(tree, PMU "cpumask", "garbage\n");
    assert_int_equal(meter_says(tree, "perf", "has no energy-pkg in joules"), METER_ABSENT);
    assert_int_equal(kernel.n, 0);
}

/* The files of another machine must not open the counters of this one. */
static void the_live_kernel_is_not_asked_below_a_root(void **state)
{
    const struct tree *tree = *state;
    write_pmu(tree);
    perf_calls = live;
    assert_int_equal(meter_says(tree, "perf", "perf_event_paranoid is 2"), METER_FORBIDDEN);
    tree_write(tree, "/proc/sys/kernel/perf_event_paranoid", "0\n");
    assert_int_equal(meter_says(tree, "perf", "energy-pkg on cpu 0: No such device"),
                     METER_ABSENT);
    assert_int_equal(meter_says(tree, "perf", "files of another machine"), METER_ABSENT);
}

/* Linux 6.9 to 6.11 have a cpu of each die in the mask, and all dies show the package's
 * counter.
 */
static void an_amd_package_is_counted_once(void **state)
{
    const struct tree *tree = *state;
    static const char *const vendors[] = {"GenuineIntel", "AuthenticAMD", "HygonGenuine"};
    write_pmu(tree);
    tree_remove(tree, PMU "events/energy-ram");
    tree_write(tree, PMU "cpumask", "0,8,16,24\n");
    for (int cpu = 0; cpu < 32; cpu += 8) {
        char path[96];
        snprintf(path, sizeof path,
                 "/sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
        tree_write(tree, path, "%d\n", cpu / 16);
    }
    for (size_t i = 0; i < 3; i++) {
        tree_write(tree, "/proc/cpuinfo", "processor\t: 0\nvendor_id\t: %s\n", vendors[i]);
        struct meter_session session = meter_session_open(tree, "perf");
        check_meter_text(&session, i == 0 ? "perf:4 packages" : "perf:2 packages");
        meter_session_close(&session);
    }
}

/* What is opened before one fails is closed again. */
static void a_failure_in_the_middle_leaves_nothing_open(void **state)
{
    const struct tree *tree = *state;
    write_pmu(tree);
    tree_write(tree, PMU "cpumask", "0-99\n"); /* more than a reading has room for */
    assert_int_equal(meter_says(tree, "perf", "energy-pkg on cpu 64: "), METER_ABSENT);
    assert_int_equal(kernel.n, METER_COUNTERS);
    assert_int_equal(kernel.n_open, 0);
}

#define perf_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        perf_test(packages_and_ram_count_on_each_socket),
        perf_test(amd_has_packages_only),
        perf_test(ranks_take_turns_without_losing_a_joule),
        perf_test(a_failed_read_is_a_gap_and_never_zero),
        perf_test(what_the_kernel_forbids_is_not_absent),
        perf_test(what_the_pmu_lacks_is_absent),
        perf_test(the_live_kernel_is_not_asked_below_a_root),
        perf_test(an_amd_package_is_counted_once),
        perf_test(a_failure_in_the_middle_leaves_nothing_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
