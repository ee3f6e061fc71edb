/* supervisor.h - run one attempt of a trial as a process, and learn everything about it without
 * ever waiting.
 *
 * The child leads a process group of its own, dies with its worker, and is killed together with
 * all that it started, daemons included. Its reports come on WATTUNE_FD; its standard error is
 * kept as a tail; its energy is booked through the ledger of the node. Threading: all calls
 * from one thread. At most one attempt runs per supervisor. */
#ifndef WORKER_SUPERVISOR_H
#define WORKER_SUPERVISOR_H

#include "base/status.h"
#include "worker/ledger.h"
#include "worker/outcome.h"
#include "worker/trial_spec.h"

#include <stdint.h>

/* One attempt. Everything is borrowed for the length of supervisor_start(). */
struct attempt {
    const struct trial_spec *spec;
    const struct json *params;     /* the point's parameters */
    const char *const *objectives; /* metrics that the result must hold, ended by NULL; energy_j
                                      and the like excluded */
    const char *id; /* "bayes.0.17", WATTUNE_TRIAL: names the trial in messages and files */
    uint64_t seed;
    int threads;                /* what "auto" comes to on this worker */
    const char *self;           /* path of the wattune binary, for cnn trials */
    const char *checkpoint_dir; /* made for the trial; NULL: none */
};

enum supervisor_event_kind {
    SUPERVISOR_NOTHING, /* nothing happened within the time given */
    SUPERVISOR_PHASE,   /* text: the phase's name */
    SUPERVISOR_REPORT,  /* report: the object that it sent */
    SUPERVISOR_FINISHED /* outcome is filled; the supervisor is free for the next attempt */
};

struct supervisor_event {
    enum supervisor_event_kind kind;
    const char *text;          /* valid until the next poll */
    const struct json *report; /* valid until the next poll */
    struct outcome
        *outcome; /* valid until the next start; the caller may move the members out */
};

struct supervisor;

/* `ledger` may be NULL: then nothing is booked and the quality is ENERGY_NONE. Borrowed. */
enum status supervisor_create(struct supervisor **out, struct ledger *ledger,
                              struct error *err);
/* Kills what still runs. */
void supervisor_free(struct supervisor *supervisor);

/* Start an attempt. A program that cannot be started is a failed outcome at the next poll, not
 * an error. Errors: ST_BUSY while one runs; ST_NOMEM; ST_IO (pipes). */
enum status supervisor_start(struct supervisor *supervisor, const struct attempt *attempt,
                             struct error *err);

/* Wait up to timeout_s for news, without using the processor, and answer the next event.
 * Enforces the timeout and the grace periods, and cuts the ledger in time. */
enum status supervisor_poll(struct supervisor *supervisor, double timeout_s,
                            struct supervisor_event *event, struct error *err);

/* Ask the trial to finish early with its result ("stop" on the control pipe; killed after the
 * grace period: pruned). */
void supervisor_stop(struct supervisor *supervisor);

/* End the trial now: SIGTERM to its group, SIGKILL after grace_s. It becomes cancelled, with
 * this reason. */
void supervisor_cancel(struct supervisor *supervisor, double grace_s, const char *reason);

bool supervisor_running(const struct supervisor *supervisor);

#endif
