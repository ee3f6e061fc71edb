/* process_tree.h - all that a trial started, however it hides.
 *
 * The calling process becomes a subreaper (prctl(2)): a process whose parent ended becomes its
 * child, even a daemon in a session of its own. So all of a trial's processes stay its
 * descendants. Processes that were its children before the trial began are left alone; the
 * caller must start no other while a trial runs. Threading: one thread. */
#ifndef WORKER_PROCESS_TREE_H
#define WORKER_PROCESS_TREE_H

#include "base/status.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct process_tree {
    pid_t root;     /* the trial's first process; 0 once it is reaped */
    pid_t guard;    /* a child of ours that is none of the trial's (guard.h); 0: none */
    pid_t *foreign; /* children of ours that have nothing to do with the trial, [n_foreign] */
    size_t n_foreign;
    double cpu_s; /* of all that was reaped */
    long peak_kb; /* of the largest of those; includes what it was before its exec */
};

/* Become a subreaper and note the children that there are; `guard` may be 0. Call before the
 * trial starts. Errors: ST_NOMEM. */
enum status process_tree_begin(struct process_tree *tree, pid_t guard);
void process_tree_end(struct process_tree *tree);

/* Reap the root if it has ended: true, and its wait status, then. */
bool process_tree_reap_root(struct process_tree *tree, int *wait_status);

/* Send a signal to the root's process group. */
void process_tree_signal(const struct process_tree *tree, int number);

/* Send SIGKILL to every process of the tree, and reap those that have ended and are not the
 * root. True when nothing but the root is left, if that. Call again until it is. */
bool process_tree_kill(struct process_tree *tree);

/* The peak resident memory so far of a live process in kB, and what it has now; -1 when
 * unknown. */
long process_peak_kb(pid_t pid);
long process_resident_kb(pid_t pid);

/* How many processes the kernel has killed since the boot because memory ran out; -1 when
 * unknown. */
long process_oom_kills(void);

#endif
