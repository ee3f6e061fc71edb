#include "cnn/processors.h"
#include "tests/check.h"
#include "tests/cnn/machine_tree.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* How many processors this test is bound to. */
static int bound(void)
{
    cpu_set_t set;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    return CPU_COUNT(&set);
}

/* Run with the first processor of the set alone, and go back. */
static int available_on_one(const char *root)
{
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (int i = 0; CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &before))
            CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    int available = processors_available(root);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    return available;
}

static void the_set_of_processors_counts(void **state)
{
    (void)state;
    const char *root = machine_tree_create();
    assert_int_equal(processors_available(root), bound());
    assert_int_equal(available_on_one(root), 1);
    machine_tree_remove();
}

static int with_quota(const char *root, const char *text)
{
    machine_tree_write("/sys/fs/cgroup/job/cpu.max", text);
    return processors_available(root);
}

static void a_quota_is_rounded_down_to_whole_processors(void **state)
{
    (void)state;
    const char *root = machine_tree_create();
    machine_tree_write("/proc/self/cgroup", "0::/job/step\n");
    machine_tree_write("/sys/fs/cgroup/job/step/cpu.max", "max 100000\n");
    assert_int_equal(with_quota(root, "max 100000\n"), bound());
    assert_int_equal(with_quota(root, "100000 100000\n"), 1);
    assert_int_equal(with_quota(root, "199999 100000\n"), 1);
    assert_int_equal(with_quota(root, "1000 100000\n"), 1);
    assert_int_equal(with_quota(root, "200000 100000\n"), bound() < 2 ? bound() : 2);
    assert_int_equal(with_quota(root, "9000000000000 1\n"), bound());
    assert_int_equal(with_quota(root, "100000 0\n"), bound());
    assert_int_equal(with_quota(root, "nonsense\n"), bound());
    machine_tree_remove();
}

static void a_quota_of_version_1_counts_too(void **state)
{
    (void)state;
    const char *root = machine_tree_create();
    machine_tree_write("/proc/self/cgroup", "8:cpuset:/a\n7:gpu,xcpu:/b\n"
                                            "3:cpu,cpuacct:/job\n0::/\n");
    machine_tree_write("/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "50000\n");
    machine_tree_write("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
    assert_int_equal(processors_available(root), bound());
    machine_tree_write("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "60000\n");
    assert_int_equal(processors_available(root), 1);
    machine_tree_remove();
}

static void threads_are_what_is_asked_for(void **state)
{
    (void)state;
    int available = processors_available("");
    setenv("OMP_NUM_THREADS", "1", 1);
    assert_int_equal(processors_threads(7), 7);
    assert_int_equal(processors_threads(0), 1);
    setenv("OMP_NUM_THREADS", "1,4", 1);
    assert_int_equal(processors_threads(0), 1);
    setenv("OMP_NUM_THREADS", "100000", 1);
    assert_int_equal(processors_threads(0), available);
    setenv("OMP_NUM_THREADS", "-3", 1);
    assert_int_equal(processors_threads(0), available);
    unsetenv("OMP_NUM_THREADS");
    assert_int_equal(processors_threads(0), available);
}

static void a_processor_is_spare_that_no_thread_needs(void **state)
{
    (void)state;
    int available = processors_available("");
    unsetenv("OMP_NUM_THREADS");
    assert_false(processors_spare(available));
    assert_true(processors_spare(available - 1));
    setenv("OMP_NUM_THREADS", "1", 1); /* as a worker says that gives one of many */
    assert_false(processors_spare(1));
}

static void more_threads_than_processors_are_warned_of(void **state)
{
    (void)state;
    struct error warning = {0};
    int available = processors_available("");
    assert_int_equal(processors_check(available, &warning), ST_OK);
    assert_int_equal(processors_check(available + 1, &warning), ST_INVALID);
    assert_non_null(strstr(warning.what, "to run them"));
    assert_true(warning.remedy[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_set_of_processors_counts),
        cmocka_unit_test(a_quota_is_rounded_down_to_whole_processors),
        cmocka_unit_test(a_quota_of_version_1_counts_too),
        cmocka_unit_test(threads_are_what_is_asked_for),
        cmocka_unit_test(a_processor_is_spare_that_no_thread_needs),
        cmocka_unit_test(more_threads_than_processors_are_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
