#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/trial_memory.h"

#include <stdio.h>
#include <unistd.h>

enum { KEEPER = 100, GUARD = 150, TRIAL = 200 };

/* A process of a made /proc with so many kB. */
static void process(const struct tree *tree, pid_t pid, pid_t parent, pid_t group,
                    pid_t session, unsigned long long start, long kb)
{
    char path[64];
    tree_process(tree, &(struct tree_process){pid, parent, group, session, 'S', 0, 0, start});
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    tree_write(tree, path, "999999 %ld 3 4 0 6 0\n", kb * 1024 / sysconf(_SC_PAGESIZE));
}

static void gone(const struct tree *tree, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    tree_remove(tree, path);
    tree_process_gone(tree, pid);
}

/* The memory of a trial, and the table of processes that it is followed by. */
struct watch {
    struct process_table *table;
    struct trial_memory *memory;
};

static struct watch start_watch(const char *root, pid_t leader, pid_t keeper, pid_t guard)
{
    struct watch watch;
    assert_int_equal(process_table_create(&watch.table, root), ST_OK);
    assert_int_equal(trial_memory_create(&watch.memory, watch.table, leader, keeper, guard),
                     ST_OK);
    return watch;
}

static void stop_watch(struct watch *watch)
{
    trial_memory_free(watch->memory);
    process_table_free(watch->table);
}

static struct watch follow(const struct tree *tree)
{
    process(tree, 1, 0, 1, 1, 0, 64);
    process(tree, KEEPER, 1, KEEPER, 7, 10, 128);
    process(tree, 140, KEEPER, KEEPER, 7, 11,
            256); /* of the keeper, and older than the trial */
    process(tree, GUARD, KEEPER, GUARD, 7, 12, 512);
    process(tree, TRIAL, KEEPER, TRIAL, TRIAL, 12, 1024);
    process(tree, 300, 1, 300, 300, 20, 2048); /* of somebody else */
    return start_watch(tree->root, TRIAL, KEEPER, GUARD);
}

static void all_that_a_trial_started_counts_and_nothing_else(void **state)
{
    const struct tree *tree = *state;
    struct watch watch = follow(tree);
    assert_int_equal(trial_memory_kb(watch.memory), 1024);
    process(tree, 180, 210, 180, 180, 30, 16); /* listed before its parent */
    process(tree, 210, TRIAL, TRIAL, TRIAL, 29, 32);
    process(tree, 301, 300, 300, 300, 31, 4096);
    assert_int_equal(trial_memory_kb(watch.memory), 1024 + 16 + 32);
    stop_watch(&watch);
}

static void orphans_stay_and_the_ended_go(void **state)
{
    const struct tree *tree = *state;
    struct watch watch = follow(tree);
    process(tree, 210, TRIAL, 210, 210, 30, 32);
    process(tree, 211, 210, 211, 211, 31, 64);
    assert_int_equal(trial_memory_kb(watch.memory), 1024 + 32 + 64);
    gone(tree, 210);
    process(tree, 211, KEEPER, 211, 211, 31, 64);
    process(tree, 212, 211, 212, 212, 40, 16);
    assert_int_equal(trial_memory_kb(watch.memory), 1024 + 64 + 16);
    /* A process that fell to the keeper before anybody saw its parent. */
    process(tree, 213, KEEPER, 213, 213, 41, 8);
    assert_int_equal(trial_memory_kb(watch.memory), 1024 + 64 + 16 + 8);
    gone(tree, TRIAL);
    gone(tree, 211);
    gone(tree, 212);
    gone(tree, 213);
    assert_int_equal(trial_memory_kb(watch.memory), -1);
    stop_watch(&watch);
}

static void what_cannot_be_read_is_unknown(void **state)
{
    const struct tree *tree = *state;
    struct watch watch = follow(tree);
    tree_write(tree, "/proc/200/statm", "nonsense\n");
    assert_int_equal(trial_memory_kb(watch.memory), -1);
    tree_fail(tree, "/proc/200/statm");
    assert_int_equal(trial_memory_kb(watch.memory), -1);
    stop_watch(&watch);
}

/* A large node has thousands of processes, which every trial would read again. */
static void the_next_trial_reads_only_what_is_new(void **state)
{
    enum { NEXT = 400 };
    const struct tree *tree = *state;
    struct watch watch = follow(tree);
    assert_int_equal(trial_memory_kb(watch.memory), 1024);
    trial_memory_free(watch.memory);
    gone(tree, TRIAL);
    process(tree, NEXT, KEEPER, NEXT, NEXT, 50, 16);
    process(tree, 401, NEXT, NEXT, NEXT, 51, 32);
    process(tree, 300, NEXT, NEXT, NEXT, 51, 2048); /* known already: not looked at */
    assert_int_equal(trial_memory_create(&watch.memory, watch.table, NEXT, KEEPER, GUARD),
                     ST_OK);
    assert_int_equal(trial_memory_kb(watch.memory), 16 + 32);
    stop_watch(&watch);
}

static void this_very_process_has_some(void **state)
{
    (void)state;
    struct watch watch = start_watch("", getpid(), getppid(), 0);
    assert_in_range(trial_memory_kb(watch.memory), 500, 100000000);
    stop_watch(&watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_that_a_trial_started_counts_and_nothing_else,
                                        tree_setup, tree_teardown),
        cmocka_unit_test_setup_teardown(orphans_stay_and_the_ended_go, tree_setup,
                                        tree_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_unknown, tree_setup,
                                        tree_teardown),
        cmocka_unit_test_setup_teardown(the_next_trial_reads_only_what_is_new, tree_setup,
                                        tree_teardown),
        cmocka_unit_test(this_very_process_has_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
