/* trial_run.h - run one attempt through a supervisor, to its end, and keep what it said. */
#ifndef TESTS_WORKER_TRIAL_RUN_H
#define TESTS_WORKER_TRIAL_RUN_H

#include "worker/supervisor.h"

enum { RUN_NUMBERS = 64 };

/* What to run and when to interfere; zero is a good start for all but args. */
struct run_plan {
    const char *args[4]; /* of misbehave; NULL: argv as it is */
    char **argv;         /* instead of misbehave */
    const char *cwd;
    char **env;
    double timeout_s, grace_s; /* grace 0: 10 s */
    bool stop_at_report;
    bool cancel_at_report;
    double cancel_grace_s;
    unsigned reported_as;
};

/* What was seen. Numbers are those of reports, whatever their name. */
struct run {
    struct outcome outcome; /* run_clear() frees it */
    size_t n_reports, n_phases;
    double numbers[RUN_NUMBERS];
    size_t n_samples;
    int64_t sampled_uj; /* of all samples */
    char phase[64];
};

/* Run it with this supervisor (NULL: one of its own). Fails the test when it takes a minute, or
 * leaves a child behind. */
void run_with(struct supervisor *supervisor, const struct run_plan *plan, struct run *run);
void run_clear(struct run *run);

/* True when no process has this number any more. */
bool process_is_gone(double pid);

/* The number of open descriptors of this process. */
int count_fds(void);

#endif
