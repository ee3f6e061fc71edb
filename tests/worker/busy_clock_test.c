#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/busy_clock.h"
#include "worker/cgroup_place.h"
#include "worker/cpu_times.h"

/* A tree with 3 busy ticks in /proc/stat, and the hierarchy mounted from `top` on. */
static void start(const struct tree *tree, const char *top, struct busy_clock *clock)
{
    struct cgroup_mount mount;
    tree_busy(tree, 3);
    tree_write(tree, "/proc/self/cgroup", "0::%s\n", top);
    tree_write(tree, "/proc/self/mountinfo", "35 24 0:30 %s /cg rw - cgroup2 cgroup2 rw\n",
               top);
    cgroup_mount_find(&mount, tree->root);
    assert_true(mount.found);
    busy_clock_open(clock, &mount);
}

static uint64_t busy_ns(const struct tree *tree, const char *top)
{
    struct busy_clock clock;
    uint64_t busy_ns;
    start(tree, top, &clock);
    assert_true(busy_clock_read(&clock, &busy_ns));
    busy_clock_close(&clock);
    busy_clock_close(&clock);
    return busy_ns;
}

static void the_root_group_tells_it_in_microseconds(void **state)
{
    const struct tree *tree = *state;
    tree_write(tree, "/cg/cpu.stat",
               "usage_usec 1000007\nuser_usec 300000\nsystem_usec 7\nnice_usec 0\n");
    assert_int_equal(busy_ns(tree, "/"), 300007000); /* what was stolen is in the usage only */
}

static void any_other_group_does_not(void **state)
{
    const struct tree *tree = *state;
    uint64_t ticks_ns = 3 * cpu_times_tick_ns();
    assert_int_equal(busy_ns(tree, "/"), ticks_ns);
    tree_write(tree, "/cg/cpu.stat", "nr_periods 0\n");
    assert_int_equal(busy_ns(tree, "/"), ticks_ns);
    tree_write(tree, "/cg/cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 0\n");
    assert_int_equal(busy_ns(tree, "/"), 1000);
    assert_int_equal(busy_ns(tree, "/box"), ticks_ns);
    tree_write(tree, "/cg/cgroup.events", "populated 1\n");
    assert_int_equal(busy_ns(tree, "/"), ticks_ns); /* "/" of a container */
}

static void what_cannot_be_read_is_no_time(void **state)
{
    const struct tree *tree = *state;
    struct busy_clock clock;
    uint64_t unused;
    tree_write(tree, "/cg/cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 0\n");
    start(tree, "/", &clock);
    tree_write(tree, "/cg/cpu.stat", "%s", "");
    assert_false(busy_clock_read(&clock, &unused));
    busy_clock_close(&clock);
    tree_remove(tree, "/cg/cpu.stat");
    start(tree, "/", &clock);
    tree_remove(tree, "/proc/stat");
    assert_false(busy_clock_read(&clock, &unused));
    busy_clock_close(&clock);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(the_root_group_tells_it_in_microseconds),
        tree_test(any_other_group_does_not),
        tree_test(what_cannot_be_read_is_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
