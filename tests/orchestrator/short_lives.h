/* short_lives.h - one worker's study in processes that are cut off after so many events, each
 * of which knows no more than what the ones before have stored.
 *
 * Trials report three epochs and end; what comes of one depends on its parameters alone. Every
 * other one goes on from its last epoch, which it reports once more, when it is run again; the
 * others start anew. */
#ifndef TESTS_ORCHESTRATOR_SHORT_LIVES_H
#define TESTS_ORCHESTRATOR_SHORT_LIVES_H

#include "orchestrator/coordinator.h"

enum { KEPT_TRIALS = 14, KEPT_ATTEMPTS = 128, KEPT_REPORTS = 512, KEPT_EVENTS = 600 };

/* Where a study is kept while no process runs it: here, or in a database. */
struct kept {
    struct store *store; /* NULL: in the records */
    char path[64];
    struct trial_record trials[KEPT_TRIALS];
    double values[KEPT_TRIALS], constrained[KEPT_TRIALS];
    char params[KEPT_TRIALS][128];
    size_t n;
    int retries;
    struct attempt_record attempts[KEPT_ATTEMPTS];
    size_t n_attempts;
    struct report_record reports[KEPT_REPORTS];
    struct metric_record losses[KEPT_REPORTS];
    size_t n_reports;
    int epochs[KEPT_TRIALS];     /* of the checkpoint of each trial */
    int ended[KEPT_TRIALS];      /* how often each has ended by itself */
    uint64_t known[KEPT_TRIALS]; /* a hash of what the strategy knew when it proposed it */
};

/* One process that runs the study. */
struct process {
    struct kept *kept;
    struct space *space;
    struct coordinator_arm arm;
    struct coordinator *coordinator;
    double now_s;
    bool ended, assigned;
    struct attempt_id id;
    int epochs; /* that it has done */
    char params[128];
};

void process_open(struct process *process, struct kept *kept, const char *strategy);
void process_kill(struct process *process);

/* Run the study for so many events in a process of its own; how many were needed. */
size_t live(struct kept *kept, const char *strategy, size_t events, bool *ended);

/* Keep the study in a database from now on. */
void kept_open_store(struct kept *kept);
void kept_remove_store(struct kept *kept);

#endif
