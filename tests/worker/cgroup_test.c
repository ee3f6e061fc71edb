#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/cgroup.h"
#include "worker/cgroup_place.h"
#include "worker/cpu_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEEPER = 10, TRIAL = 100 };

static void mount_line(const struct tree *tree, const char *line)
{
    tree_write(tree, "/proc/self/mountinfo", "22 1 0:21 / /proc rw - proc proc rw\n%s\n", line);
}

/* What cgroup_place() says of the trial, without the root; "" for nothing. */
static const char *place(const struct tree *tree)
{
    static char path[CGROUP_PATH];
    struct cgroup_mount mount;
    cgroup_mount_find(&mount, tree->root);
    if (!cgroup_place(&mount, TRIAL, path))
        return "";
    assert_memory_equal(path, tree->root, strlen(tree->root));
    return path + strlen(tree->root);
}

static void a_group_is_found_however_it_is_mounted(void **state)
{
    static const struct {
        const char *mount, *group, *path;
    } cases[] = {
        {"35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw",
         "0::/user.slice/app.scope\n", "/sys/fs/cgroup/user.slice/app.scope"},
        {"35 24 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw", "3:cpu:/x\n0::/\n",
         "/sys/fs/cgroup/unified"},
        {"35 24 0:30 /box/1 /sys/fs/cgroup ro - cgroup2 cgroup rw", "0::/box/1/job\n",
         "/sys/fs/cgroup/job"},
        {"35 24 0:30 /box/1 /sys/fs/cgroup ro - cgroup2 cgroup rw", "0::/box/1\n",
         "/sys/fs/cgroup"},
        {"35 24 0:30 /box/1 /sys/fs/cgroup ro - cgroup2 cgroup rw", "0::/box/12\n", ""},
        {"35 24 0:30 /box/1 /a rw - cgroup2 c rw\n36 24 0:30 / /b rw - cgroup2 c rw",
         "0::/box/2\n", "/b/box/2"},
        {"35 24 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", "0::/\n", ""},
        {"35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "3:cpu:/x\n", ""},
        {"35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::x\n", ""},
        {"35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/../other\n", ""},
        {"35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/..\n", ""},
        {"35 - cgroup2 ", "0::/\n", ""},
    };
    const struct tree *tree = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mount_line(tree, cases[i].mount);
        tree_write(tree, "/proc/100/cgroup", "%s", cases[i].group);
        tree_write(tree, "/proc/self/cgroup", "%s", cases[i].group);
        assert_string_equal(place(tree), cases[i].path);
    }
    mount_line(tree, "35 24 0:30 / /a rw - cgroup2 c rw");
    tree_write(tree, "/proc/self/cgroup", "0::/\n");
    tree_write(tree, "/proc/100/cgroup", "0::/x\n");
    assert_string_equal(place(tree), "/a/x");
    tree_remove(tree, "/proc/100/cgroup");
    assert_string_equal(place(tree), "");
    tree_write(tree, "/proc/100/cgroup", "0::/x\n");
    tree_remove(tree, "/proc/self/mountinfo");
    assert_string_equal(place(tree), "");
    tree_remove(tree, "/proc/self/cgroup");
    assert_string_equal(place(tree), "");
}

static void only_a_group_of_its_keeper_is_the_trials(void **state)
{
    static const struct {
        const char *group, *path;
    } cases[] = {
        {"/job/wattune-10-0", "/sys/fs/cgroup/job/wattune-10-0"},
        {"/job/wattune-10-3/inner/most", "/sys/fs/cgroup/job/wattune-10-3"},
        {"/job", NULL},
        {"/job/wattune-101-0", NULL},
        {"/job/wattune-11-0", NULL},
        {"/job/xwattune-10-0", NULL},
    };
    const struct tree *tree = *state;
    char path[CGROUP_PATH];
    struct cgroup_mount mount;
    mount_line(tree, "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
    tree_write(tree, "/proc/self/cgroup", "0::/job\n");
    cgroup_mount_find(&mount, tree->root);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tree_write(tree, "/proc/100/cgroup", "0::%s\n", cases[i].group);
        assert_int_equal(cgroup_find(&mount, TRIAL, KEEPER, path), cases[i].path != NULL);
        if (cases[i].path)
            assert_string_equal(path + strlen(tree->root), cases[i].path);
    }
}

static void usage_is_the_first_line_or_nothing(void **state)
{
    static const char *const broken[] = {"", "usage_usec\n", "usage_usec -5\n",
                                         "nr_periods 0\nusage_usec 5\n"};
    const struct tree *tree = *state;
    char path[CGROUP_PATH];
    uint64_t cpu_ns;
    snprintf(path, sizeof path, "%s/group", tree->root);
    assert_int_equal(cgroup_open_usage(path), -1);
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        tree_write(tree, "/group/cpu.stat", "%s", broken[i]);
        assert_int_equal(cgroup_open_usage(path), -1);
    }
    tree_write(tree, "/group/cpu.stat", "usage_usec 1234567\nuser_usec 1\nsystem_usec 2\n");
    int usage = cgroup_open_usage(path);
    assert_true(usage >= 0);
    assert_true(cgroup_usage_ns(usage, &cpu_ns));
    assert_int_equal(cpu_ns, 1234567000);
    close(usage);
    assert_false(cgroup_usage_ns(usage, &cpu_ns));
}

/* A group of this machine, or the test is over. */
static void make_group(struct cgroup *group)
{
    if (!cgroup_create(group))
        skip();
    assert_true(*group->path && group->fd >= 0);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Move this process into a group; false when that is refused. */
static bool enter(const char *path)
{
    char file[CGROUP_PATH + 32];
    snprintf(file, sizeof file, "%s/cgroup.procs", path);
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    bool entered = fd >= 0 && write(fd, "0", 1) == 1;
    close(fd);
    return entered;
}

/* A process in the group that has said that it is there, and waits to be killed. */
static pid_t start_in(const char *path)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (!enter(path) || write(ready[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static int end_of(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

static void removing_a_group_kills_what_is_in_it_and_below(void **state)
{
    (void)state;
    struct cgroup group;
    char path[CGROUP_PATH], inner[CGROUP_PATH + 16];
    make_group(&group);
    strcpy(path, group.path);
    snprintf(inner, sizeof inner, "%s/inner", path);
    assert_int_equal(mkdir(inner, 0755), 0);
    pid_t outer_pid = start_in(path), inner_pid = start_in(inner);
    assert_false(cgroup_try_remove(path));
    cgroup_remove(&group);
    assert_int_equal(end_of(outer_pid), SIGKILL);
    assert_int_equal(end_of(inner_pid), SIGKILL);
    assert_int_equal(group.fd, -1);
    assert_string_equal(group.path, "");
    cgroup_remove(&group);
    assert_true(cgroup_try_remove(path)); /* unless it was slow to empty, it is gone */
    assert_false(is_there(path));
}

static void groups_have_names_of_their_own(void **state)
{
    (void)state;
    struct cgroup one, other;
    struct cgroup_mount mount;
    char found[CGROUP_PATH];
    cgroup_mount_find(&mount, "");
    make_group(&one);
    make_group(&other);
    assert_string_not_equal(one.path, other.path);
    pid_t pid = start_in(other.path);
    assert_true(cgroup_find(&mount, pid, getpid(), found));
    assert_string_equal(found, other.path);
    assert_false(cgroup_find(&mount, pid, pid, found));
    assert_false(cgroup_find(&mount, getpid(), getpid(), found));
    cgroup_remove(&one);
    cgroup_remove(&other);
    assert_int_equal(end_of(pid), SIGKILL);
}

static void what_dead_workers_left_is_swept(void **state)
{
    (void)state;
    struct cgroup mine, left;
    make_group(&mine);
    pid_t worker = fork();
    assert_true(worker >= 0);
    if (worker == 0)
        _exit(cgroup_create(&left) ? 0 : 1);
    char path[CGROUP_PATH];
    char *end = strrchr(strcpy(path, mine.path), '/');
    snprintf(end, sizeof path - (size_t)(end - path), "/wattune-%d-0", (int)worker);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)worker, &info, WEXITED | WNOWAIT), 0);
    cgroup_sweep(); /* it is not reaped, so its number is still its own */
    assert_true(is_there(path));
    assert_int_equal(end_of(worker), -1);
    cgroup_sweep();
    assert_false(is_there(path));
    assert_true(is_there(mine.path));
    cgroup_remove(&mine);
}

/* Use the processor until this process's clock shows `end_ns`; tell what it shows then. */
static void burn(uint64_t end_ns, int told)
{
    uint64_t cpu_ns = 0;
    while (cpu_ns < end_ns && cpu_clock_of(getpid(), &cpu_ns))
        ;
    if (write(told, &cpu_ns, sizeof cpu_ns) != (ssize_t)sizeof cpu_ns)
        _exit(1);
}

/* What nobody waits for, and was never seen, is in the usage: a loop gets its time to 2 %. */
static void the_usage_is_what_all_of_them_have_used(void **state)
{
    (void)state;
    struct cgroup group;
    int told[2], usage;
    uint64_t part_ns, sum_ns = 0, usage_ns;
    make_group(&group);
    assert_int_equal(pipe(told), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (!enter(group.path))
            _exit(1);
        if (fork() == 0)
            (void)fork();
        burn(100000000, told[1]);
        _exit(0);
    }
    close(told[1]);
    for (ssize_t n; (n = read(told[0], &part_ns, sizeof part_ns)) > 0; sum_ns += part_ns)
        assert_int_equal(n, sizeof part_ns);
    assert_true(sum_ns >= 300000000);
    assert_int_equal(end_of(pid), -1);
    usage = cgroup_open_usage(group.path);
    assert_true(usage >= 0);
    assert_true(cgroup_usage_ns(usage, &usage_ns));
    close(usage);
    close(told[0]);
    assert_near((double)usage_ns, (double)sum_ns, 0.02 * (double)sum_ns);
    cgroup_remove(&group);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        tree_test(a_group_is_found_however_it_is_mounted),
        tree_test(only_a_group_of_its_keeper_is_the_trials),
        tree_test(usage_is_the_first_line_or_nothing),
        cmocka_unit_test(removing_a_group_kills_what_is_in_it_and_below),
        cmocka_unit_test(groups_have_names_of_their_own),
        cmocka_unit_test(the_usage_is_what_all_of_them_have_used),
        cmocka_unit_test(what_dead_workers_left_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
