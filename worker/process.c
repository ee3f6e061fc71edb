#include "worker/process.h"

#include "worker/environment.h"
#include "worker/open_files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The descriptors of the child, in the order of child_fds: 0, 1, 2, the protocol's two, and the
 * pipe that tells whether exec worked, which closes itself when it does. */
enum { CHILD_EXEC_FD = TRIAL_CONTROL_FD + 1, CHILD_FDS };
enum { FDS_MAX = 1 << 20 };

void process_init(struct process *process)
{
    process->pid = 0;
    process->in_cgroup = false;
    process->pidfd = process->control = process->control_other = -1;
    for (size_t i = 0; i < PROCESS_PIPES; i++)
        process->fd[i] = -1;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void process_close_pipe(struct process *process, enum process_pipe pipe)
{
    close_fd(&process->fd[pipe]);
}

void process_close(struct process *process)
{
    close_fd(&process->pidfd);
    close_fd(&process->control);
    close_fd(&process->control_other);
    for (int i = 0; i < PROCESS_PIPES; i++)
        close_fd(&process->fd[i]);
}

/* A pipe of which our end does not block and nothing survives an exec. */
static int open_pipe(int *ours, int *theirs, int we_write)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    *ours = ends[we_write];
    *theirs = ends[!we_write];
    return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

/* Open every pipe; child_fds[] gets the child's ends, -1 for those that failed. */
static int open_pipes(struct process *process, int child_fds[CHILD_FDS])
{
    child_fds[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (child_fds[0] < 0 || open_pipe(&process->fd[PROCESS_OUTPUT], &child_fds[1], 0) ||
        open_pipe(&process->fd[PROCESS_ERRORS], &child_fds[2], 0) ||
        open_pipe(&process->fd[PROCESS_REPORT], &child_fds[TRIAL_REPORT_FD], 0) ||
        open_pipe(&process->control, &child_fds[TRIAL_CONTROL_FD], 1) ||
        open_pipe(&process->fd[PROCESS_EXEC], &child_fds[CHILD_EXEC_FD], 0))
        return -1;
    process->control_other = fcntl(child_fds[TRIAL_CONTROL_FD], F_DUPFD_CLOEXEC, 0);
    return process->control_other < 0 ? -1 : 0;
}

/* As in linux/sched.h, of which older ones lack the last member. */
struct clone3_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
        set_tid_size, cgroup;
};
#define INTO_CGROUP 0x200000000u

/* A fork whose child begins its life in the control group, since Linux 5.7. Moving it there
 * afterwards would miss its beginning, and wait for all processors. */
static pid_t fork_into(int cgroup)
{
#ifdef SYS_clone3
    struct clone3_arguments arguments = {
        .flags = INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup};
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
#else
    (void)cgroup;
    errno = ENOSYS;
    return -1;
#endif
}

/* Fork with all signals blocked: one that comes before the child has its own signals would run
 * our handlers in it, and be lost. The child unblocks them itself. */
static pid_t fork_silently(int cgroup, bool *in_cgroup)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t pid = cgroup >= 0 ? fork_into(cgroup) : -1;
    *in_cgroup = pid >= 0;
    if (pid < 0)
        pid = fork();
    int errnum = errno;
    if (pid != 0)
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = errnum;
    return pid;
}

/* From here to the exec only what is safe between fork() and exec() may be called. */

/* Signals as a fresh program expects them: what MPI or we catch or ignore must not last. Only
 * SIGUSR1 stays ignored: Slurm's warning before the time limit goes to every process of a job
 * step, and would kill a trial that has time to end. */
static void reset_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, number == SIGUSR1 ? SIG_IGN : SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Memory that runs out should cost the trial, not the worker. May be refused: then it does not.
 */
static void offer_to_oom_killer(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t written = write(fd, "500", 3);
    (void)written;
    close(fd);
}

/* closefrom() may go on for ever under valgrind, whose own cannot be closed and are above the
 * limit. */
void process_close_from(int first)
{
    if (close_range((unsigned)first, ~0U, 0) == 0)
        return;
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = limit > 0 && limit < FDS_MAX ? (int)limit : FDS_MAX; fd >= first; fd--)
        close(fd);
}

/* Put the descriptors to 0 .. CHILD_FDS - 1 and close all others. They go above the targets
 * first, so that none is overwritten before it has moved. */
static int arrange_fds(const int child_fds[CHILD_FDS])
{
    int high[CHILD_FDS];
    for (int i = 0; i < CHILD_FDS; i++)
        if ((high[i] = fcntl(child_fds[i], F_DUPFD_CLOEXEC, CHILD_FDS)) < 0)
            return -1;
    for (int i = 0; i < CHILD_EXEC_FD; i++)
        dup2(high[i], i);
    dup3(high[CHILD_EXEC_FD], CHILD_EXEC_FD, O_CLOEXEC);
    process_close_from(CHILD_FDS);
    return 0;
}

static _Noreturn void tell_failure(int fd, enum process_step step)
{
    struct process_failure failure = {.step = step, .errnum = errno};
    ssize_t written = write(fd, &failure, sizeof failure);
    (void)written;
    _exit(127);
}

static _Noreturn void run_child(const struct process_plan *plan, const int child_fds[CHILD_FDS],
                                pid_t parent)
{
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127); /* it died before it could have been noticed */
    reset_signals();
    struct rlimit core;
    if (getrlimit(RLIMIT_CORE, &core) == 0) {
        core.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &core);
    }
    offer_to_oom_killer();
    if (arrange_fds(child_fds))
        tell_failure(child_fds[CHILD_EXEC_FD], PROCESS_STEP_FDS);
    open_files_restore(); /* descriptors that are above it are closed */
    if (plan->cwd && chdir(plan->cwd))
        tell_failure(CHILD_EXEC_FD, PROCESS_STEP_CWD);
    /* execvpe() would look in the PATH of this process, execvp() looks in environ's. */
    memcpy(&environ, &plan->envp, sizeof environ);
    execvp(plan->argv[0], plan->argv);
    tell_failure(CHILD_EXEC_FD, PROCESS_STEP_RUN);
}

enum status process_start(struct process *process, const struct process_plan *plan,
                          struct error *err)
{
    int child_fds[CHILD_FDS];
    for (int i = 0; i < CHILD_FDS; i++)
        child_fds[i] = -1;
    process_init(process);
    enum status status = ST_OK;
    pid_t parent = getpid(), pid = -1;
    if (open_pipes(process, child_fds)) {
        status = error_errno(err, errno, "cannot open the pipes of a trial");
        error_remedy(err, "raise the limit of open files (ulimit -n)");
    } else if ((pid = fork_silently(plan->cgroup, &process->in_cgroup)) < 0) {
        status = error_errno(err, errno, "cannot start a process for a trial");
        error_remedy(err, "raise the limit of processes (ulimit -u) or free memory");
    } else if (pid == 0) {
        run_child(plan, child_fds, parent);
    }
    for (int i = 0; i < CHILD_FDS; i++)
        close_fd(&child_fds[i]);
    if (status) {
        process_close(process);
        return status;
    }
    process->pid = pid;
    process->pidfd = (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */
    return ST_OK;
}

void process_failure_text(const struct process_failure *failure, const char *cwd, char *text,
                          size_t size)
{
    const char *why = strerror(failure->errnum);
    if (failure->step == PROCESS_STEP_CWD)
        snprintf(text, size, "cannot enter the folder '%s': %s", cwd, why);
    else if (failure->step == PROCESS_STEP_FDS)
        snprintf(text, size, "cannot open its pipes: %s", why);
    else
        snprintf(text, size, "cannot run: %s%s", why,
                 failure->errnum == EACCES ? " (is it executable?)" : "");
}
