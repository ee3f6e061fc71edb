/* profile_progress.h - how far a profile has come: a line on a terminal that is written over,
 * and whether a signal says to stop. Threading: main thread only, one at a time. */
#ifndef ORCHESTRATOR_PROFILE_PROGRESS_H
#define ORCHESTRATOR_PROFILE_PROGRESS_H

#include <stdbool.h>

struct profile_progress_line {
    bool live;
    double shown_s;
    const char *what;  /* "times"; set by whoever begins something new */
    double from, span; /* the share of the whole that it begins with, and that it takes */
};

/* Signals are counted from here on. */
void profile_progress_open(struct profile_progress_line *line);
/* Clear the line; signals are what they were before. */
void profile_progress_close(struct profile_progress_line *line);

/* Something new begins, which takes the whole from one share to another. */
void profile_progress_begin(struct profile_progress_line *line, const char *what, double from,
                            double to);

/* For struct profile_progress: `context` is the struct above. False when a signal came. */
bool profile_progress_go_on(void *context, double share);

#endif
