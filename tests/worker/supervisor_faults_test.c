/* What a supervisor does when the system refuses, and when the worker itself is killed. Each
 * case runs in a process of its own, since limits and filters cannot be taken back. */
#include "base/clock.h"
#include "tests/check.h"
#include "tests/worker/trial_run.h"
#include "worker/cgroup.h"
#include "worker/process.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run a body in a child; answers its exit status, or -1 when a signal ended it. */
static int in_child(int (*body)(void *), void *context)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(body(context));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Make a system call fail for the rest of this process. False where that is not possible. */
static bool refuse(long call, int errnum)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)errnum),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum { CANNOT_TEST = 77 };

/* Start `misbehave MODE 3`; the status of the start. */
static enum status start(struct supervisor *supervisor, const char *mode, struct error *err)
{
    char program[] = MISBEHAVE, name[32], number[] = "3";
    strcpy(name, mode);
    char *argv[] = {program, name, number, NULL};
    struct trial_spec spec = {.kind = TRIAL_COMMAND, .argv = argv, .grace_s = 10};
    static const char *const objectives[] = {"value", NULL};
    struct json *params = json_object_create();
    struct attempt attempt = {
        .spec = &spec, .params = params, .objectives = objectives, .id = "f.0.0"};
    enum status status = supervisor_start(supervisor, &attempt, err);
    json_free(params);
    return status;
}

static int without_fork(void *context)
{
    (void)context;
    struct supervisor *supervisor;
    struct error err = {0};
    if (supervisor_create(&supervisor, NULL, &err))
        return 1;
    int fds = count_fds();
    if (!refuse(SYS_clone, EAGAIN) || !refuse(SYS_clone3, EAGAIN))
        return CANNOT_TEST;
    bool refused = start(supervisor, "reports", &err) == ST_IO;
    bool told = strstr(err.what, "cannot start a process for a trial: ") && *err.remedy;
    bool clean = !supervisor_running(supervisor) && count_fds() == fds;
    supervisor_free(supervisor);
    return refused && told && clean ? 0 : 1;
}

static void a_fork_that_fails_is_an_error(void **state)
{
    (void)state;
    int status = in_child(without_fork, NULL);
    if (status == CANNOT_TEST)
        skip();
    assert_int_equal(status, 0);
}

/* Run a whole trial while a system call is missing, as on an old kernel. */
static int without_call(void *context)
{
    long call = *(long *)context;
    if (!refuse(call, ENOSYS))
        return CANNOT_TEST;
    static const char *const modes[] = {"linger", "daemon"};
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        run_with(NULL, &(struct run_plan){.args = {modes[i]}, .grace_s = 0.05}, &run);
        if (run.outcome.state != OUTCOME_COMPLETE || !process_is_gone(run.numbers[0]))
            return 1;
        run_clear(&run);
    }
    return 0;
}

static void older_kernels_do_too(void **state)
{
    (void)state;
    long calls[] = {SYS_pidfd_open, SYS_close_range, SYS_clone3};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        int status = in_child(without_call, &calls[i]);
        if (status == CANNOT_TEST)
            skip();
        assert_int_equal(status, 0);
    }
}

/* With room for 0, 1, 2 ... more descriptors a start fails whole, or a trial fails with a
 * reason, or it works; nothing leaks. */
static int with_few_fds(void *context)
{
    (void)context;
    struct supervisor *supervisor;
    struct error err;
    if (supervisor_create(&supervisor, NULL, &err))
        return 1;
    int fds = count_fds(), failed = 0, worked = 0;
    for (unsigned room = 0; room < 24; room++) {
        struct rlimit limit;
        getrlimit(RLIMIT_NOFILE, &limit);
        rlim_t before = limit.rlim_cur;
        int lowest = dup(0);
        close(lowest);
        limit.rlim_cur = (rlim_t)lowest + room;
        setrlimit(RLIMIT_NOFILE, &limit);
        enum status status = start(supervisor, "reports", &err);
        limit.rlim_cur = before;
        setrlimit(RLIMIT_NOFILE, &limit);
        struct supervisor_event event = {0};
        double deadline = clock_monotonic_s() + 60;
        while (!status && event.kind != SUPERVISOR_FINISHED && clock_monotonic_s() < deadline)
            supervisor_poll(supervisor, 1, &event, &err);
        if (status && !strstr(err.what, "cannot open the pipes of a trial: "))
            return 2;
        if (!status && event.kind != SUPERVISOR_FINISHED)
            return 3;
        if (!status && event.outcome->state == OUTCOME_FAILED &&
            !strstr(event.outcome->reason, "cannot open its pipes: "))
            return 4;
        if (count_fds() != fds)
            return 5;
        failed += status != ST_OK;
        worked += !status && event.outcome->state == OUTCOME_COMPLETE;
    }
    supervisor_free(supervisor);
    return failed > 0 && worked > 0 ? 0 : 6;
}

static void pipes_that_run_out_are_an_error(void **state)
{
    (void)state;
    assert_int_equal(in_child(with_few_fds, NULL), 0);
}

/* The processes of a trial that its worker has told of. */
enum { CROWD = 3 };

/* A worker whose trial starts a crowd of processes, each in a session of its own, passes their
 * pids on and is killed. */
static void worker_that_dies(const char *mode, int pid_pipe)
{
    struct supervisor *supervisor;
    struct supervisor_event event = {0};
    struct error err;
    if (supervisor_create(&supervisor, NULL, &err) || start(supervisor, mode, &err))
        _exit(1);
    for (int told = 0; told < CROWD; told += event.kind == SUPERVISOR_REPORT) {
        if (supervisor_poll(supervisor, 1, &event, &err))
            _exit(2);
        if (event.kind != SUPERVISOR_REPORT)
            continue;
        double pid = json_number(json_member(event.report, "pid"));
        if (write(pid_pipe, &pid, sizeof pid) != (ssize_t)sizeof pid)
            _exit(3);
    }
    raise(SIGKILL);
}

/* Answers the process id that the worker had. */
static pid_t check_that_all_die(const char *mode)
{
    int ends[2], status;
    double pids[CROWD];
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* so that we inherit the trial */
    assert_int_equal(pipe(ends), 0);
    pid_t worker = fork();
    assert_true(worker >= 0);
    if (worker == 0)
        worker_that_dies(mode, ends[1]);
    close(ends[1]);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(read(ends[0], &pids[i], sizeof pids[i]), sizeof pids[i]);
    close(ends[0]);
    /* Whose parent ends is inherited before that end shows: there is always one to wait for. */
    int ended = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, 0)) > 0;)
        for (int i = 0; i < CROWD; i++)
            ended += (double)pid == pids[i] && WIFSIGNALED(status);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(ended, CROWD);
    return worker;
}

static void all_of_a_trial_dies_with_its_worker(void **state)
{
    (void)state;
    check_that_all_die("crowd");
}

/* Are trials of this machine started in control groups? Makes one, says where, and removes it.
 */
static bool starts_in_groups(char path[CGROUP_PATH])
{
    struct cgroup group;
    char program[] = "/bin/true", *argv[] = {program, NULL};
    struct process process;
    struct error err = {0};
    if (!cgroup_create(&group))
        return false;
    strcpy(path, group.path);
    struct process_plan plan = {.argv = argv, .envp = environ, .cgroup = group.fd};
    assert_ok(process_start(&process, &plan, &err), err);
    assert_int_equal(waitpid(process.pid, NULL, 0), process.pid);
    bool in_group = process.in_cgroup;
    process_close(&process);
    cgroup_remove(&group);
    return in_group;
}

static void nothing_escapes_from_a_control_group(void **state)
{
    (void)state;
    char path[CGROUP_PATH];
    if (!starts_in_groups(path))
        skip();
    pid_t worker = check_that_all_die("escape");
    snprintf(strrchr(path, '/'), 48, "/wattune-%d-0", (int)worker);
    assert_int_not_equal(access(path, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fork_that_fails_is_an_error),
        cmocka_unit_test(older_kernels_do_too),
        cmocka_unit_test(pipes_that_run_out_are_an_error),
        cmocka_unit_test(all_of_a_trial_dies_with_its_worker),
        cmocka_unit_test(nothing_escapes_from_a_control_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
