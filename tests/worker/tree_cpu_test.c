#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/cpu_clock.h"
#include "worker/cpu_times.h"
#include "worker/process_stat.h"
#include "worker/tree_cpu.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A keeper (10) in a session with a shell (9), and its trial (100), a session leader. */
enum { SHELL = 9, KEEPER = 10, TRIAL = 100 };

struct watch {
    const struct tree *tree;
    struct process_table *table;
    struct tree_cpu *cpu;
};

static struct watch start_watch(const struct tree *tree)
{
    struct watch watch = {.tree = tree};
    tree_process(tree, &(struct tree_process){SHELL, 1, SHELL, SHELL, 0, 50, 0, 1});
    tree_process(tree, &(struct tree_process){KEEPER, SHELL, KEEPER, SHELL, 0, 70, 0, 2});
    tree_process(tree, &(struct tree_process){TRIAL, KEEPER, TRIAL, TRIAL, 0, 0, 0, 20});
    assert_int_equal(process_table_create(&watch.table, tree->root), ST_OK);
    assert_int_equal(tree_cpu_create(&watch.cpu, tree->root, TRIAL, KEEPER), ST_OK);
    return watch;
}

/* The ticks so far. */
static uint64_t look(struct watch *watch)
{
    if (process_table_refresh(watch->table))
        tree_cpu_adopt(watch->cpu, watch->table);
    uint64_t cpu_ns = tree_cpu_ns(watch->cpu, false);
    assert_int_equal(cpu_ns % cpu_times_tick_ns(), 0);
    return cpu_ns / cpu_times_tick_ns();
}

static void stop_watch(struct watch *watch)
{
    tree_cpu_free(watch->cpu);
    process_table_free(watch->table);
}

static void put(const struct watch *watch, pid_t pid, pid_t parent, pid_t session,
                unsigned long long cpu, unsigned long long reaped)
{
    struct tree_process process = {.pid = pid,
                                   .parent = parent,
                                   .group = session,
                                   .session = session,
                                   .cpu = cpu,
                                   .reaped = reaped,
                                   .start = pid == TRIAL ? 20 : 30};
    tree_process(watch->tree, &process);
}

static void descendants_count_and_others_do_not(void **state)
{
    struct watch watch = start_watch(*state);
    assert_int_equal(look(&watch), 0);
    put(&watch, TRIAL, KEEPER, TRIAL, 5, 0);
    put(&watch, 102, 101, TRIAL, 7, 0); /* listed with its parent, whoever comes first */
    put(&watch, 101, TRIAL, TRIAL, 11, 0);
    put(&watch, 99, 102, TRIAL, 2, 0);
    put(&watch, 200, SHELL, 200, 1000, 0);
    put(&watch, 201, SHELL, SHELL, 1000, 0);
    assert_int_equal(look(&watch), 25);
    stop_watch(&watch);
}

static void children_that_the_keeper_had_before_do_not_count(void **state)
{
    struct watch watch = start_watch(*state);
    tree_process(*state, &(struct tree_process){50, KEEPER, 50, SHELL, 0, 1000, 0, 19});
    tree_process(*state, &(struct tree_process){TRIAL, KEEPER, TRIAL, TRIAL, 0, 3, 0, 20});
    assert_int_equal(look(&watch), 3);
    stop_watch(&watch);
}

/* Numbers are given out again, soon where there are only 32768. */
static void a_process_with_the_number_of_one_that_ended_counts(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, 101, SHELL, SHELL, 1000, 0);
    assert_int_equal(look(&watch), 0);
    tree_process_replaced(*state, &(struct tree_process){101, TRIAL, 101, 101, 0, 7, 0, 31});
    assert_int_equal(look(&watch), 7);
    stop_watch(&watch);
}

static void a_child_that_was_reaped_counts_once(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, 101, TRIAL, TRIAL, 40, 0);
    assert_int_equal(look(&watch), 40);
    tree_process_gone(*state, 101);
    put(&watch, TRIAL, KEEPER, TRIAL, 1, 50); /* ten more before it ended */
    assert_int_equal(look(&watch), 51);
    put(&watch, TRIAL, KEEPER, TRIAL, 1, 57); /* and one that was never seen */
    assert_int_equal(look(&watch), 58);
    stop_watch(&watch);
}

static void a_child_that_ends_between_two_reads_counts_once(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, 101, TRIAL, TRIAL, 40, 0);
    assert_int_equal(look(&watch), 40);
    tree_process_gone(*state, 101); /* its parent was read before it was waited for */
    assert_int_equal(look(&watch), 40);
    put(&watch, TRIAL, KEEPER, TRIAL, 0, 45);
    assert_int_equal(look(&watch), 45);
    stop_watch(&watch);
}

static void a_whole_branch_that_ends_counts_once(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, 101, TRIAL, TRIAL, 10, 0);
    put(&watch, 102, 101, TRIAL, 20, 0);
    assert_int_equal(look(&watch), 30);
    tree_process_gone(*state, 102);
    tree_process_gone(*state, 101);
    put(&watch, TRIAL, KEEPER, TRIAL, 0, 33);
    assert_int_equal(look(&watch), 33);
    stop_watch(&watch);
}

static void an_orphan_counts_until_it_ends_and_stays_counted(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, 101, TRIAL, TRIAL, 1, 0);
    put(&watch, 102, 101, TRIAL, 2, 0);
    assert_int_equal(look(&watch), 3);
    tree_process_gone(*state, 101);
    put(&watch, TRIAL, KEEPER, TRIAL, 0, 1);
    put(&watch, 102, 1, TRIAL, 20, 0); /* init took it */
    assert_int_equal(look(&watch), 21);
    tree_process_gone(*state, 102);
    assert_int_equal(look(&watch), 21);
    put(&watch, TRIAL, KEEPER, TRIAL, 6, 1);
    assert_int_equal(look(&watch), 27);
    stop_watch(&watch);
}

static void daemons_are_found_by_session_group_and_keeper(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, 103, 1, TRIAL, 3, 0); /* its parent ended unseen; the session is the trial's */
    put(&watch, 104, TRIAL, 104, 4, 0);
    assert_int_equal(look(&watch), 7);
    put(&watch, 105, 1, 104, 5, 0); /* in the session that a member made */
    tree_process(*state, &(struct tree_process){106, 1, TRIAL, SHELL, 0, 6, 0, 30});
    put(&watch, 107, KEEPER, 999, 8, 0); /* the keeper is a subreaper */
    assert_int_equal(look(&watch), 26);
    tree_process(*state, &(struct tree_process){108, 1, KEEPER, SHELL, 0, 1000, 0, 30});
    assert_int_equal(look(&watch), 26); /* the keeper's own group and session say nothing */
    stop_watch(&watch);
}

/* They have group and session 0, as a trial has that was not looked at yet. */
static void the_first_process_and_the_kernels_threads_do_not_count(void **state)
{
    struct watch watch = start_watch(*state);
    tree_process(*state, &(struct tree_process){1, 0, 0, 0, 0, 1000, 1000, 0});
    tree_process(*state, &(struct tree_process){300, 2, 0, 0, 0, 1000, 0, 30});
    put(&watch, TRIAL, KEEPER, TRIAL, 5, 0);
    assert_int_equal(look(&watch), 5);
    stop_watch(&watch);
}

/* A rank that begins to watch when the trial has been waited for: what others saw is booked. */
static void a_trial_that_has_gone_has_no_processes(void **state)
{
    struct watch watch = start_watch(*state);
    stop_watch(&watch);
    tree_process(*state, &(struct tree_process){1, 0, 0, 0, 0, 1000, 1000, 0});
    put(&watch, 90, KEEPER, 90, 1000, 0); /* what the rank started before */
    tree_process_gone(*state, TRIAL);
    assert_int_equal(process_table_create(&watch.table, watch.tree->root), ST_OK);
    assert_int_equal(tree_cpu_create(&watch.cpu, watch.tree->root, TRIAL, KEEPER), ST_OK);
    assert_int_equal(look(&watch), 0);
    stop_watch(&watch);
}

static void a_number_that_is_used_again_is_another_process(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, 101, TRIAL, TRIAL, 10, 0);
    assert_int_equal(look(&watch), 10);
    tree_process(*state, &(struct tree_process){101, 1, 101, 101, 0, 500, 0, 31});
    assert_int_equal(look(&watch), 10);
    stop_watch(&watch);
}

static void the_time_never_goes_back(void **state)
{
    struct watch watch = start_watch(*state);
    put(&watch, TRIAL, KEEPER, TRIAL, 10, 5);
    assert_int_equal(look(&watch), 15);
    put(&watch, TRIAL, KEEPER, TRIAL, 9, 4); /* ticks are scaled and may slip */
    assert_int_equal(look(&watch), 15);
    put(&watch, TRIAL, KEEPER, TRIAL, 11, 5);
    assert_true(look(&watch) >= 16);
    tree_process_gone(*state, TRIAL);
    assert_true(look(&watch) >= 16);
    stop_watch(&watch);
}

static void nothing_started_needs_no_listing(void **state)
{
    struct watch watch = start_watch(*state);
    tree_write(*state, "/proc/loadavg", "0.1 0.2 0.3 1/9 100\n");
    assert_true(process_table_refresh(watch.table));
    assert_int_equal(watch.table->n, 3);
    assert_false(process_table_refresh(watch.table));
    put(&watch, 101, TRIAL, TRIAL, 10, 0);
    assert_false(process_table_refresh(watch.table));
    tree_write(*state, "/proc/loadavg", "0.1 0.2 0.3 1/9 101\n");
    assert_true(process_table_refresh(watch.table));
    assert_int_equal(watch.table->n, 4);
    assert_int_equal(watch.table->entries[3].pid, 101);
    assert_true(watch.table->entries[3].fresh);
    assert_false(watch.table->entries[0].fresh);
    stop_watch(&watch);
}

static void lines_that_are_broken_are_no_process(void **state)
{
    const struct tree *tree = *state;
    struct process_stat stat;
    assert_false(process_stat_read(tree->root, 5, &stat));
    tree_write(tree, "/proc/5/stat", "5 (sh S 1 2 3\n");
    assert_false(process_stat_read(tree->root, 5, &stat));
    tree_write(tree, "/proc/5/stat", "5 (sh) S 1 2 3 0 -1 0 1 2 3 4 5\n");
    assert_false(process_stat_read(tree->root, 5, &stat));
    tree_process(tree, &(struct tree_process){5, 1, 2, 3, 'Z', 10, 20, 30});
    assert_true(process_stat_read(tree->root, 5, &stat));
    assert_int_equal(stat.state, 'Z');
    assert_int_equal(stat.parent, 1);
    assert_int_equal(stat.group, 2);
    assert_int_equal(stat.session, 3);
    assert_int_equal(stat.cpu_ns, 10 * cpu_times_tick_ns());
    assert_int_equal(stat.reaped_ns, 20 * cpu_times_tick_ns());
    assert_int_equal(stat.start_ticks, 30);
}

/* Use the processor until the clock of this process shows `end_ns`. */
static void burn(uint64_t end_ns)
{
    uint64_t cpu_ns = 0;
    while (cpu_ns < end_ns && cpu_clock_of(getpid(), &cpu_ns))
        ;
}

#define BURNT_NS 60000000

/* A process that burns; once asked, it has a child that burns and is reaped; then it waits to
 * be killed. */
static _Noreturn void run_real_trial(int ask, int answer)
{
    char byte = 'r';
    setsid();
    burn(BURNT_NS);
    if (write(answer, &byte, 1) != 1 || read(ask, &byte, 1) != 1)
        _exit(1);
    pid_t child = fork();
    if (child == 0) {
        burn(BURNT_NS);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (write(answer, &byte, 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static void a_real_process_and_its_reaped_child_count(void **state)
{
    (void)state;
    int ask[2], answer[2];
    char byte = 'g';
    struct process_table *table;
    struct tree_cpu *cpu;
    assert_int_equal(pipe(ask), 0);
    assert_int_equal(pipe(answer), 0);
    pid_t trial = fork();
    assert_true(trial >= 0);
    if (trial == 0)
        run_real_trial(ask[0], answer[1]);
    assert_int_equal(read(answer[0], &byte, 1), 1);
    assert_int_equal(process_table_create(&table, ""), ST_OK);
    assert_int_equal(tree_cpu_create(&cpu, "", trial, getpid()), ST_OK);
    assert_true(process_table_refresh(table));
    tree_cpu_adopt(cpu, table);
    uint64_t first_ns = tree_cpu_ns(cpu, false);
    assert_in_range(first_ns, BURNT_NS, BURNT_NS + BURNT_NS / 2);
    assert_true(tree_cpu_ns(cpu, false) >= first_ns);
    assert_int_equal(write(ask[1], &byte, 1), 1);
    assert_int_equal(read(answer[0], &byte, 1), 1);
    uint64_t quick_ns = tree_cpu_ns(cpu, false); /* the child came and went unseen */
    assert_in_range(quick_ns, first_ns, first_ns + BURNT_NS / 2);
    uint64_t thorough_ns = tree_cpu_ns(cpu, true);
    assert_true(thorough_ns >= quick_ns + BURNT_NS - 2 * cpu_times_tick_ns());
    kill(trial, SIGKILL);
    waitpid(trial, NULL, 0);
    assert_true(tree_cpu_ns(cpu, false) == thorough_ns);
    tree_cpu_free(cpu);
    process_table_free(table);
    for (int i = 0; i < 2; i++) {
        close(ask[i]);
        close(answer[i]);
    }
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(descendants_count_and_others_do_not),
        tree_test(children_that_the_keeper_had_before_do_not_count),
        tree_test(a_process_with_the_number_of_one_that_ended_counts),
        tree_test(a_child_that_was_reaped_counts_once),
        tree_test(a_child_that_ends_between_two_reads_counts_once),
        tree_test(a_whole_branch_that_ends_counts_once),
        tree_test(an_orphan_counts_until_it_ends_and_stays_counted),
        tree_test(daemons_are_found_by_session_group_and_keeper),
        tree_test(the_first_process_and_the_kernels_threads_do_not_count),
        tree_test(a_trial_that_has_gone_has_no_processes),
        tree_test(a_number_that_is_used_again_is_another_process),
        tree_test(the_time_never_goes_back),
        tree_test(nothing_started_needs_no_listing),
        tree_test(lines_that_are_broken_are_no_process),
        cmocka_unit_test(a_real_process_and_its_reaped_child_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
