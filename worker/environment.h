/* environment.h - the environment variables that a trial is started with.
 *
 * The worker's own, less those by which an MPI launcher tells a rank who it is (a trial that
 * uses MPI itself would take itself for that rank), plus the WATTUNE_ ones of docs/trials.md,
 * plus those of the study. Threading: no shared state. */
#ifndef WORKER_ENVIRONMENT_H
#define WORKER_ENVIRONMENT_H

#include "base/status.h"
#include "worker/attempt.h"

#include <stdbool.h>
#include <sys/types.h>

/* The descriptors of the protocol in every trial: WATTUNE_FD and WATTUNE_CONTROL_FD. */
enum { TRIAL_REPORT_FD = 3, TRIAL_CONTROL_FD = 4 };

/* True for "NAME=value" (or "NAME") of a variable that describes this process to an MPI
 * library. */
bool environment_is_launcher(const char *variable);

/* `inherited` is the worker's environment, ended by NULL; `guard` is the process id that marks
 * the trial for guard.h. *out is likewise and is the caller's to strings_free().
 * Errors: ST_NOMEM. */
enum status environment_create(char ***out, char *const *inherited,
                               const struct attempt *attempt, pid_t guard);

#endif
