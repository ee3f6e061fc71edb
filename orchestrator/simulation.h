/* simulation.h - one run of a strategy with simulated workers on a simulated clock.
 *
 * The coordinator is the one of a real run. It is given the ends of trials as events in the
 * order of their simulated times, and the clock jumps from one to the next. All that ends at
 * one instant is told before work is given out again. What a strategy thinks takes no simulated
 * time. Threading: one thread. */
#ifndef ORCHESTRATOR_SIMULATION_H
#define ORCHESTRATOR_SIMULATION_H

#include "base/status.h"
#include "orchestrator/arms.h"
#include "orchestrator/simulated_books.h"
#include "orchestrator/study.h"

#include <stdbool.h>

/* A run with so many trials whose study sets no limit to them would never end: they take no
 * time or no joules of its budget. */
enum { SIMULATION_TRIALS_MAX = 1000000 };

struct simulation_options {
    const struct study *study;
    const struct coordinator_arm *arm; /* with a new strategy */
    const char *const *objectives;     /* that a trial must report, ended by NULL */
    int n_workers;
    bool keep_going;   /* even when the first five attempts have failed */
    size_t trials_max; /* instead of SIMULATION_TRIALS_MAX unless it is 0; for tests */
};

struct simulation_result {
    struct simulated_books books; /* what is to be stored; the texts are the coordinator's */
    struct coordinator *coordinator;
    bool interrupted; /* by a signal; the rest says nothing then */
    bool broken;      /* `why` says so */
    char why[512];
    bool succeeded;      /* an attempt did not fail */
    double search_cpu_s; /* processor time in asking and telling: real, and not on the clock */
};

/* Run it to its end. simulation_free() is due in any case. Errors: ST_NOMEM; ST_FAILED for a
 * run that does not end. */
enum status simulation_run(struct simulation_result *result,
                           const struct simulation_options *options, struct error *err);
void simulation_free(struct simulation_result *result);

#endif
