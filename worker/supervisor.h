/* supervisor.h - run one attempt of a trial as a process, and learn everything about it without
 * ever waiting.
 *
 * The child leads a process group of its own, and is killed together with all that it started,
 * daemons included, also when the worker itself is killed (guard.h): the caller becomes a
 * subreaper and must start no other child while an attempt runs. Its reports come on
 * WATTUNE_FD; its standard error is kept as a tail; its energy is booked through the ledger of
 * the node. docs/trials.md tells its users the rules. Trials of functions
 * and tables are no processes: the result is there at once, and the simulated duration passes
 * in supervisor_poll(). Threading: all calls from one thread. At most one attempt runs per
 * supervisor, and one supervisor per process. */
#ifndef WORKER_SUPERVISOR_H
#define WORKER_SUPERVISOR_H

#include "base/status.h"
#include "worker/attempt.h"
#include "worker/ledger.h"
#include "worker/monitor.h"
#include "worker/outcome.h"

#include <stdbool.h>

enum supervisor_event_kind {
    SUPERVISOR_NOTHING, /* nothing happened within the time given */
    SUPERVISOR_PHASE,   /* text: the phase's name */
    SUPERVISOR_REPORT,  /* report: the object that it sent */
    SUPERVISOR_SAMPLES, /* samples: what it used meanwhile */
    SUPERVISOR_FINISHED /* outcome is filled, and samples are the last ones; the supervisor is
                           free for the next attempt */
};

struct supervisor_event {
    enum supervisor_event_kind kind;
    const char *text;          /* valid until the next poll */
    const struct json *report; /* valid until the next poll */
    /* Valid until the next start. The caller may move it out, and leaves zeros then. */
    struct outcome *outcome;
    const struct monitor_sample *samples; /* [n_samples], valid until the next poll */
    size_t n_samples;
};

struct supervisor;

/* `ledger` may be NULL: then nothing is booked and the quality is ENERGY_NONE. Borrowed.
 * Errors: ST_NOMEM; ST_IO and others of the system when its guard cannot be started. */
enum status supervisor_create(struct supervisor **out, struct ledger *ledger,
                              struct error *err);
/* Watch the attempts from the next one on; an interval of 0: do not. Those without a process
 * are not watched, nor is any without a ledger. Errors: ST_NOMEM. */
enum status supervisor_watch(struct supervisor *supervisor,
                             const struct monitor_options *options, struct error *err);
/* Kills what still runs. */
void supervisor_free(struct supervisor *supervisor);

/* Start an attempt. A program that cannot be run is a failed outcome of the polls that follow,
 * not an error. Errors: ST_BUSY while one runs; ST_NOMEM; ST_IO and others of the system when
 * there are no more pipes or processes. */
enum status supervisor_start(struct supervisor *supervisor, const struct attempt *attempt,
                             struct error *err);

/* Wait up to timeout_s for news, without using the processor, and answer the next event: at
 * once when there is one, early also when a signal is caught. Without an attempt it only waits.
 * Enforces the timeout and the grace periods, and cuts the ledger in time, so it must be called
 * again and again. Errors: ST_IO when waiting itself fails; the attempt stays as it is. */
enum status supervisor_poll(struct supervisor *supervisor, double timeout_s,
                            struct supervisor_event *event, struct error *err);

/* Ask the trial to finish early with its result ("stop" on the control pipe; killed after the
 * grace period): it becomes pruned, with the metrics of the result if it sent one. Without
 * effect once its result is there. */
void supervisor_stop(struct supervisor *supervisor);

/* End the trial now: SIGTERM to its group, SIGKILL after grace_s. It becomes cancelled, with
 * this reason. */
void supervisor_cancel(struct supervisor *supervisor, double grace_s, const char *reason);

bool supervisor_running(const struct supervisor *supervisor);

#endif
