/* signals.h - the signals that end a study in time: SIGINT (Ctrl-C), SIGTERM (scancel, mpirun,
 * shutdown), SIGUSR1 (Slurm's warning before the time limit) and SIGHUP (the terminal closes)
 * unless it is ignored, as under nohup.
 *
 * Threading: for the main thread; there is one set of signals in a process. */
#ifndef ORCHESTRATOR_SIGNALS_H
#define ORCHESTRATOR_SIGNALS_H

#include <stdbool.h>

/* Count them from now on instead of dying of them. */
void signals_watch(void);

/* Back to what was before. */
void signals_restore(void);

/* Has one come since signals_watch()? */
bool signals_came(void);

/* For a loop that looks after each of its steps: has one come? The first look begins to watch;
 * when one is told, what comes after it acts as before, for whoever does not want to wait. */
bool signals_look(void);

/* The next one that has come; false when there is none. *terminated: it was SIGTERM. */
bool signals_next(bool *terminated);

#endif
