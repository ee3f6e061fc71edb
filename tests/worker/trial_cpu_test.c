#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/cgroup_place.h"
#include "worker/cpu_times.h"
#include "worker/trial_cpu.h"

/* A keeper (10) and its trial (100), which has used five ticks by what /proc says. */
enum { KEEPER = 10, TRIAL = 100 };

static struct trial_cpu *follow(const struct tree *tree, const char *group)
{
    struct trial_cpu *cpu;
    struct cgroup_mount mount;
    tree_process(tree, &(struct tree_process){KEEPER, 9, KEEPER, 9, 0, 70, 0, 2});
    tree_process(tree, &(struct tree_process){TRIAL, KEEPER, TRIAL, TRIAL, 0, 5, 0, 20});
    tree_write(tree, "/proc/self/mountinfo",
               "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    tree_write(tree, "/proc/self/cgroup", "0::/\n");
    tree_write(tree, "/proc/100/cgroup", "0::%s\n", group);
    cgroup_mount_find(&mount, tree->root);
    assert_int_equal(trial_cpu_create(&cpu, &mount, TRIAL, KEEPER), ST_OK);
    return cpu;
}

static void a_control_group_counts_everything(void **state)
{
    const struct tree *tree = *state;
    tree_write(tree, "/sys/fs/cgroup/wattune-10-0/cpu.stat", "usage_usec 0\n");
    struct trial_cpu *cpu = follow(tree, "/wattune-10-0");
    assert_true(trial_cpu_has_cgroup(cpu));
    tree_write(tree, "/sys/fs/cgroup/wattune-10-0/cpu.stat", "usage_usec 123\n");
    assert_int_equal(trial_cpu_ns(cpu, false), 123000);
    tree_write(tree, "/sys/fs/cgroup/wattune-10-0/cpu.stat", "usage_usec 122\n");
    assert_int_equal(trial_cpu_ns(cpu, true), 123000);
    tree_write(tree, "/sys/fs/cgroup/wattune-10-0/cpu.stat", "%s", "");
    assert_int_equal(trial_cpu_ns(cpu, true), 123000);
    trial_cpu_free(cpu);
}

static void without_one_the_tree_is_followed(void **state)
{
    static const char *const groups[] = {"/", "/wattune-11-0", "/wattune-10-9"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        struct trial_cpu *cpu = follow(*state, groups[i]);
        assert_false(trial_cpu_has_cgroup(cpu));
        assert_int_equal(trial_cpu_ns(cpu, false), 5 * cpu_times_tick_ns());
        trial_cpu_free(cpu);
    }
    trial_cpu_free(NULL);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(a_control_group_counts_everything),
        tree_test(without_one_the_tree_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
