/* tree_cpu.h - the processor time of a process and all that it starts, from /proc: of what
 * ended, and of what was left behind by its parent, too.
 *
 * A process belongs to the tree when its parent does, or its session or process group, or when
 * it fell to the keeper (the worker that runs the trial and may be a subreaper). Once in, it
 * stays in, whoever adopts it later. Threading: one owner. */
#ifndef WORKER_TREE_CPU_H
#define WORKER_TREE_CPU_H

#include "base/status.h"
#include "worker/process_table.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_cpu;

/* Follow the tree of `leader`, a child of `keeper`. Errors: ST_NOMEM. */
enum status tree_cpu_create(struct tree_cpu **out, const char *root, pid_t leader,
                            pid_t keeper);
void tree_cpu_free(struct tree_cpu *tree);

/* Take in the table's processes that belong here: the fresh ones, or all when the tree has
 * never looked. Running out of memory leaves some out. */
void tree_cpu_adopt(struct tree_cpu *tree, const struct process_table *table);

/* Answers the processor time so far, in nanoseconds; it never goes back. A thorough look reads
 * /proc of every member. One that is not reads their clocks alone: what children used that
 * ended unseen is missing then, until the next thorough one. */
uint64_t tree_cpu_ns(struct tree_cpu *tree, bool thorough);

#endif
