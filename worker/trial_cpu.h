/* trial_cpu.h - the processor time of a trial: of its process, of all that this started, of
 * what ended, and of what was left behind by its parent.
 *
 * A process belongs to the tree when its parent does, or its session or process group, or when
 * it fell to the keeper (the worker that runs the trial and may be a subreaper). Once in, it
 * stays in, whoever adopts it later. Threading: one owner. */
#ifndef WORKER_TRIAL_CPU_H
#define WORKER_TRIAL_CPU_H

#include "base/status.h"
#include "worker/process_table.h"

#include <stdint.h>
#include <sys/types.h>

struct trial_cpu;

/* Follow the tree of `leader`, a child of `keeper`. Errors: ST_NOMEM. */
enum status trial_cpu_create(struct trial_cpu **out, const char *root, pid_t leader,
                             pid_t keeper);
void trial_cpu_free(struct trial_cpu *tree);

/* Take in the table's processes that belong here: the fresh ones, or all when the tree has
 * never looked. Running out of memory leaves some out. */
void trial_cpu_adopt(struct trial_cpu *tree, const struct process_table *table);

/* Read all members. Answers the processor time so far, in nanoseconds; it never goes back. */
uint64_t trial_cpu_ns(struct trial_cpu *tree);

#endif
