/* agent_state.h - what the files of the agent share; for no one else. */
#ifndef ORCHESTRATOR_AGENT_STATE_H
#define ORCHESTRATOR_AGENT_STATE_H

#include "orchestrator/agent.h"
#include "orchestrator/host_idle.h"
#include "orchestrator/message.h"
#include "worker/supervisor.h"

struct agent {
    struct transport *transport;
    const struct study *study;
    struct station *station;
    struct supervisor *supervisor;
    char *checkpoints;       /* NULL: none */
    const char **objectives; /* that trials must report, ended by NULL */
    char self[4096];
    enum agent_state state;
    bool over; /* SHUT_DOWN has come */
    struct host_idle idle;
    bool ready; /* the coordinator knows that there can be work */
    struct attempt_id id;
    char name[64]; /* of the trial that runs */
    char checkpoint_dir[4096], continue_dir[4096];
    bool checkpoints_spent; /* nobody will go on from what is in it */
    double heartbeat_s, patience_s;
    double stepped_s, heard_s, beat_s, accounted_s, cut_s;
    /* A remote worker owns what a local one borrows. */
    struct study *own_study;
    struct station own_station;
    bool local;
};

/* agent.c: say something to the coordinator; say what was spent outside of trials. */
enum status agent_send(struct agent *agent, const struct message *message);
enum status agent_account(struct agent *agent, bool answer);

/* agent_trial.c: start the attempt of an ASSIGN; pass on what the attempt says, waiting up to
 * timeout_s for it when nothing was *active. */
enum status agent_assign(struct agent *agent, const struct message *message);
enum status agent_watch(struct agent *agent, double timeout_s, bool *active, struct error *err);
bool agent_busy(const struct agent *agent);
/* This very attempt runs. */
bool agent_runs(const struct agent *agent, struct attempt_id id);
/* Leave nothing behind of a trial that kept nothing, or whose checkpoints are spent. */
void agent_drop_checkpoint_dir(struct agent *agent);

#endif
