/* job.h - the processes of a job, and how they part. run.h has the calls for everyone else. */
#ifndef ORCHESTRATOR_JOB_H
#define ORCHESTRATOR_JOB_H

#include "orchestrator/message.h"
#include "orchestrator/run.h"
#include "orchestrator/transport.h"

struct job {
    struct transport *transport; /* NULL: alone */
    bool *lost;                  /* [size], on rank 0: ranks that are not waited for */
    bool told;                   /* the workers know that the study is over */
    bool clean;                  /* on a worker: all ranks finalize together */
};

/* Send a message to a rank. Errors: ST_NOMEM. */
enum status job_send(struct job *job, int to, const struct message *message);
/* To all ranks but this one. */
enum status job_send_all(struct job *job, const struct message *message);

#endif
