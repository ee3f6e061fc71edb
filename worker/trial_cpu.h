/* trial_cpu.h - the processor time of a trial: of its process, of all that this started, of
 * what ended, and of what was left behind by its parent.
 *
 * Where the trial runs in a control group of its own (cgroup.h), that has counted it all;
 * elsewhere its process tree is followed through /proc (tree_cpu.h). Threading: one owner. */
#ifndef WORKER_TRIAL_CPU_H
#define WORKER_TRIAL_CPU_H

#include "base/status.h"
#include "worker/cgroup.h"
#include "worker/process_table.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct trial_cpu;

/* Follow the trial of `leader`, a child of `keeper`, below the mount's root. The mount is not
 * kept. Errors: ST_NOMEM. */
enum status trial_cpu_create(struct trial_cpu **out, const struct cgroup_mount *mount,
                             pid_t leader, pid_t keeper);
void trial_cpu_free(struct trial_cpu *cpu);

/* True when a control group counts, which needs no table and no thorough look. */
bool trial_cpu_has_cgroup(const struct trial_cpu *cpu);

/* See tree_cpu_adopt(). */
void trial_cpu_adopt(struct trial_cpu *cpu, const struct process_table *table);

/* Answers the processor time so far, in nanoseconds; it never goes back. For `thorough` see
 * tree_cpu_ns(). */
uint64_t trial_cpu_ns(struct trial_cpu *cpu, bool thorough);

#endif
