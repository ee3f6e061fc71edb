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

static struct trial_memory *follow(const struct tree *tree)
{
    struct trial_memory *memory;
    process(tree, 1, 0, 1, 1, 0, 64);
    process(tree, KEEPER, 1, KEEPER, 7, 10, 128);
    process(tree, 140, KEEPER, KEEPER, 7, 11,
            256); /* of the keeper, and older than the trial */
    process(tree, GUARD, KEEPER, GUARD, 7, 12, 512);
    process(tree, TRIAL, KEEPER, TRIAL, TRIAL, 12, 1024);
    process(tree, 300, 1, 300, 300, 20, 2048); /* of somebody else */
    assert_int_equal(trial_memory_create(&memory, tree->root, TRIAL, KEEPER, GUARD), ST_OK);
    return memory;
}

static void all_that_a_trial_started_counts_and_nothing_else(void **state)
{
    const struct tree *tree = *state;
    struct trial_memory *memory = follow(tree);
    assert_int_equal(trial_memory_kb(memory), 1024);
    process(tree, 180, 210, 180, 180, 30, 16); /* listed before its parent */
    process(tree, 210, TRIAL, TRIAL, TRIAL, 29, 32);
    process(tree, 301, 300, 300, 300, 31, 4096);
    assert_int_equal(trial_memory_kb(memory), 1024 + 16 + 32);
    trial_memory_free(memory);
}

static void orphans_stay_and_the_ended_go(void **state)
{
    const struct tree *tree = *state;
    struct trial_memory *memory = follow(tree);
    process(tree, 210, TRIAL, 210, 210, 30, 32);
    process(tree, 211, 210, 211, 211, 31, 64);
    assert_int_equal(trial_memory_kb(memory), 1024 + 32 + 64);
    gone(tree, 210);
    process(tree, 211, KEEPER, 211, 211, 31, 64);
    process(tree, 212, 211, 212, 212, 40, 16);
    assert_int_equal(trial_memory_kb(memory), 1024 + 64 + 16);
    /* A process that fell to the keeper before anybody saw its parent. */
    process(tree, 213, KEEPER, 213, 213, 41, 8);
    assert_int_equal(trial_memory_kb(memory), 1024 + 64 + 16 + 8);
    gone(tree, TRIAL);
    gone(tree, 211);
    gone(tree, 212);
    gone(tree, 213);
    assert_int_equal(trial_memory_kb(memory), -1);
    trial_memory_free(memory);
}

static void what_cannot_be_read_is_unknown(void **state)
{
    const struct tree *tree = *state;
    struct trial_memory *memory = follow(tree);
    tree_write(tree, "/proc/200/statm", "nonsense\n");
    assert_int_equal(trial_memory_kb(memory), -1);
    tree_fail(tree, "/proc/200/statm");
    assert_int_equal(trial_memory_kb(memory), -1);
    trial_memory_free(memory);
}

static void this_very_process_has_some(void **state)
{
    (void)state;
    struct trial_memory *memory;
    assert_int_equal(trial_memory_create(&memory, "", getpid(), getppid(), 0), ST_OK);
    assert_in_range(trial_memory_kb(memory), 500, 100000000);
    trial_memory_free(memory);
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
        cmocka_unit_test(this_very_process_has_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
