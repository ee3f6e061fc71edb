/* trial_memory.h - the memory that all processes of a trial hold together.
 *
 * Resident memory, as /proc/PID/statm shows it: pages that several of them share count for each
 * of them. What must be read is one file a process; a look at the whole process table is taken
 * only when something was started since the last one. Threading: one owner. */
#ifndef WORKER_TRIAL_MEMORY_H
#define WORKER_TRIAL_MEMORY_H

#include "base/status.h"
#include "worker/process_table.h"

#include <stdint.h>
#include <sys/types.h>

struct trial_memory;

/* Follow what `leader`, a child of `keeper`, starts. The table is borrowed, for one trial after
 * another: what it knows already need not be read again, and is no part of the next one. A
 * process belongs to the trial when its parent does, or when it fell to the keeper, who may be
 * a subreaper, and is younger than the leader. `guard` (0: none) is no part of it. Errors:
 * ST_NOMEM. */
enum status trial_memory_create(struct trial_memory **out, struct process_table *table,
                                pid_t leader, pid_t keeper, pid_t guard);
void trial_memory_free(struct trial_memory *memory);

/* What they hold now, in kB; -1 when none of them could be read. */
int64_t trial_memory_kb(struct trial_memory *memory);

#endif
