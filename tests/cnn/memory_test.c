#include "cnn/memory.h"
#include "tests/check.h"
#include "tests/cnn/machine_tree.h"

#include <string.h>

#define MEMINFO "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    8000 kB\n"

static void something_is_available(void **state)
{
    (void)state;
    assert_true(memory_available("") > 1 << 20);
    assert_int_equal(memory_check(1, "a byte", NULL), ST_OK);
}

static void too_much_is_refused_with_both_figures(void **state)
{
    (void)state;
    if (memory_available("") == UINT64_MAX)
        skip(); /* the system does not say */
    struct error err = {0};
    assert_int_equal(memory_check(UINT64_MAX, "everything", &err), ST_NOMEM);
    assert_non_null(strstr(err.what, "GB of memory are needed for everything"));
    assert_non_null(strstr(err.what, "available"));
    assert_null(strstr(err.what, "0.0 GB"));
}

static void a_machine_that_does_not_say_has_any_amount(void **state)
{
    (void)state;
    const char *root = machine_tree_create();
    assert_true(memory_available(root) == UINT64_MAX);
    machine_tree_write("/proc/meminfo", MEMINFO);
    assert_int_equal(memory_available(root), 8000 * 1024);
    machine_tree_remove();
}

/* The job's group, above that of the process, has the limit; what the kernel keeps of files in
 * it does not count. */
static void a_limit_of_version_2_leaves_what_is_not_in_use(void **state)
{
    (void)state;
    const char *root = machine_tree_create();
    machine_tree_write("/proc/meminfo", MEMINFO);
    machine_tree_write("/proc/self/cgroup", "1:name=systemd:/other\n0::/job/step/task\n");
    machine_tree_write("/sys/fs/cgroup/job/step/task/memory.max", "max\n");
    machine_tree_write("/sys/fs/cgroup/job/memory.max", "6000000\n");
    assert_int_equal(memory_available(root), 6000000);
    machine_tree_write("/sys/fs/cgroup/job/memory.current", "5000000\n");
    assert_int_equal(memory_available(root), 1000000);
    machine_tree_write("/sys/fs/cgroup/job/memory.stat",
                       "anon 1900000\nfile 3000000\nactive_file 1000000\ninactive_file "
                       "2000000\nworkingset_refault_file 7\n");
    assert_int_equal(memory_available(root), 4000000);
    machine_tree_write("/sys/fs/cgroup/job/step/memory.max", "2000000");
    machine_tree_write("/sys/fs/cgroup/job/step/memory.current", "3000000");
    assert_int_equal(memory_available(root), 0);
    machine_tree_remove();
}

/* Version 1, in a container, where the path in /proc is that of the host. */
static void a_limit_of_version_1_counts_too(void **state)
{
    (void)state;
    const char *root = machine_tree_create();
    machine_tree_write("/proc/meminfo", MEMINFO);
    machine_tree_write("/proc/self/cgroup",
                       "5:memory_of_another:/\n4:hugetlb,memory:/host/container\n0::/\n");
    machine_tree_write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "5000000\n");
    machine_tree_write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "4000000\n");
    machine_tree_write("/sys/fs/cgroup/memory/memory.stat",
                       "cache 5\nactive_file 9\ntotal_active_file 100000\n"
                       "total_inactive_file 200000\n");
    assert_int_equal(memory_available(root), 1300000);
    machine_tree_write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assert_int_equal(memory_available(root), 8000 * 1024);
    machine_tree_remove();
}

static void odd_files_are_no_limit(void **state)
{
    (void)state;
    const char *root = machine_tree_create();
    machine_tree_write("/proc/meminfo", "MemAvailable:\nMemAvailable: 77 kB\n");
    machine_tree_write("/proc/self/cgroup", "\n:\n0:\n::\n0::\n0::no\n0::/a\n");
    machine_tree_write("/sys/fs/cgroup/a/memory.max", "");
    assert_int_equal(memory_available(root), 77 * 1024);
    machine_tree_write("/sys/fs/cgroup/a/memory.max", "-1\n");
    assert_int_equal(memory_available(root), 77 * 1024);
    machine_tree_write("/sys/fs/cgroup/a/memory.max", "99999999999999999999\n");
    assert_int_equal(memory_available(root), 77 * 1024);
    machine_tree_write("/sys/fs/cgroup/a/memory.max", "100\n");
    assert_int_equal(memory_available(root), 100);
    machine_tree_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(something_is_available),
        cmocka_unit_test(too_much_is_refused_with_both_figures),
        cmocka_unit_test(a_machine_that_does_not_say_has_any_amount),
        cmocka_unit_test(a_limit_of_version_2_leaves_what_is_not_in_use),
        cmocka_unit_test(a_limit_of_version_1_counts_too),
        cmocka_unit_test(odd_files_are_no_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
