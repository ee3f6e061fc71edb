/* process_table.h - who is whose child on this machine, kept up to date at little cost.
 *
 * A refresh lists /proc, but reads only the processes that it has not seen before. A number
 * that was given to another process shows by the inode of its folder, which the kernel gives to
 * no second one, but may change without need. Threading: one owner. */
#ifndef WORKER_PROCESS_TABLE_H
#define WORKER_PROCESS_TABLE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As it was when first seen. */
struct process_entry {
    pid_t pid, parent, group, session;
    uint64_t start_ticks; /* since boot */
    ino_t inode;          /* of its folder */
    bool fresh;           /* read at the last refresh: most are new */
};

struct process_table {
    char *root;
    struct process_entry *entries; /* by rising pid */
    size_t n;
    pid_t last_fork; /* the newest process at the last refresh */
};

/* Errors: ST_NOMEM. */
enum status process_table_create(struct process_table **out, const char *root);
void process_table_free(struct process_table *table);

/* Find the new processes, unless nothing was started since the last refresh. True when the
 * table changed; false also when memory ran out, and then the table is as it was. */
bool process_table_refresh(struct process_table *table);

#endif
