/* exit_status.h - what a wattune process tells the shell that started it. Scripts rely on these
 * numbers. */
#ifndef ORCHESTRATOR_EXIT_STATUS_H
#define ORCHESTRATOR_EXIT_STATUS_H

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,       /* a bad command line or study file: nothing was run */
    EXIT_INTERRUPTED = 3, /* resumable */
    EXIT_UNMEASURED = 4   /* the measurement that the study requires is not available */
};

#endif
