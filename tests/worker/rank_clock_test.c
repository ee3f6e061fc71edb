#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/cpu_clock.h"
#include "worker/cpu_times.h"
#include "worker/process_stat.h"
#include "worker/rank_clock.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that waits to be killed, and when it started. */
static pid_t start_rank(uint64_t *start_ticks)
{
    struct process_stat stat;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        for (;;)
            pause();
    assert_true(process_stat_read("", pid, &stat));
    *start_ticks = stat.start_ticks;
    return pid;
}

static void wait_for_zombie(pid_t pid)
{
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

static void only_this_machines_processes_have_clocks(void **state)
{
    const struct tree *tree = *state;
    assert_true(cpu_clock_covers(""));
    assert_false(cpu_clock_covers(tree->root));
    tree_write(tree, "/proc/1/stat", "x");
    assert_false(cpu_clock_covers(tree->root));
}

/* Made counters beside real processes. */
static void processes_that_are_linked_below_a_root_have_them_too(void **state)
{
    const struct tree *tree = *state;
    char proc[128];
    snprintf(proc, sizeof proc, "%s/proc", tree->root);
    assert_int_equal(symlink("/proc", proc), 0);
    assert_true(cpu_clock_covers(tree->root));
    assert_int_equal(unlink(proc), 0);
}

static void clocks_run_in_nanoseconds_and_do_not_go_back(void **state)
{
    (void)state;
    uint64_t before_ns, after_ns;
    assert_true(cpu_clock_of(getpid(), &before_ns));
    do
        assert_true(cpu_clock_of(getpid(), &after_ns));
    while (after_ns < before_ns + 100000);
    assert_true(after_ns - before_ns < cpu_times_tick_ns());
}

static void a_rank_lives_until_it_ends(void **state)
{
    (void)state;
    for (int exact = 0; exact < 2; exact++) {
        struct rank_clock clock = {0};
        uint64_t start_ticks, unused;
        pid_t pid = start_rank(&start_ticks);
        struct rank_time time = rank_clock_read(&clock, "", exact, pid, start_ticks);
        assert_true(time.seen && !time.dead);
        time = rank_clock_read(&clock, "", exact, pid, start_ticks);
        assert_true(time.seen && !time.dead);
        kill(pid, SIGKILL);
        wait_for_zombie(pid);
        rank_clock_read(&clock, "", exact, pid,
                        start_ticks); /* its last moments may come first */
        time = rank_clock_read(&clock, "", exact, pid, start_ticks);
        assert_true(time.seen && time.dead);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        time = rank_clock_read(&clock, "", exact, pid, start_ticks);
        assert_true(!time.seen && time.dead);
        assert_false(cpu_clock_of(pid, &unused));
        rank_clock_close(&clock);
        rank_clock_close(&clock);
    }
}

static void another_process_of_its_number_is_not_the_rank(void **state)
{
    (void)state;
    for (int exact = 0; exact < 2; exact++) {
        struct rank_clock clock = {0};
        uint64_t start_ticks;
        pid_t pid = start_rank(&start_ticks);
        struct rank_time time = rank_clock_read(&clock, "", exact, pid, start_ticks + 1);
        assert_true(!time.seen && time.dead);
        time = rank_clock_read(&clock, "", exact, pid, start_ticks);
        assert_true(time.seen && !time.dead);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        rank_clock_close(&clock);
    }
}

static void below_another_root_files_are_read(void **state)
{
    const struct tree *tree = *state;
    struct rank_clock clock = {0};
    tree_process(tree, &(struct tree_process){getpid(), 1, 1, 1, 'R', 7, 0, 5});
    struct rank_time time = rank_clock_read(&clock, tree->root, false, getpid(), 5);
    assert_true(time.seen && !time.dead);
    assert_int_equal(time.cpu_ns, 7 * cpu_times_tick_ns());
    tree_process_gone(tree, getpid());
    time = rank_clock_read(&clock, tree->root, false, getpid(), 5);
    assert_true(!time.seen && !time.dead);
    rank_clock_close(&clock);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(only_this_machines_processes_have_clocks),
        tree_test(processes_that_are_linked_below_a_root_have_them_too),
        cmocka_unit_test(clocks_run_in_nanoseconds_and_do_not_go_back),
        cmocka_unit_test(a_rank_lives_until_it_ends),
        cmocka_unit_test(another_process_of_its_number_is_not_the_rank),
        tree_test(below_another_root_files_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
