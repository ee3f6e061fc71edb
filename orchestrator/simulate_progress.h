/* simulate_progress.h - how far a simulation is, on standard error: one line that is redrawn on
 * a terminal, and a line now and then elsewhere. Threading: one at a time, on the main thread.
 */
#ifndef ORCHESTRATOR_SIMULATE_PROGRESS_H
#define ORCHESTRATOR_SIMULATE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct simulate_progress {
    bool live;
    double begun_s, shown_s;
};

void simulate_progress_open(struct simulate_progress *progress);
/* Clear the line. */
void simulate_progress_close(struct simulate_progress *progress);

/* For struct simulate: after each run; `context` is the struct above. */
void simulate_progress_watch(void *context, size_t n_runs, size_t of_runs, size_t n_trials);

#endif
