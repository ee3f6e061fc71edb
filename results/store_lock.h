/* store_lock.h - the one writer of a database.
 *
 * SQLite lets several processes write in turn; a study must have one. The writer holds an open
 * file description lock on PATH-lock, a file that says who it is; PATH is free of links. The
 * kernel drops the lock with the process, however that ends. Private to results/store*.c. */
#ifndef RESULTS_STORE_LOCK_H
#define RESULTS_STORE_LOCK_H

#include "base/status.h"

#include <stdbool.h>

/* Take the lock of the database at `path`: *fd holds it. Errors: ST_BUSY, naming the process
 * that holds it; ST_FORBIDDEN, ST_IO; ST_NOMEM. */
enum status store_lock(int *fd, const char *path, struct error *err);

/* Give it back and remove its file. A negative fd is safe. */
void store_unlock(int fd, const char *path);

/* Does a process hold the lock of the database at `path`? */
bool store_is_locked(const char *path);

#endif
