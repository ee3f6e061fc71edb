/* process.h - start a program with the pipes of a trial.
 *
 * The child leads a session and a process group of its own, is killed when the thread that
 * started it ends, has default signals, no core dumps, its standard input at /dev/null, and no
 * other descriptor of ours than its pipes. Where it is given a control group, it is in there
 * from its first moment. Threading: one process at a time per struct. */
#ifndef WORKER_PROCESS_H
#define WORKER_PROCESS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Our ends of the pipes. */
enum process_pipe {
    PROCESS_OUTPUT, /* its standard output */
    PROCESS_ERRORS, /* its standard error */
    PROCESS_REPORT, /* WATTUNE_FD */
    PROCESS_EXEC,   /* at its end the program runs, or why it does not was told */
    PROCESS_PIPES
};

struct process {
    pid_t pid;             /* 0: none */
    bool in_cgroup;        /* it could be started in the plan's */
    int pidfd;             /* readable once it ended; -1 where the system has none */
    int fd[PROCESS_PIPES]; /* to read from, without blocking; -1 when closed */
    int control;           /* to write to, without blocking */
    int control_other;     /* its reading end, held so that writing never raises SIGPIPE */
};

/* What to run. */
struct process_plan {
    char *const *argv; /* argv[0] is looked for in the PATH of envp */
    char *const *envp;
    const char *cwd; /* NULL: ours */
    int cgroup;      /* the folder of its control group, open; -1: ours */
};

/* Why the child could not become the program, as it comes through PROCESS_EXEC. */
enum process_step { PROCESS_STEP_FDS, PROCESS_STEP_CWD, PROCESS_STEP_RUN };
struct process_failure {
    enum process_step step;
    int errnum;
};

/* No process; all descriptors closed. */
void process_init(struct process *process);

/* Fork and go on; whether the program can be run shows at PROCESS_EXEC.
 * Errors: ST_IO and others of the system, when pipes or processes have run out; then nothing is
 * left open. */
enum status process_start(struct process *process, const struct process_plan *plan,
                          struct error *err);

/* Close one of the pipes, or everything that is open. Safe to repeat. */
void process_close_pipe(struct process *process, enum process_pipe pipe);
void process_close(struct process *process);

/* Close all descriptors from `first` on. Safe between fork() and exec(). */
void process_close_from(int first);

/* The failure in words, without the program's name (cwd as in the plan): "cannot run: No such
 * file or directory". */
void process_failure_text(const struct process_failure *failure, const char *cwd, char *text,
                          size_t size);

#endif
