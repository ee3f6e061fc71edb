/* agent.h - the worker's side of a study: takes assignments, runs them through the supervisor,
 * and tells the coordinator what happens. It never waits longer than it is told to. Threading:
 * one thread. */
#ifndef ORCHESTRATOR_AGENT_H
#define ORCHESTRATOR_AGENT_H

#include "base/status.h"
#include "orchestrator/station.h"
#include "orchestrator/study.h"
#include "orchestrator/transport.h"

#include <stdbool.h>

struct agent;

/* A worker of another process than the coordinator: it asks for the study, and opens a station
 * of its own. `patience_s` is how long it waits without a word of the coordinator before it has
 * been told. Errors: ST_NOMEM. */
enum status agent_create_remote(struct agent **out, struct transport *transport,
                                double patience_s, struct error *err);

/* A worker in the coordinator's process. The study and the station are borrowed; checkpoints
 * go below `checkpoints` (NULL: none). Errors: those of supervisor_create(). */
enum status agent_create_local(struct agent **out, struct transport *transport,
                               const struct study *study, struct station *station,
                               const char *checkpoints, struct error *err);

/* Kills the trial that still runs. */
void agent_free(struct agent *agent);

enum agent_state {
    AGENT_WORKS,
    AGENT_LEAVES, /* the study is over, all ranks finalize together */
    AGENT_BREAKS  /* the study is over, but ranks have died: none finalizes */
};

/* Take the messages that are there and look after the trial, waiting up to timeout_s for it
 * when there is nothing to do. *active says whether anything happened.
 * Errors: ST_TIMEOUT: the coordinator has vanished; ST_NOMEM, ST_IO, ST_FORMAT: the worker
 * cannot go on. */
enum status agent_step(struct agent *agent, double timeout_s, bool *active,
                       enum agent_state *state, struct error *err);

#endif
