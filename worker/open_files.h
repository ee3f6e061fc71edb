/* open_files.h - how many files this process may have open at once.
 *
 * Systems give 1024 (ulimit -n) and let a process take more by itself: 1024 because select()
 * knows no higher numbers. So this process takes more when it must, and its trials, which may
 * call select(), begin with what was given. Source: getrlimit(2). Threading: one thread. */
#ifndef WORKER_OPEN_FILES_H
#define WORKER_OPEN_FILES_H

#include <stddef.h>

/* Allow n files more than were given, or as many as the system lets us; never fewer than
 * before. */
void open_files_allow(size_t n);

/* For the child after a fork: what this process was started with. Safe there. */
void open_files_restore(void);

#endif
